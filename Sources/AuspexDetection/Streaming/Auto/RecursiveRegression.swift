/// Prediction of a value from the eight before it and a constant, by recursive least squares that forgets: a view of a
/// series' block.
struct RecursiveRegression {
    /// Values that a prediction rests on.
    static let order = 8
    private static let size = order + 1
    /// Weights, then the inverse of the correlations, row by row.
    static let bytes = (size + size * size) * MemoryLayout<Double>.stride
    /// How much of the past is kept at each step: a memory of a thousand values.
    private static let forgetting = 0.999
    /// Slowest steps of the running mean and spread, and of the running error.
    private static let slowestMoment = 0.002
    private static let slowestError = 0.005
    /// Errors are cut at this many mean errors before the weights learn them.
    private static let clip = 3.0
    /// The running error learns at most so many times itself, and a little.
    private static let errorClip = 5.0
    private static let errorRoom = 0.1
    /// From this mean of its diagonal on the inverse is shrunk, so that a still series does not blow it up.
    private static let largestGain = 1e4
    private static let shrinking = 0.1
    private static let leastSpread = 1e-9

    /// What is kept beside the weights.
    struct Head: Sendable, Hashable {
        var mean = 0.0
        /// Mean absolute deviation.
        var spread = 0.0
        /// Mean absolute error, in spreads.
        var error = 0.0
        var seen = 0
        var predicted = 0
    }

    /// What was predicted of a value, and the mean absolute error of predictions.
    struct Prediction {
        var value: Double
        var error: Double
    }

    let weights: UnsafeMutablePointer<Double>

    /// Sets the weights of a series that has seen nothing: tomorrow is like today.
    func begin() {
        weights.update(repeating: 0, count: Self.size + Self.size * Self.size)
        weights[0] = 1
        let inverse = weights + Self.size
        for index in 0..<Self.size { inverse[index * (Self.size + 1)] = 1 }
    }

    /// Predicts `value` from those before it, the newest first, then learns it; nil as long as there are too few. About 500
    /// flops.
    func update(_ value: Double, head: inout Head, past: (Int) -> Double?) -> Prediction? {
        if head.seen == 0 { head.mean = value }
        head.seen += 1
        let gain = max(1 / Double(head.seen), Self.slowestMoment)
        head.mean += gain * (value - head.mean)
        head.spread += gain * (abs(value - head.mean) - head.spread)
        let unit = head.spread + Self.leastSpread
        return withUnsafeTemporaryAllocation(of: Double.self, capacity: 2 * Self.size) { room in
            guard let inputs = room.baseAddress else { return nil }
            for lag in 0..<Self.order {
                guard let earlier = past(lag) else { return nil }
                inputs[lag] = (earlier - head.mean) / unit
            }
            inputs[Self.order] = 1
            return learn(value, unit, inputs, gains: inputs + Self.size, &head)
        }
    }

    private func learn(
        _ value: Double, _ unit: Double, _ inputs: UnsafeMutablePointer<Double>, gains: UnsafeMutablePointer<Double>,
        _ head: inout Head
    ) -> Prediction? {
        var predicted = 0.0
        for index in 0..<Self.size { predicted += weights[index] * inputs[index] }
        let prediction = Prediction(value: head.mean + predicted * unit, error: head.error * unit)
        let error = (value - head.mean) / unit - predicted
        let inverse = weights + Self.size
        var denominator = Self.forgetting
        for row in 0..<Self.size {
            var sum = 0.0
            for column in 0..<Self.size { sum += inverse[row * Self.size + column] * inputs[column] }
            gains[row] = sum
        }
        for index in 0..<Self.size { denominator += inputs[index] * gains[index] }
        // Only where rounding has made the inverse that of no correlations, or infinite.
        guard denominator >= Self.forgetting, denominator.isFinite, prediction.value.isFinite else {
            begin()
            return nil
        }
        head.predicted += 1
        let cut = min(abs(error), Self.errorClip * head.error + Self.errorRoom)
        head.error += max(1 / Double(head.predicted), Self.slowestError) * (cut - head.error)
        let limit = Self.clip * head.error
        let learned = min(max(error, -limit), limit)
        var trace = 0.0
        for row in 0..<Self.size {
            weights[row] += gains[row] / denominator * learned
            let factor = gains[row] / denominator
            for column in 0..<Self.size {
                let place = row * Self.size + column
                inverse[place] = (inverse[place] - factor * gains[column]) / Self.forgetting
            }
            trace += inverse[row * (Self.size + 1)]
        }
        if trace > Self.largestGain * Double(Self.size) {
            for index in 0..<Self.size * Self.size { inverse[index] *= Self.shrinking }
        }
        return prediction
    }
}
