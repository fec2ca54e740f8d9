package import AuspexSignals

/// What became of a service after a change.
package struct ChangeJudgement: Hashable, Sendable, Codable {
    /// How a watch stands.
    package enum State: String, Hashable, Sendable, Codable, CaseIterable {
        /// It goes on.
        case running
        /// It ended while the change was under way, so that the version before may be what was seen: whatever the verdict,
        /// it is not the last one. When the change is reported as over, its watch begins anew.
        case provisional
        /// It has come to its verdict.
        case done
        /// Another change of the service came, so that nobody can tell which of the two did what.
        case superseded
    }

    /// The change's id.
    package var change: String
    /// The service that was changed.
    package var service: String
    /// Where; empty when unknown.
    package var environment: String
    /// The version after the change; empty when unknown.
    package var version: String
    /// The verdict; `inconclusive` while the watch is running.
    package var verdict: Verdict.Outcome
    /// 0 to 100, the share of metrics that are not worse; nil (null) when nothing was judged.
    package var score: Double?
    /// What led to the verdict; nil (null) while the watch is running.
    package var report: JudgeReport?
    /// How the watch stands.
    package var state: State
    /// Since when the service is watched.
    package var from: Timestamp
    /// Until when it is, or was.
    package var to: Timestamp

    private enum CodingKeys: String, CodingKey {
        case change, service, environment, version, verdict, score, report, state, from, to
    }

    /// Writes all members; what is not known is null.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(change, forKey: .change)
        try container.encode(service, forKey: .service)
        try container.encode(environment, forKey: .environment)
        try container.encode(version, forKey: .version)
        try container.encode(verdict, forKey: .verdict)
        try container.encode(score, forKey: .score)
        try container.encode(report, forKey: .report)
        try container.encode(state, forKey: .state)
        try container.encode(from, forKey: .from)
        try container.encode(to, forKey: .to)
    }
}

extension ChangeJudgement {
    /// Whether it stays as it is.
    package var isFinal: Bool { state == .done || state == .superseded }

    /// Makes a judgement from while the change was under way the last one, because the service will not be watched again:
    /// a failure stays, all else nobody can know.
    package mutating func conclude(because reason: String) {
        guard state == .provisional else { return }
        state = .done
        guard verdict != .fail else { return }
        verdict = .inconclusive
        score = nil
        report = JudgeReport(reason)
    }
}

extension JudgeReport {
    /// The report of a judge who could not judge anything.
    init(_ reason: String) {
        self.init(
            judge: JudgePolicy.judgeName, verdict: .inconclusive, score: nil, reasons: [reason], groups: [], metrics: []
        )
    }
}

extension ChangeJudgement {
    /// The judgement of a change that is not, or not yet, judged.
    init(of change: Change, state: State, from: Timestamp, to: Timestamp, report: JudgeReport? = nil) {
        self.change = change.id
        service = change.service
        environment = change.environment
        version = change.version
        verdict = report?.verdict ?? .inconclusive
        score = report?.score
        self.report = report
        self.state = state
        self.from = from
        self.to = to
    }
}
