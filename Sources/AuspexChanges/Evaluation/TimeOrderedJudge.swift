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
        judge(changes.map { (source: 0, change: $0) }, among: [RankWindow(model.lastChanges)])
    }

    /// Judges changes of several services, which come oldest first, each ranked among those of its own.
    ///
    /// - Parameters:
    ///   - changes: The changes, with the number of each one's service, from 0.
    ///   - windows: The earlier changes of each service.
    func judge(_ changes: [(source: Int, change: LabelledChange)], among windows: [RankWindow]) -> [Judgement] {
        var windows = windows
        var tracker = model.tracker
        var logits: [Double] = []
        var learned = 0
        return changes.map { source, change in
            while let labelDelay, learned < logits.count, changes[learned].change.time <= change.time - labelDelay {
                tracker.learn(logit: logits[learned], isHarmful: changes[learned].change.isHarmful)
                learned += 1
            }
            let row = RiskColumns.row(change.measures, among: windows[source])
            let logit = model.logit(row)
            logits.append(logit)
            windows[source].add(change.measures)
            return Judgement(
                frozen: LogisticFunction.probability(model.tracker.adjusted(logit)),
                followed: LogisticFunction.probability(tracker.adjusted(logit)),
                linesAdded: LogisticFunction.probability(model.size.logit(row[RiskColumns.size])),
                isHarmful: change.isHarmful)
        }
    }
}
