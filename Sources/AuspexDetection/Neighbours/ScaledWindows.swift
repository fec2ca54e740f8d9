/// The windows of one column, each centred and scaled or left as it is.
struct ScaledWindows: Sendable {
    /// What is done to each window.
    enum Form: Hashable, Sendable {
        /// Nothing: the amplitude counts.
        case raw
        /// Its mean is taken off, and it is divided by its standard deviation, by no less than `floor`: the form counts.
        case shape(floor: Double)
    }

    let length: Int
    /// How many windows there are.
    let count: Int

    private let values: [Double]
    /// What is taken off and divided by; empty for raw windows.
    private let scales: [(mean: Double, scale: Double)]

    /// - Parameter length: from 1 to the number of values.
    init(_ values: [Double], length: Int, form: Form) {
        precondition((1...values.count).contains(length), "the window does not fit")
        self.values = values
        self.length = length
        count = values.count - length + 1
        switch form {
        case .raw: scales = []
        case .shape(let floor):
            scales = (0..<count).map { start in
                let window = values[start..<start + length]
                let mean = window.reduce(0, +) / Double(length)
                let variance = window.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(length)
                return (mean, max(variance.squareRoot(), floor))
            }
        }
    }

    /// Writes window `index` to the front of `target`.
    func write(_ index: Int, to target: UnsafeMutableBufferPointer<Float>) {
        if scales.isEmpty {
            for offset in 0..<length { target[offset] = Float(values[index + offset]) }
        } else {
            let (mean, scale) = scales[index]
            for offset in 0..<length { target[offset] = Float((values[index + offset] - mean) / scale) }
        }
    }

    /// The distance of two windows, added up from their differences, so that nothing cancels.
    func distance(_ one: Int, _ other: Int) -> Double {
        var sum = 0.0
        if scales.isEmpty {
            for offset in 0..<length {
                let difference = values[one + offset] - values[other + offset]
                sum += difference * difference
            }
        } else {
            let (left, right) = (scales[one], scales[other])
            for offset in 0..<length {
                let difference =
                    (values[one + offset] - left.mean) / left.scale - (values[other + offset] - right.mean)
                    / right.scale
                sum += difference * difference
            }
        }
        return sum.squareRoot()
    }
}
