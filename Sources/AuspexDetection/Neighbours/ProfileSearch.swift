import AuspexNumerics

/// The nearest standardised window of each window of one column.
///
/// The covariance of two windows follows from that of the windows one row earlier, so that a pair costs the same whatever
/// the window. A band of diagonals at a time goes down a strip of ``stripHeight`` rows, at whose first row covariances are
/// computed afresh, so that rounding errors don't run on; one side of the main diagonal says all. The distance of the best
/// pair is then added up from differences, so that nothing cancels in what is handed out.
struct ProfileSearch {
    /// Standard deviations under this share of the column's largest distance from its median are 0: products have lost
    /// their digits there.
    static let flat = 1e-6
    private static let stripHeight = 1_024
    /// What has no form is at the distance √w from what has one, as if the correlation were ½.
    private static let formless = 0.5

    private let values: [Double]
    private let window: Int
    private let leftOnly: Bool
    /// Windows nearer than this are no neighbours: a quarter of the window, rounded up.
    private let exclusion: Int
    private let means: [Double]
    /// One over the standard deviation; 0 for constant and for missing windows.
    private let factors: [Double]
    private let isMissing: [Bool]

    /// - Parameters:
    ///   - raw: NaN where a value is missing; more than `window` values.
    init(_ raw: [Double], window: Int, leftOnly: Bool) {
        let frame = CommonFrame([CleanColumn(raw).values])
        values = frame.columns[0]
        self.window = window
        self.leftOnly = leftOnly
        exclusion = (window + 3) / 4 + 1
        let count = raw.count - window + 1
        var gaps = raw[..<(window - 1)].count { $0.isNaN }
        var (means, factors, isMissing): ([Double], [Double], [Bool]) = ([], [], [])
        for start in 0..<count {
            gaps += raw[start + window - 1].isNaN ? 1 : 0
            let moments = Moments(values[start..<start + window])
            let deviation = moments.populationVariance.squareRoot()
            means.append(moments.mean)
            factors.append(gaps > 0 || deviation <= Self.flat ? 0 : 1 / deviation)
            isMissing.append(gaps > 0)
            gaps -= raw[start].isNaN ? 1 : 0
        }
        (self.means, self.factors, self.isMissing) = (means, factors, isMissing)
    }

    /// How many windows have a missing value.
    var missing: Int { isMissing.count { $0 } }

    /// The distance of each window to its nearest neighbour; nil where it has none or a value is missing.
    func distances() -> [Double?] {
        let forms = Forms(values, window: window, means: means, factors: factors)
        let none = [Int32](repeating: -1, count: forms.count)
        let least = [Double](repeating: -.infinity, count: forms.count)
        var before = Best(values: least, indices: none)
        // A limit that nothing exceeds keeps windows behind out.
        var behind = Best(values: leftOnly ? least.map { -$0 } : least, indices: none)
        for first in stride(from: 0, to: means.count, by: Self.stripHeight) {
            visit(first, forms, behind: &behind, before: &before)
        }
        let found = means.indices.map { index in
            let isBehind = !leftOnly && behind.values[index] > before.values[index]
            return isBehind
                ? (index: Int(behind.indices[index]), correlation: behind.values[index])
                : (index: Int(before.indices[index]), correlation: before.values[index])
        }
        return withoutForm(found).enumerated().map { index, neighbour in
            guard !isMissing[index], neighbour >= 0 else { return nil }
            return distance(index, neighbour)
        }
    }

    private func visit(_ first: Int, _ forms: Forms, behind: inout Best, before: inout Best) {
        let centred = values[first..<first + window].map { $0 - means[first] }
        var seeds = [Double](repeating: 0, count: Kernels.band)
        forms.withKernelForms { forms in
            behind.withKernelBest { behind in
                before.withKernelBest { before in
                    for other in stride(from: first + exclusion, to: means.count, by: Kernels.band) {
                        for lane in 0..<Kernels.band {
                            // The mean of the centred window is 0: the other's needs not be taken off.
                            seeds[lane] = other + lane < means.count ? product(centred, other + lane) : 0
                        }
                        let rows = min(Self.stripHeight, means.count - other)
                        seeds.withUnsafeBufferPointer {
                            Kernels.correlateBand(
                                $0, forms, row: first, other: other, rows: rows, behind: behind, before: before)
                        }
                    }
                }
            }
        }
    }

    private func product(_ centred: [Double], _ other: Int) -> Double {
        centred.withUnsafeBufferPointer { centred in
            values.withUnsafeBufferPointer { values in
                guard let left = centred.baseAddress, let right = values.baseAddress else { return 0 }
                return Double.dot(Int32(window), left, right + other)
            }
        }
    }

    /// Which neighbours windows have once constant ones are there: a constant window's is another constant one, else any
    /// that takes part; to an ordinary one it is as near as a correlation of ½.
    private func withoutForm(_ found: [(index: Int, correlation: Double)]) -> [Int] {
        let constant = means.indices.filter { factors[$0] == 0 && !isMissing[$0] }
        let ordinary = means.indices.filter { factors[$0] > 0 }
        var result = found.map(\.index)
        for index in constant {
            result[index] = allowed(constant, for: index) ?? allowed(ordinary, for: index) ?? -1
        }
        guard !constant.isEmpty else { return result }
        for index in ordinary where found[index].correlation < Self.formless {
            result[index] = allowed(constant, for: index) ?? result[index]
        }
        return result
    }

    /// The first of `candidates`, which ascend, or the last that may be a neighbour of `index`.
    private func allowed(_ candidates: [Int], for index: Int) -> Int? {
        if let first = candidates.first, first <= index - exclusion { return first }
        if !leftOnly, let last = candidates.last, last >= index + exclusion { return last }
        return nil
    }

    private func distance(_ one: Int, _ other: Int) -> Double {
        switch (factors[one] > 0, factors[other] > 0) {
        case (false, false): return 0
        case (true, false), (false, true): return Double(window).squareRoot()
        case (true, true):
            var sum = 0.0
            for offset in 0..<window {
                let difference =
                    (values[one + offset] - means[one]) * factors[one]
                    - (values[other + offset] - means[other]) * factors[other]
                sum += difference * difference
            }
            return sum.squareRoot()
        }
    }
}

/// The highest correlation of each window on one side of it, and with which one.
private struct Best {
    var values: [Double]
    var indices: [Int32]

    mutating func withKernelBest(_ body: (Kernels.Best) -> Void) {
        values.withUnsafeMutableBufferPointer { values in
            indices.withUnsafeMutableBufferPointer { body(Kernels.Best(values: values, indices: $0)) }
        }
    }
}

/// What the covariances of windows follow from (Zimmerman et al. 2019, SCAMP): with what enters and what leaves a window at
/// its next row, half their difference is its step, and the sum of what they are above the means before and after is its
/// level.
private struct Forms {
    let steps: [Double]
    let levels: [Double]
    /// Of covariances that are not divided by the window; NaN where a window takes no part and behind the end.
    let factors: [Double]

    /// Windows and room for a band that reaches over the end.
    var count: Int { factors.count }

    init(_ values: [Double], window: Int, means: [Double], factors: [Double]) {
        let behind = Kernels.band + 1
        var (steps, levels) = ([0.0], [0.0])
        for row in means.indices.dropFirst() {
            let (enters, leaves) = (values[row + window - 1], values[row - 1])
            steps.append((enters - leaves) / 2)
            levels.append((enters - means[row]) + (leaves - means[row - 1]))
        }
        let zeros = [Double](repeating: 0, count: behind)
        self.steps = steps + zeros
        self.levels = levels + zeros
        let scale = Double(window).squareRoot()
        self.factors = factors.map { $0 > 0 ? $0 / scale : .nan } + zeros.map { _ in .nan }
    }

    func withKernelForms(_ body: (Kernels.Forms) -> Void) {
        steps.withUnsafeBufferPointer { steps in
            levels.withUnsafeBufferPointer { levels in
                factors.withUnsafeBufferPointer { factors in
                    body(Kernels.Forms(steps: steps, levels: levels, factors: factors))
                }
            }
        }
    }
}
