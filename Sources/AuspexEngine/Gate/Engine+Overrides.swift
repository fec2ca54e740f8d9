package import AuspexChanges
import AuspexSignals
import AuspexStore

/// Going on whatever the verdict is.
extension Engine {
    /// Keeps a verdict in the manner in which it was asked for, together with what the audit says of that.
    ///
    /// - Throws: ``OverrideError``; the verdict is kept all the same, but not overridden.
    func keep(_ verdict: Verdict, as manner: GateManner = GateManner()) async throws -> Verdict {
        var verdict = verdict
        if manner.dryRun { verdict.dryRun = true }
        guard let decision = manner.breakGlass else {
            try await changeStore.save(verdict, audit: nil)
            metrics.add(to: .verdicts)
            return verdict
        }
        do throws(OverrideError) {
            verdict = try overridden(verdict, by: decision)
        } catch {
            try await changeStore.save(verdict, audit: note(of: verdict, error, decision))
            metrics.add(to: .verdicts)
            metrics.add(to: .overridesRefused)
            throw error
        }
        try await changeStore.save(verdict, audit: note(of: verdict, nil, decision))
        metrics.add(to: .verdicts)
        metrics.add(to: .overrides)
        return verdict
    }

    /// Overrides a verdict that was given before.
    ///
    /// - Returns: the verdict as it stands then; nil when there is none of this id.
    /// - Throws: ``OverrideError``; the attempt is in the audit all the same.
    package func override(_ id: String, _ decision: BreakGlass) async throws -> Verdict? {
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
