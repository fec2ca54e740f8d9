import AuspexNumerics
import AuspexSignals

/// Judges changes one after the other as a running engine would: ranks among what came before, outcomes only once they
/// are old enough.
struct TimeOrderedJudge: Sendable {
    let model: RiskModel
    /// After how long an outcome counts as known; nil for never.
    let labelDelay: TimeSpan?

    /// The probabilities of one change.
    struct Judgement: Hashable, Sendable {
        /// By the model as it was trained.
        var frozen: Double
        /// With the base rate followed.
        var followed: Double
        /// By the size part alone.
        var linesAdded: Double
        var isHarmful: Bool
    }

    /// Judges changes, which come oldest first and after those of the training.
    func judge(_ changes: [LabelledChange]) -> [Judgement] {
        var window = RankWindow(model.lastChanges)
        var tracker = model.tracker
        var logits: [Double] = []
        var learned = 0
        return changes.map { change in
            while let labelDelay, learned < logits.count, changes[learned].time <= change.time - labelDelay {
                tracker.learn(logit: logits[learned], isHarmful: changes[learned].isHarmful)
                learned += 1
            }
            let row = RiskColumns.row(change.measures, among: window)
            let logit = model.logit(row)
            logits.append(logit)
            window.add(change.measures)
            return Judgement(
                frozen: LogisticFunction.probability(model.tracker.adjusted(logit)),
                followed: LogisticFunction.probability(tracker.adjusted(logit)),
                linesAdded: LogisticFunction.probability(model.size.logit(row[RiskColumns.size])),
                isHarmful: change.isHarmful)
        }
    }
}
