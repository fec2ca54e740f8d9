package import AuspexChanges
import AuspexSignals
import AuspexStore

/// What the doors hand in about outcomes of changes.
extension Engine {
    /// Puts a risk model that was trained elsewhere in force, and puts that into the audit.
    ///
    /// - Parameters:
    ///   - model: The model.
    ///   - service: The service whose changes are assessed by it; empty for all that have none of their own.
    ///   - person: Who does it.
    package func use(_ model: RiskModel, for service: String, by person: String) async throws -> RiskModelVersion {
        try OutcomeError.check(person, "")
        let training = model.training
        try await audit.append(
            kind: "risk.model", runID: nil,
            detail: .object([
                "service": .string(service), "by": .string(person), "trained_on": .string(training.service),
                "changes": .int(Int64(training.changes)), "harmful": .int(Int64(training.harmful)),
            ]), at: clock.now())
        return try await outcomes.book.put(model, inForceFor: service)
    }
}
