import AuspexNumerics

/// How far the sum of distances from the running mean has risen over its lowest point, or fallen under its highest; of
/// several columns the largest.
///
/// The mean is that of the rows since the last change. A sum that passes `threshold` is a change: it and the mean start
/// afresh, so that a shift that lasts is scored once, where it begins.
struct PageHinkley: BatchDetector {
    static let descriptor = DetectorDescriptor(
        name: "pagehinkley",
        summary: "Rise of the sum of distances from the running mean; finds where a level changes.",
        kind: .batch, family: "change points",
        parameters: [
            .number(
                "delta", default: 0.5, in: 0...5,
                meaning: "change that is tolerated, in robust standard deviations"),
            .number(
                "threshold", default: 30, in: 1...100_000,
                meaning: "the sum at which a change is settled and the next one is looked for, in the same unit"),
            StandardResiduals.periodParameter,
            ReferenceRows.parameter(default: .training),
        ],
        cost: "some 20·n·d flops, and 800·min(n, 20000)·d to find the period", memory: "60·n·d bytes",
        source: "Page 1954; Hinkley 1971; in the form of Gama et al. 2014",
        minimumHistory: "a dozen rows before a change; 4 cycles where there are cycles")

    private let delta: Double
    private let threshold: Double
    private let period: Int?
    private let reference: ReferenceRows

    init(parameters: ParameterValues) throws(DetectorError) {
        delta = try parameters.number("delta")
        threshold = try parameters.number("threshold")
        period = try parameters.optionalInteger("period")
        reference = try ReferenceRows(parameters)
    }

    func fit(_ table: Table, training: Range<Int>?) throws(DetectorError) -> any DetectorModel {
        let rows = try reference.rows(of: table, training: training)
        return ResidualModel(
            residuals: StandardResiduals(table, rows: rows, period: period),
            fresh: RestartingTest(delta: delta, threshold: threshold))
    }
}

/// The test, which starts afresh after each change.
private struct RestartingTest: ResidualScorer {
    let threshold: Double
    private let fresh: PageHinkleyTest
    private var test: PageHinkleyTest

    init(delta: Double, threshold: Double) {
        self.threshold = threshold
        fresh = PageHinkleyTest(delta: delta)
        test = fresh
    }

    mutating func score(_ residual: Double) -> Double {
        let statistic = test.update(residual)
        if statistic > threshold { test = fresh }
        return statistic
    }
}

/// The test's state between two changes.
struct PageHinkleyTest: Sendable {
    private let delta: Double
    private var seen = Moments()
    private var rise = 0.0
    private var lowest = 0.0
    private var fall = 0.0
    private var highest = 0.0

    init(delta: Double) { self.delta = delta }

    /// Takes a value in and returns the statistic, 0 or more.
    mutating func update(_ value: Double) -> Double {
        seen.add(value)
        rise += value - seen.mean - delta
        lowest = min(lowest, rise)
        fall += value - seen.mean + delta
        highest = max(highest, fall)
        return max(rise - lowest, highest - fall)
    }
}
