package import AuspexSignals

/// A training with an examination: the model learns from all changes, and one that learned from the older 70 % alone shows
/// on the newest 30 % whether that is worth anything.
package struct RiskCourse: Sendable {
    /// The share of older changes.
    package static let split = 0.7
    /// A model that ranks worse than another one by more than this area is not put in force.
    package static let tolerance = 0.01

    /// The model, trained on all changes.
    package let model: RiskModel
    /// How the examination went; nil when there was none.
    package let evaluation: RiskSplit?
    /// Whether the model may be put in force.
    package let hasPassed: Bool
    /// Why, or why not.
    package let note: String

    /// Trains and examines.
    ///
    /// - Parameters:
    ///   - sources: The labelled changes, a list a service.
    ///   - service: What to call them.
    ///   - labelDelay: After how long an outcome counts as known.
    ///   - incumbent: A model that must not be better; nil for none.
    /// - Throws: ``RiskModelError`` when there are too few changes to learn from.
    package init(
        _ sources: [[LabelledChange]], service: String, labelDelay: TimeSpan, incumbent: RiskModel? = nil
    ) throws(RiskModelError) {
        model = try RiskTrainer.train(sources, service: service)
        let examination = Self.examine(sources, service, labelDelay, incumbent)
        evaluation = examination.split
        (hasPassed, note) = Self.verdict(examination)
    }

    private struct Examination {
        var split: RiskSplit?
        var problem = ""
    }

    private static func examine(
        _ sources: [[LabelledChange]], _ service: String, _ labelDelay: TimeSpan, _ incumbent: RiskModel?
    ) -> Examination {
        let ordered = sources.enumerated()
            .flatMap { source, changes in changes.map { (source: source, change: $0) } }
            .enumerated().sorted { ($0.element.change.time, $0.offset) < ($1.element.change.time, $1.offset) }
            .map(\.element)
        let count = Int(Double(ordered.count) * split)
        let (older, newer) = (ordered[..<count], Array(ordered[count...]))
        let harmful = newer.count { $0.change.isHarmful }
        guard harmful > 0, harmful < newer.count else {
            return Examination(
                problem: "\(harmful) of the newest \(newer.count) changes did harm, so that it cannot be judged")
        }
        let past = sources.indices.map { source in older.filter { $0.source == source }.map(\.change) }
        let student: RiskModel
        do throws(RiskModelError) {
            student = try RiskTrainer.train(past, service: service)
        } catch {
            return Examination(problem: "the older 70 % of its changes are too few to judge it by the others: \(error)")
        }
        let windows = past.map { RankWindow($0.map(\.measures)) }
        let judged = TimeOrderedJudge(model: student, labelDelay: labelDelay).judge(newer, among: windows)
        return Examination(
            split: RiskSplit(
                changes: newer.count, harmful: harmful,
                metrics: RiskMetrics(judged.map { .init($0.followed, $0.isHarmful) }),
                linesAdded: RiskMetrics(judged.map { .init($0.linesAdded, $0.isHarmful) }),
                incumbent: incumbent.map { model in
                    let judged = TimeOrderedJudge(model: model, labelDelay: nil).judge(newer, among: windows)
                    return RiskMetrics(judged.map { .init($0.frozen, $0.isHarmful) })
                }))
    }

    private static func verdict(_ examination: Examination) -> (Bool, String) {
        guard let split = examination.split else { return (false, "not in force: \(examination.problem)") }
        func text(_ metrics: RiskMetrics) -> String { NumberText.short(metrics.aucROC) }
        let own = "AUC \(text(split.metrics)) on the newest \(split.changes) changes"
        if split.metrics.aucROC < split.linesAdded.aucROC - tolerance {
            return (false, "not in force: \(own), lines added alone \(text(split.linesAdded))")
        }
        if let incumbent = split.incumbent, split.metrics.aucROC < incumbent.aucROC - tolerance {
            return (false, "not in force: \(own), the imported model \(text(incumbent))")
        }
        return (true, "in force: \(own), lines added alone \(text(split.linesAdded))")
    }
}
