import AuspexRunbookTesting
import AuspexRunbooks
import AuspexSignals

/// Questions to guards, as a test changes them.
struct GuardSite {
    var guards = RunGuards()
    let now = Timestamp(milliseconds: 7_000_000_000)
    var plan = RunSamples.plan(locks: ["service/api@db1:9187"])
    var facts = RunGuards.Facts(open: [], recent: [])
    var world: GuardWorld? = GuardWorld(alert: .firing)
    var run: RunRecord?
    var firedAgo = TimeSpan.minutes(1)

    /// What the guards say.
    func answer(_ mode: RunMode, _ stage: GuardStage = .admission) -> RunGuards.Answer {
        guards.answer(
            GuardQuestion(
                plan: plan, mode: mode, stage: stage, requestedBy: "rule/down", hasAlert: mode != .manual,
                since: now - firedAgo, run: run, facts: facts,
                view: world.map { .known($0) } ?? .unknown("the engine has not started yet"), now: now))
    }

    /// The code of what is in the way for good; nil when nothing is.
    func blocked(_ mode: RunMode, _ stage: GuardStage = .admission) -> String? {
        if case .block(let block) = answer(mode, stage) { block.code } else { nil }
    }

    /// The code of why a run is only proposed; nil when it is not.
    func proposed(_ mode: RunMode = .auto) -> String? {
        if case .propose(let block) = answer(mode) { block.code } else { nil }
    }

    /// A run that was made so long ago.
    func record(
        _ id: String, ago: TimeSpan, plan: Plan? = nil, mode: RunMode = .auto
    ) -> RunRecord {
        RunSamples.record(id: id, plan: plan ?? self.plan, mode: mode, createdAt: now - ago)
    }

    /// A run that ended so long ago: failed, or verified.
    func ended(_ id: String, ago: TimeSpan, failed: Bool, plan: Plan? = nil, mode: RunMode = .auto) throws -> RunRecord
    {
        try RunSamples.ended(record(id, ago: ago, plan: plan, mode: mode), at: now - ago, failed: failed)
    }

    /// What stands in the place of a run that was over and whose record cannot be read.
    func unreadable(_ id: String, ago: TimeSpan, isShadow: Bool = false) -> RunRecord {
        RunRecord(
            of: RunRecord.Remains(
                id: id, triggerKey: "trigger/\(id)", runbook: "sample", requestedBy: "rule/down", isShadow: isShadow,
                isOpen: false, createdAt: now - ago, revision: 7), because: "it is damaged")
    }

    /// A run at work.
    func active(_ id: String, ago: TimeSpan = .hours(2), plan: Plan) throws -> RunRecord {
        var state = try RunState(record(id, ago: ago, plan: plan))
        _ = state.handle(.begin, now: RunSamples.moment((now - ago).milliseconds))
        return state.record
    }
}
