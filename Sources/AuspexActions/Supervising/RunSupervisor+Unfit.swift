import AuspexRunbooks
import AuspexSignals

/// Runs that no engine can drive: their stored plan is not the one that they were made for, or cannot be read at all.
extension RunSupervisor {
    /// Sets such a run aside and calls for a person, once for each engine.
    func setAside(_ record: RunRecord, because problem: RunStateError) async throws {
        guard !setAside.contains(record.id) else { return }
        let now = around.moments.now()
        if let commit = RunState.settingAside(record, because: problem, now: now) {
            try await around.journal.commit(commit)
        } else {
            try await audit("run.unfit", ["why": .string("\(problem)")], run: record.id)
        }
        setAside.insert(record.id)
        report(.failed(run: record.id, error: problem))
        outbox.post(RunState.unfitNotice(record, because: problem))
    }

    /// Ends such a run because a person says so.
    func endUnfit(_ id: String, _ ending: RunEnding, by person: String) async throws {
        // Two people may say so at once.
        await enterAdmission()
        defer { leaveAdmission() }
        let record = try await open(id)
        // What was read before is at work again.
        guard mailboxes[id] == nil else { throw RunCommandError.notListening(id) }
        let commit = RunState.endingUnfit(record, ending, by: person, now: around.moments.now())
        try await around.journal.commit(commit)
        try await around.journal.releaseLocks(run: id)
        setAside.remove(id)
        report(.ended(commit.record))
    }
}
