import AuspexLogs
import AuspexSignals

/// A way to tell which sessions are anomalies. Every threshold comes from the sessions that are learnt from.
public enum SessionMethod: String, Hashable, Sendable, Codable, CaseIterable {
    /// Every session is one: what any figure has to beat.
    case all
    /// A session with a template that training did not have.
    case newTemplate = "new_template"
    /// The session detector, by count vectors.
    case counts
    /// The share of a session's steps from one template to the next that training did not have.
    case newTransitions = "new_transitions"
    /// Principal components, loglizer's form.
    case pca
    /// Linear relations between counts, loglizer's form.
    case invariants
    /// Clusters, loglizer's form; learns from normal sessions only.
    case clusters

    /// What became of it.
    enum Answer: Sendable {
        /// One flag for each session that was judged.
        case flags([Bool])
        /// It says that it cannot tell.
        case abstained(reason: String)
    }

    /// More templates than these make the search for relations take forever.
    private static let mostColumns = 32

    /// Judges the test sessions of a split.
    func answer(_ split: SessionProtocol.Split) throws -> Answer {
        let training = split.training.map(\.session)
        let test = split.test.map(\.session)
        let counts = training.map(\.counts)
        switch self {
        case .all: return .flags(test.map { _ in true })
        case .newTemplate:
            let known = Set(counts.flatMap(\.templates))
            return .flags(test.map { !$0.counts.templates.allSatisfy(known.contains) })
        case .counts: return try byCounts(training, test, split)
        case .newTransitions: return byTransitions(training, test, split)
        case .pca:
            let model = try SessionPCA(counts)
            return .flags(test.map { model.isAnomalous($0.counts) })
        case .invariants:
            let columns = Set(counts.flatMap(\.templates)).count
            guard columns <= Self.mostColumns else { return .abstained(reason: "\(columns) templates are too many") }
            let model = try SessionInvariants(counts)
            return .flags(test.map { model.isAnomalous($0.counts) })
        case .clusters:
            let normal = split.training.filter { !$0.isAnomalous }
            let model = SessionClusters(normal.map(\.session.counts), weightedBy: counts)
            return .flags(test.map { model.isAnomalous($0.counts) })
        }
    }

    private func byCounts(
        _ training: [LogSession], _ test: [LogSession], _ split: SessionProtocol.Split
    ) throws -> Answer {
        let warmUp = SessionDetector.Configuration().warmUpSessions
        let trusted = SessionDetector.Training.first(max(training.count, warmUp))
        var detector = try SessionDetector(
            configuration: SessionDetector.Configuration(training: split.isTrusted ? trusted : .allSessions))
        for session in training { detector.learn(session) }
        var flags: [Bool] = []
        var reason: String?
        for session in test {
            let verdict = split.isContinued ? detector.judge(session) : detector.verdict(on: session)
            if verdict.readiness != .ready { reason = verdict.explanation }
            flags.append(verdict.isAnomalous)
        }
        return reason.map { .abstained(reason: $0) } ?? .flags(flags)
    }

    private func byTransitions(
        _ training: [LogSession], _ test: [LogSession], _ split: SessionProtocol.Split
    ) -> Answer {
        var memory = TransitionMemory()
        for session in training { memory.learn(session.transitions) }
        func share(_ session: LogSession, under least: Int) -> Double {
            let rare = memory.rare(in: session.transitions, under: least).count
            return Double(rare) / Double(max(1, session.transitions.count))
        }
        // A step that only one session took would be new without it.
        let known = training.map { share($0, under: 2) }.sorted(by: >)
        let alpha = SessionDetector.Configuration(training: split.isTrusted ? .first(0) : .allSessions).alpha
        let place = Int(alpha * Double(known.count + 1))
        let threshold = place < known.count ? known[place] : 0
        return .flags(test.map { share($0, under: 1) > threshold })
    }
}
