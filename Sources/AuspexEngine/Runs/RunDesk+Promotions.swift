import AuspexRules
package import AuspexRunbooks
import AuspexSignals

/// From the shadow to acting by itself: how far a rule may go with a runbook, and how people change that.
extension RunDesk {
    /// How far a request of a rule may go.
    struct Allowance {
        /// So far.
        var mode: RunMode
        /// Why not as far as the rule says; nil when it may.
        var heldBack: (code: String, why: String)?
    }

    /// How far a request may go: what the rule says, no further than the configuration lets any rule, into the shadow unless
    /// the rule is stable, and no further than it has been promoted.
    func allowance(of request: AuspexRules.RunRequest) async -> Allowance {
        let mode = RunMode(request.mode, ceiling: actions.ceiling)
        guard mode != .shadow else { return Allowance(mode: .shadow) }
        let status = library.value.rules[request.rule]?.status
        guard status == .stable else {
            let why = status.map { "it is \($0.rawValue), not stable" } ?? "it is not in force any more"
            return Allowance(mode: .shadow, heldBack: ("not_stable", "rule \(request.rule) runs in the shadow: \(why)"))
        }
        do {
            let promotion = try await promotion(of: request.rule, request.runbook)
            let promoted = actions.promotion.mode(mode, promotion: promotion?.level)
            let what = promoted == .shadow ? "runs in the shadow" : "only proposes"
            let why = "rule \(request.rule) \(what), because it was not promoted further with \(request.runbook)"
            return Allowance(mode: promoted, heldBack: promoted == mode ? nil : ("not_promoted", why))
        } catch {
            return Allowance(
                mode: .shadow, heldBack: ("cannot_tell", "the promotions cannot be read: \(error)"))
        }
    }

    private func promotion(of rule: String, _ runbook: String) async throws -> Promotion? {
        guard actions.promotion != .never else { return nil }
        return try await book.promotions().first { $0.rule == rule && $0.runbook == runbook }
    }

    // MARK: People

    /// The promotions, in order of rule and runbook.
    package func promotions() async throws -> [Promotion] { try await book.promotions() }

    /// A person lets a rule go as far as `level` with a runbook.
    ///
    /// - Throws: ``PromotionError``, or what the store throws.
    package func promote(
        rule: String, runbook: String, to level: Promotion.Level, by person: String, reason: String
    ) async throws -> Promotion {
        try PromotionError.check(person, reason)
        guard let known = library.value.rules[rule] else { throw PromotionError.unknownRule(rule) }
        guard runbooks[runbook] != nil else { throw PromotionError.unknownRunbook(runbook) }
        guard known.responses.contains(where: { $0.runbook == runbook }) else {
            throw PromotionError.notAsked(rule: rule, runbook: runbook)
        }
        guard known.status == .stable else { throw PromotionError.notStable(rule: rule, status: known.status.rawValue) }
        let promotion = Promotion(
            rule: rule, runbook: runbook, level: level, by: person, reason: reason, at: clock.now())
        let audit = RunAudit(
            kind: "runbook.promoted",
            detail: .object([
                "rule": .string(rule), "runbook": .string(runbook), "to": .string(level.rawValue),
                "by": .string(person), "reason": .string(reason),
            ]))
        try await book.promote(promotion, audit: audit)
        return promotion
    }

    /// A person takes a promotion back.
    ///
    /// - Throws: ``PromotionError``, or what the store throws.
    package func revoke(rule: String, runbook: String, by person: String, reason: String) async throws {
        try PromotionError.check(person, reason)
        let audit = RunAudit(
            kind: "runbook.promotion.revoked",
            detail: .object([
                "rule": .string(rule), "runbook": .string(runbook), "by": .string(person), "reason": .string(reason),
            ]))
        guard try await book.revoke(rule: rule, runbook: runbook, audit: audit, at: clock.now()) else {
            throw PromotionError.notPromoted(rule: rule, runbook: runbook)
        }
    }

    // MARK: Breakers and locks

    /// The breakers that are open, in order of their runbooks.
    package func openBreakers() async throws -> [Breaker] { try await book.openBreakers() }

    /// A person lets a runbook act by itself again.
    ///
    /// - Throws: ``PromotionError``, or what the store throws.
    package func resetBreaker(of runbook: String, by person: String, reason: String) async throws {
        try PromotionError.check(person, reason)
        let audit = RunAudit(
            kind: "breaker.reset",
            detail: .object(["runbook": .string(runbook), "by": .string(person), "reason": .string(reason)]))
        guard try await book.resetBreaker(of: runbook, audit: audit, at: clock.now()) else {
            throw PromotionError.notOpen(runbook: runbook)
        }
    }

    /// The locks that are held, in order of their names.
    package func heldLocks() async throws -> [HeldLock] { try await journal.heldLocks(now: clock.now()) }
}
