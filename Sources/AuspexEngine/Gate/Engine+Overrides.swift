package import AuspexChanges
import AuspexSignals
import AuspexStore
import Logging

/// Going on whatever the verdict is.
extension Engine {
    /// Keeps a verdict in the manner in which it was asked for, together with what the audit says of that.
    ///
    /// - Throws: ``OverrideError``; the verdict is kept all the same, but not overridden.
    func keep(_ verdict: Verdict, as manner: GateManner = GateManner()) async throws -> Verdict {
        var verdict = verdict
        if manner.dryRun { verdict.dryRun = true }
        guard let decision = manner.breakGlass else {
            let kept = try await changeStore.save(verdict, audit: nil, at: clock.now())
            metrics.add(to: .verdicts)
            return kept
        }
        do throws(OverrideError) {
            verdict = try overridden(verdict, by: decision)
        } catch {
            try await changeStore.save(verdict, audit: note(of: verdict, error, decision), at: clock.now())
            metrics.add(to: .verdicts)
            metrics.add(to: .overridesRefused)
            throw error
        }
        try await changeStore.save(verdict, audit: note(of: verdict, nil, decision), at: clock.now())
        metrics.add(to: .verdicts)
        metrics.add(to: .overrides)
        return verdict
    }

    /// A verdict that was overridden, and who cannot be told so.
    package struct Overridden: Sendable {
        /// The verdict as it stands then.
        package var verdict: Verdict
        /// Why whoever asked is not told, for a person to read; nil when nothing is in the way.
        package var obstacle: String?
    }

    /// Overrides a verdict that was given before. Whoever has asked is told, also where the answer was no before.
    ///
    /// - Returns: what it has come to; nil when there is no verdict of this id.
    /// - Throws: ``OverrideError``; the attempt is in the audit all the same.
    package func override(_ id: String, _ decision: BreakGlass) async throws -> Overridden? {
        guard let verdict = try await overriddenVerdict(id, decision) else { return nil }
        do {
            return Overridden(verdict: verdict, obstacle: try await questions.correct(by: verdict))
        } catch {
            // The verdict is overridden and cannot be so twice.
            questions.logger.error(
                "an override cannot be handed on", metadata: ["id": "\(id)", "reason": "\(error)"])
            return Overridden(
                verdict: verdict,
                obstacle: "whoever asked has not been told because of an internal error; see the log")
        }
    }

    private func overriddenVerdict(_ id: String, _ decision: BreakGlass) async throws -> Verdict? {
        do {
            let verdict = try await changeStore.changeVerdict(id) { verdict in
                let changed = try self.overridden(verdict, by: decision)
                return (changed, self.note(of: changed, nil, decision))
            }
            if verdict != nil { metrics.add(to: .overrides) }
            return verdict
        } catch let error as OverrideError {
            metrics.add(to: .overridesRefused)
            if let verdict = try await verdict(id: id) {
                let note = note(of: verdict, error, decision)
                try await audit.append(kind: note.kind, runID: nil, detail: note.detail, at: note.at)
            }
            throw error
        }
    }

    private func overridden(_ verdict: Verdict, by decision: BreakGlass) throws(OverrideError) -> Verdict {
        let now = clock.now()
        if let mistake = decision.mistake { throw .incomplete(mistake) }
        guard verdict.policy.breakGlass == .allow else { throw .refused(policy: verdict.policy.name) }
        if let earlier = verdict.override { throw .already(by: earlier.by) }
        guard now <= verdict.expiresAt else { throw .expired }
        var verdict = verdict
        verdict.override = Verdict.Override(decision, at: now)
        return verdict
    }

    private func note(of verdict: Verdict, _ error: OverrideError?, _ decision: BreakGlass) -> AuditLog.Note {
        var detail: [String: JSONValue] = [
            "id": .string(verdict.id), "service": .string(verdict.service), "environment": .string(verdict.environment),
            "sha": .string(verdict.sha), "version": .string(verdict.version),
            "verdict": .string(verdict.verdict.rawValue), "by": .string(decision.by),
            "reason": .string(decision.reason),
        ]
        if let error { detail["refused"] = .string(error.description) }
        return AuditLog.Note(
            kind: error == nil ? "gate.override" : "gate.override.refused", detail: .object(detail), at: clock.now())
    }
}
