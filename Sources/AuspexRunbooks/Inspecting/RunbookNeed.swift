package import AuspexSignals

/// Something outside of itself that a runbook cannot do without.
package struct RunbookNeed: Hashable, Sendable {
    /// What it is.
    package enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
        /// A program, by its absolute path.
        case executable
        /// A scheme, host and port that is asked; parameters stand in it by their names.
        case origin
        /// A channel to people.
        case channel
        /// A rule whose alerts it waits to be clear.
        case rule
        /// A metric that its verification reads.
        case metric
    }

    /// What it is.
    package var kind: Kind
    /// Its name.
    package var name: String
    /// Whether a parameter stands in the name, so that only a plan says what is meant.
    package var isOpen = false
    /// The step, or the runbook, that needs it.
    package var location: SourceLocation
}

extension Runbook {
    /// What it needs, in the order of its steps; the same thing once for each step.
    package var needs: [RunbookNeed] {
        allSteps.flatMap(\.needs) + verification.needs(at: location)
    }
}

extension Runbook.Step {
    fileprivate var needs: [RunbookNeed] {
        let own: [RunbookNeed] =
            switch action {
            case .operation(let operation): operation.needs(at: location)
            case .wait(let operation, _, _): operation.needs(at: location)
            case .verify(let verification): verification.needs(at: location)
            }
        return own + (probe?.operation.needs(at: location) ?? [])
    }
}

extension OperationTemplate {
    fileprivate func needs(at location: SourceLocation) -> [RunbookNeed] {
        switch self {
        case .run(let command): [RunbookNeed(kind: .executable, name: command.executable, location: location)]
        case .notify(let channel, _): [RunbookNeed(kind: .channel, name: channel, location: location)]
        case .http(let request):
            [
                RunbookNeed(
                    kind: .origin, name: request.origin.text, isOpen: !request.origin.parameters.isEmpty,
                    location: location)
            ]
        }
    }
}

extension VerificationTemplate {
    fileprivate func needs(at location: SourceLocation) -> [RunbookNeed] {
        clearAlerts.map { RunbookNeed(kind: .rule, name: $0.rule, location: location) }
            + Set(readings.values.map(\.name)).sorted().map {
                RunbookNeed(kind: .metric, name: $0, location: location)
            }
    }
}
