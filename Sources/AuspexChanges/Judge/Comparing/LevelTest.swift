/// Tests whether the values of one series lie above or below those of another, whatever their scale.
struct LevelTest: Hashable, Sendable {
    /// The chance of values as high as x's when the series do not differ.
    let upperP: Double
    /// The chance of values as low.
    let lowerP: Double
    /// The test's name.
    let name: String
    /// How autocorrelated the values are; nil where it is not looked at.
    let memory: AutocorrelatedTest.Memory?

    /// Compares x with y; both hold values. O(n log n).
    ///
    /// Outliers are drawn in. Where most values are equal, so that there is no deviation to know outliers by, and where
    /// values are too large or too small for their squares, they give way to the normal scores of their ranks.
    static func compare(_ x: TimedValues, _ y: TimedValues) -> LevelTest {
        if y.isConstant, let steady = y.values.first { return departures(x, y, from: steady) }
        if x.isConstant, let steady = x.values.first { return departures(x, y, from: steady) }
        if let drawnIn = Winsorized(x, y), let test = AutocorrelatedTest(drawnIn.x, drawnIn.y) {
            return LevelTest(test, name: "autocorrelated t")
        }
        let scores = Ranks(x.values + y.values).normalScores
        let test = AutocorrelatedTest(x.replacing(scores.prefix(x.count)), y.replacing(scores.suffix(y.count)))
        return LevelTest(test, name: "normal scores")
    }

    /// Without a test the chances are no numbers, so that nobody takes them for good news.
    private init(_ test: AutocorrelatedTest?, name: String) {
        self.init(upperP: test?.upperP ?? .nan, lowerP: test?.lowerP ?? .nan, name: name, memory: test?.memory)
    }

    private init(upperP: Double, lowerP: Double, name: String, memory: AutocorrelatedTest.Memory?) {
        (self.upperP, self.lowerP, self.name, self.memory) = (upperP, lowerP, name, memory)
    }

    /// The name of the test against a side that never moves.
    static let departuresName = "departures from a constant"

    /// One side never moves, so there is nothing in it that could be autocorrelated, and any departure from its value
    /// is news: how many values of the other side lie above, and below, the `steady` one, by Fisher's exact test.
    private static func departures(_ x: TimedValues, _ y: TimedValues, from steady: Double) -> LevelTest {
        let isBaselineSteady = y.isConstant
        let moving = isBaselineSteady ? x : y
        let still = Double(isBaselineSteady ? y.count : x.count)
        func p(_ isBeyond: (Double) -> Bool) -> Double {
            let (count, beyond) = (Double(moving.count), Double(moving.values.count(where: isBeyond)))
            return FisherTest.upperTail(
                successes: beyond, trials: count, allSuccesses: beyond, allTrials: count + still)
        }
        let (above, below) = (p { $0 > steady }, p { $0 < steady })
        return LevelTest(
            upperP: isBaselineSteady ? above : below, lowerP: isBaselineSteady ? below : above, name: departuresName,
            memory: nil)
    }
}
