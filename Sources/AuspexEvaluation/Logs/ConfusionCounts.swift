/// How flags and labels agree.
public struct ConfusionCounts: Hashable, Sendable {
    /// Anomalies that were flagged.
    public var truePositives = 0
    /// Normal ones that were flagged.
    public var falsePositives = 0
    /// Anomalies that were not flagged.
    public var falseNegatives = 0
    /// Normal ones that were not flagged.
    public var trueNegatives = 0

    /// Compares flags with labels, one for one.
    public init(flags: [Bool], labels: [Bool]) {
        for (flag, label) in zip(flags, labels) {
            switch (flag, label) {
            case (true, true): truePositives += 1
            case (true, false): falsePositives += 1
            case (false, true): falseNegatives += 1
            case (false, false): trueNegatives += 1
            }
        }
    }

    /// The share of flags that are right; 0 without flags.
    public var precision: Double { Self.share(truePositives, falsePositives) }
    /// The share of anomalies that are flagged; 0 without anomalies.
    public var recall: Double { Self.share(truePositives, falseNegatives) }
    /// The share of normal ones that are flagged; 0 without normal ones.
    public var falsePositiveRate: Double { Self.share(falsePositives, trueNegatives) }
    /// The harmonic mean of precision and recall.
    public var f1: Double { Self.share(2 * truePositives, falsePositives + falseNegatives) }

    private static func share(_ part: Int, _ rest: Int) -> Double {
        part == 0 ? 0 : Double(part) / Double(part + rest)
    }
}
