import AuspexNumerics
package import AuspexSignals

/// A trained model: how likely a change is to do harm, learned from a service's past changes and how they turned out.
///
/// The log-odds are a weighted mean of up to three parts, each of which is there only when there were enough outcomes:
/// a size part (log of lines added), a penalised logistic regression on all measures and their ranks, and boosted
/// trees. The fewer outcomes there are, the more the size part counts, see ``PartWeights``. The mean is then
/// calibrated on predictions that no tree made of a row it had seen, and followed by a ``RiskTracker``. Outcomes are
/// never reweighted: a balanced model's probabilities would be far too high.
package struct RiskModel: Hashable, Sendable {
    /// The format of the document that this version writes and reads.
    package static let format = 1

    /// No number in a document may be larger, so that no sum of them overflows.
    static let largestNumber = BoostedTrees.largestNumber
    /// No count in a document may be larger, for the same reason.
    static let largestCount = 1_000_000_000_000
    /// Log-odds are kept within this, a probability of 10⁻¹³.
    private static let largestLogit = 30.0

    /// What it was trained on.
    package struct Training: Hashable, Sendable, Codable {
        /// The service, or the file that the outcomes came from.
        package var service: String
        /// The first change's time.
        package var from: Timestamp
        /// The last change's time.
        package var to: Timestamp
        /// How many changes there were.
        package var changes: Int
        /// How many of them did harm.
        package var harmful: Int

        /// The share of changes that did harm.
        package var baseRate: Double { Double(harmful) / Double(max(1, changes)) }
    }

    /// What it was trained on.
    package let training: Training
    let size: ScaledLogistic
    let linear: ScaledLogistic?
    let trees: BoostedTrees?
    let weights: PartWeights
    let calibration: Calibration
    /// Follows the base rate, as outcomes come in.
    package internal(set) var tracker: RiskTracker
    /// The time of the newest change whose outcome it has seen.
    package internal(set) var learnedTo: Timestamp
    /// The last changes whose outcome it has seen, oldest first: what ranks are taken among where nothing newer is
    /// known.
    package internal(set) var lastChanges: [ChangeMeasures]
    /// How the measures were distributed, for ``RiskDrift``.
    let profile: [MeasureProfile]

    /// How the parts' mean becomes log-odds.
    struct Calibration: Hashable, Sendable, Codable {
        var intercept: Double
        var slope: Double

        func logit(_ mean: Double) -> Double { intercept + slope * mean }
    }

    /// The model's name in a ``Risk``.
    package var name: String {
        if trees != nil { return "learned" }
        return linear != nil ? "learned-linear" : "learned-size"
    }

    /// The log-odds of a row of ``RiskColumns`` before the tracker's adjustment.
    func logit(_ row: [Double]) -> Double {
        let mean = weights.mean(
            size: size.logit(row[RiskColumns.size]), linear: linear?.logit(row[RiskColumns.linear]),
            trees: trees?.logit(row))
        return min(max(calibration.logit(mean), -Self.largestLogit), Self.largestLogit)
    }

    /// The log-odds of a change before the tracker's adjustment, its ranks taken among the changes of a window.
    func logit(_ change: ChangeMeasures, among window: RankWindow) -> Double {
        logit(RiskColumns.row(change, among: window))
    }
}
