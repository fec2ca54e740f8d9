import AuspexRunbooks
import AuspexSignals

/// The journal of a simulated engine: a value, so that a course can be told from its seed alone.
struct FleetJournal {
    private(set) var records: [String: RunRecord] = [:]
    private(set) var triggers: [String: String] = [:]
    private var locks: [String: (run: String, until: Timestamp)] = [:]
    /// When runs were really made, oldest first.
    private var made: [(run: String, at: Timestamp)] = []

    var open: [RunRecord] {
        records.values.filter(\.isOpen).sorted { ($0.createdAt, $0.id) < ($1.createdAt, $1.id) }
    }

    func runs(since: Timestamp) -> [RunRecord] { records.values.filter { $0.createdAt >= since } }

    mutating func insert(_ record: RunRecord, at real: Timestamp) {
        records[record.id] = record
        triggers[record.triggerKey] = record.id
        made.append((record.id, real))
    }

    /// Stores a change, and says what is wrong with it.
    mutating func commit(_ commit: RunCommit) -> [String] {
        let record = commit.record
        guard let stored = records[record.id] else { return ["\(record.id) was never made"] }
        records[record.id] = record
        var problems: [String] = []
        if stored.revision + 1 != record.revision {
            problems.append("\(record.id): revision \(record.revision) after \(stored.revision)")
        }
        if stored.status.isOver { problems.append("\(record.id) changed after its end") }
        return problems
    }

    mutating func acquire(_ names: [String], run: String, now: Timestamp, until: Timestamp) -> LockOutcome {
        for name in names {
            guard let lock = locks[name], lock.run != run, lock.until > now else { continue }
            if records[lock.run]?.isOpen ?? false { return .held(lock: name, run: lock.run) }
        }
        for name in names { locks[name] = (run, until) }
        return .acquired
    }

    mutating func release(run: String) { locks = locks.filter { $0.value.run != run } }

    /// Where more runs were made within an hour, or sooner after one another on a target, than the guards allow.
    func rateViolations(_ guards: RunGuards) -> [String] {
        guard let last = made.last, let record = records[last.run], record.mode == .auto else { return [] }
        let plan = record.plan
        var problems: [String] = []
        let hour = made.filter { last.at - $0.at < .hours(1) }
        if hour.count > guards.mostPerHour { problems.append("\(hour.count) runs within an hour") }
        let before = made.dropLast().last { records[$0.run]?.plan.locks == plan.locks }
        if let before, last.at - before.at < guards.coolDown {
            problems.append("\(last.run) was made \(last.at - before.at) after \(before.run)")
        }
        return problems
    }
}
