package import AuspexRunbooks
import AuspexSignals

/// What the guards are asked, and what becomes of their answers.
extension RunSupervisor {
    /// A wish, with all that the guards look at.
    func question(of request: RunRequest, at now: Timestamp) async -> GuardQuestion {
        let facts = await facts(request.plan, mode: request.mode, asker: request.requestedBy, own: request.limits, now)
        var question = GuardQuestion(
            plan: request.plan, mode: request.mode, stage: .admission, requestedBy: request.requestedBy,
            hasAlert: request.alertID != nil, since: request.firedAt, own: request.limits, facts: facts, now: now)
        question.view = await view(of: question, alert: request.alertID)
        return question
    }

    /// A stored run, with all that the guards look at.
    private func question(of run: RunRecord, _ stage: GuardStage, at now: Timestamp) async -> GuardQuestion {
        var question = GuardQuestion(
            plan: run.plan, mode: run.mode, stage: stage, requestedBy: run.requestedBy, hasAlert: run.alertID != nil,
            since: run.deadline?.start.wall ?? run.createdAt, run: run,
            facts: await facts(run.plan, mode: run.mode, asker: run.requestedBy, own: nil, now), now: now)
        question.view = await view(of: question, alert: run.alertID)
        return question
    }

    private func view(of question: GuardQuestion, alert: String?) async -> GuardView {
        guard let outside, question.mode != .shadow else { return .absent }
        do {
            return .known(try await outside.world(for: question.plan, alert: alert, beside: question.othersAtWork))
        } catch {
            return .unknown("\(error)")
        }
    }

    /// What the journal and the book know; nil when they do not answer.
    private func facts(
        _ plan: Plan, mode: RunMode, asker: String, own: RunGuards.OwnLimits?, _ now: Timestamp
    ) async -> RunGuards.Facts? {
        let journal = around.journal
        do {
            let open = try await journal.openRuns()
            let most = max(Self.fewestRecent, guards.mostPerHour)
            let recent = try await journal.runs(
                since: now - guards.horizon(plan, own: own), limit: most, leavingOutShadow: true)
            let worked = try await runs(workingOnTheFleetsOf: plan, now)
            let isByRule = mode == .auto || mode == .approve
            let ofAsker =
                isByRule
                ? try await journal.runs(
                    matching: RunFilter(requestedBy: asker, since: now - guards.recurrenceWindow, limit: most)) : []
            let breaker = mode == .auto ? try await breaker(of: plan.runbook, at: now) : nil
            look()
            await auditPause()
            let known = Set(recent.map(\.id))
            return RunGuards.Facts(
                pausedBecause: pause, open: open, recent: recent + worked.filter { !known.contains($0.id) },
                letGo: letGo, passedTargets: changing,
                ofAsker: ofAsker, breaker: breaker)
        } catch {
            report(.guardsFailed(error))
            return nil
        }
    }

    /// The runs that ended so lately that a fleet of `plan` may not have settled. They may have been made long before.
    private func runs(workingOnTheFleetsOf plan: Plan, _ now: Timestamp) async throws -> [RunRecord] {
        guard let settle = plan.fleets.map(\.settle).max(), settle > .zero else { return [] }
        return try await around.journal.runs(
            matching: RunFilter(
                since: now - Self.longestRun, updatedSince: now - settle,
                limit: max(Self.fewestRecent, guards.mostPerHour)))
    }

    // MARK: - Answers

    /// Why a person may not approve this run now; nil when they may.
    func objection(toApproving run: RunRecord) async -> RunGuards.Block? {
        switch guards.answer(await question(of: run, .approval, at: around.moments.now().wall)) {
        case .go: nil
        case .propose(let block), .block(let block): block
        }
    }

    /// Why this run may not begin to change anything now; nil when it may.
    ///
    /// - Parameter targets: The targets in fleets that a run which has changed something begins with; empty before that.
    func objection(
        toChanging run: RunRecord, beginningWith targets: [FleetTarget] = []
    ) async -> RunGuards.Block? {
        let stage = targets.isEmpty ? GuardStage.firstChange : .nextTarget
        var question = await question(of: run, stage, at: around.moments.now().wall)
        question.targets = targets
        return switch guards.answer(question) {
        case .go: nil
        case .propose(let block), .block(let block): block
        }
    }

    /// Writes down that a wish does not become a run, and tells people where they have to act instead.
    func refused(_ request: RunRequest, _ block: RunGuards.Block, at now: Timestamp) async throws {
        try await audit(
            "run.blocked",
            [
                "code": .string(block.code), "why": .string("\(block)"), "trigger": .string(request.triggerKey),
                "runbook": .string(request.plan.runbook), "by": .string(request.requestedBy),
                "alert": request.alertID.map(JSONValue.string) ?? .null,
            ], run: nil)
        report(.blocked(block, run: nil))
        let text = "\(request.plan.runbook) for \(request.requestedBy): \(block)"
        switch block {
        case .recurring:
            tellOnce(RunNotice(kind: .recurring, run: "", text: text, key: "recurring/\(request.triggerKey)"))
        case .flapping:
            // Once a day for each target is enough to be heard.
            let day = now.milliseconds / TimeSpan.hours(24).milliseconds
            let target = request.plan.locks.joined(separator: ",")
            tellOnce(
                RunNotice(
                    kind: .flapping, run: "", text: text, key: "flapping/\(request.requestedBy)/\(target)/\(day)"))
        default: break
        }
    }

    /// What the audit says of a new run: who asked for what, and why it goes as far as it does.
    static func created(_ record: RunRecord, _ request: RunRequest) -> RunAudit {
        var detail: [String: JSONValue] = [
            "runbook": .string(record.plan.runbook), "version": .int(record.plan.version),
            "plan": .string(record.planHash), "mode": .string(record.mode.rawValue),
            "trigger": .string(record.triggerKey), "by": .string(record.requestedBy),
            "alert": record.alertID.map(JSONValue.string) ?? .null,
        ]
        if let heldBack = request.heldBack {
            detail["held_back"] = .object(["code": .string(heldBack.code), "why": .string(heldBack.why)])
        }
        return RunAudit(kind: "run.created", detail: .object(detail))
    }

    /// Tells people something that they were not told before. Where that is not known they are told again: the notice's key
    /// says that it is the same.
    package func tellOnce(_ notice: RunNotice) { outbox.post(notice, once: true) }
}
