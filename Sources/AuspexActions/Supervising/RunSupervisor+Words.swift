package import AuspexRunbooks
import AuspexSignals

/// What people say to one run.
extension RunSupervisor {
    /// Approves the plan of a run that waits for it.
    ///
    /// - Throws: ``RunCommandError``, or what the journal throws.
    package func approve(_ id: String, planHash: String, by person: String) async throws {
        await enterAdmission()
        defer { leaveAdmission() }
        do {
            try await letApprove(id, planHash: planHash, by: person)
        } catch let refusal as RunCommandError {
            // Of a run that does not exist there is nothing to tell.
            if case .unknownRun = refusal { throw refusal }
            try await audit("run.approval.refused", ["by": .string(person), "why": .string("\(refusal)")], run: id)
            throw refusal
        }
        try around.crashes.pass(.afterApproval)
    }

    private func letApprove(_ id: String, planHash: String, by person: String) async throws {
        let record = try await openAndFit(id)
        let moment = around.moments.now()
        if let problem = try RunState(record).approvalProblem(by: person, planHash: planHash, at: moment) {
            // The run's own timer may not have noticed yet.
            if problem == .expired { _ = try await say(.approve(by: person, planHash: planHash), to: id) }
            throw RunCommandError.approval(problem)
        }
        if let block = await objection(toApproving: record) { throw RunCommandError.blocked(block) }
        try around.crashes.pass(.beforeApproval)
        guard try await say(.approve(by: person, planHash: planHash), to: id) else {
            let state = try RunState(try await open(id))
            let problem = state.approvalProblem(by: person, planHash: planHash, at: around.moments.now())
            throw RunCommandError.approval(problem ?? .notWaiting(state.record.status))
        }
        // It may have come too late while the guards were asked.
        if let run = try await around.journal.run(id), run.status.isOver,
            !run.approvals.contains(where: { $0.by == person })
        {
            throw RunCommandError.approval(.expired)
        }
        // With the last of those who had to approve it begins.
        if try RunState(record).missingApprovals <= 1 { letGo.insert(id) }
    }

    /// Stops a run; what it does at the end in any case is still done. When this returns, the wish outlives the engine.
    ///
    /// - Throws: ``RunCommandError``, also when the run is ending already, or what the journal throws.
    package func cancel(_ id: String, by person: String, reason: String) async throws {
        let record = try await open(id)
        if record.unfitness != nil, mailboxes[id] == nil {
            return try await endUnfit(id, .cancelled(reason: "\(person): \(reason)"), by: person)
        }
        guard try await say(.cancel(by: person, reason: reason), to: id) else {
            _ = try await open(id)
            throw RunCommandError.ending(id)
        }
    }

    /// Answers a run's question.
    ///
    /// - Parameter path: The step that the question is about; nil for the only question there is.
    /// - Throws: ``RunCommandError``, or what the journal throws.
    package func decide(_ id: String, _ decision: Decision, by person: String, path: String? = nil) async throws {
        let record = try await open(id)
        if let problem = record.unfitness, mailboxes[id] == nil {
            guard decision == .giveUp else { throw RunCommandError.unfit(problem) }
            return try await endUnfit(id, .failed(reason: "given up by \(person)"), by: person)
        }
        guard path != nil || record.questions.count < 2 else {
            throw RunCommandError.severalQuestions(id, paths: record.questions.compactMap(\.path))
        }
        guard record.question != nil, try await say(.decide(decision, by: person, path: path), to: id) else {
            throw RunCommandError.noQuestion(id, try await open(id).status)
        }
    }

    /// Takes a run up that has failed, from the step that it failed at, within the guards.
    ///
    /// - Throws: ``RunCommandError``, or what the journal throws.
    package func retry(_ id: String, path: String, by person: String) async throws {
        await enterAdmission()
        defer { leaveAdmission() }
        guard let record = try await around.journal.run(id) else { throw RunCommandError.unknownRun(id) }
        guard mailboxes[id] == nil else { throw RunCommandError.notListening(id) }
        if let problem = record.unfitness { throw RunCommandError.unfit(problem) }
        let now = around.moments.now()
        if let block = await objection(toApproving: record) { throw RunCommandError.blocked(block) }
        var state = try RunState(record)
        let commit: RunCommit
        do throws(StepWordProblem) {
            commit = try state.takeUp(path, by: person, now)
        } catch {
            throw RunCommandError.step(error)
        }
        try await around.journal.commit(commit)
        begin(commit.record, isRecovery: true)
    }

    /// Leaves a step out that has not begun, or whose outcome nobody knows.
    ///
    /// - Throws: ``RunCommandError``, or what the journal throws.
    package func skip(_ id: String, path: String, by person: String, reason: String) async throws {
        if let problem = try RunState(try await openAndFit(id)).skipProblem(path) {
            throw RunCommandError.step(problem)
        }
        guard try await say(.skip(path: path, by: person, reason: reason), to: id) else {
            let problem = try RunState(try await open(id)).skipProblem(path)
            throw RunCommandError.step(problem ?? .notSkippable(path, why: "it has begun"))
        }
    }

    /// Makes one run wait: what is under way goes on to its end, nothing new begins. It outlives the engine.
    ///
    /// - Throws: ``RunCommandError``, or what the journal throws.
    package func hold(_ id: String, by person: String, reason: String) async throws {
        _ = try await openAndFit(id)
        guard try await say(.hold(by: person, reason: reason), to: id) else {
            throw RunCommandError.held(id, isHeld: try await open(id).hold != nil)
        }
    }

    /// Lets a run go on that a person made wait.
    ///
    /// - Throws: ``RunCommandError``, or what the journal throws.
    package func resume(_ id: String, by person: String) async throws {
        _ = try await openAndFit(id)
        guard try await say(.resume(by: person), to: id) else {
            throw RunCommandError.held(id, isHeld: try await open(id).hold != nil)
        }
    }

    func open(_ id: String) async throws -> RunRecord {
        guard let record = try await around.journal.run(id) else { throw RunCommandError.unknownRun(id) }
        guard record.isOpen else { throw RunCommandError.over(id, record.status) }
        return record
    }

    /// The run, if it is open and an engine can drive it.
    private func openAndFit(_ id: String) async throws -> RunRecord {
        let record = try await open(id)
        if let problem = record.unfitness { throw RunCommandError.unfit(problem) }
        return record
    }

    /// Whether the run follows the word.
    private func say(_ event: RunEvent, to id: String) async throws -> Bool {
        switch await mailboxes[id]?.say(event) ?? .unheard {
        case .followed:
            // What waits at the gate because of people may be free to begin.
            wakeSleepers()
            return true
        case .ignored: return false
        case .unheard: throw RunCommandError.notListening(id)
        }
    }
}
