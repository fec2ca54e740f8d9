package import AuspexSignals

/// Something outside of itself that a runbook cannot do without.
package struct RunbookNeed: Hashable, Sendable {
    /// What it is.
    package enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
        /// A program, by its absolute path or by its name.
        case executable
        /// A user that a command runs as, by name.
        case user
        /// A scheme, host and port that is asked; parameters stand in it by their names.
        case origin
        /// A host and port that a health check connects to; parameters stand in it by their names.
        case endpoint
        /// A file that is collected, by its path; parameters stand in it by their names.
        case file
        /// A secret.
        case secret
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
            + secrets.map { RunbookNeed(kind: .secret, name: $0, location: location) }
    }
}

extension Runbook.Step {
    fileprivate var needs: [RunbookNeed] {
        let own: [RunbookNeed] =
            switch action {
            case .operation(let operation): operation.needs(at: location)
            case .wait(let operation, _, _): operation.needs(at: location)
            case .verify(let verification): verification.needs(at: location)
            case .branch, .group, .parallel, .pause, .approval, .runbook: []
            }
        return own + (probe?.operation.needs(at: location) ?? [])
    }
}

extension OperationTemplate {
    fileprivate func needs(at location: SourceLocation) -> [RunbookNeed] {
        switch self {
        case .run(let command): command.needs(at: location)
        case .notify(let channel, _): [RunbookNeed(kind: .channel, name: channel, location: location)]
        case .http(let request): [request.need(at: location)]
        case .health(let check): check.needs(at: location)
        case .collect(let collection):
            collection.commands.flatMap { $0.needs(at: location) }
                + collection.files.map {
                    RunbookNeed(kind: .file, name: $0.text, isOpen: $0.literal == nil, location: location)
                }
        }
    }
}

extension CommandTemplate {
    fileprivate func needs(at location: SourceLocation) -> [RunbookNeed] {
        [RunbookNeed(kind: .executable, name: executable, location: location)]
            + [confinement?.user].compactMap(\.self).map {
                RunbookNeed(kind: .user, name: $0, location: location)
            }
    }
}

extension RequestTemplate {
    fileprivate func need(at location: SourceLocation) -> RunbookNeed {
        RunbookNeed(kind: .origin, name: origin.text, isOpen: !origin.parameters.isEmpty, location: location)
    }
}

extension HealthCheckTemplate {
    fileprivate func needs(at location: SourceLocation) -> [RunbookNeed] {
        func need(_ endpoint: EndpointTemplate) -> [RunbookNeed] {
            let isOpen = endpoint.host.literal == nil || endpoint.port.literal == nil
            return [RunbookNeed(kind: .endpoint, name: endpoint.text, isOpen: isOpen, location: location)]
        }
        return switch probe {
        case .tcp(let endpoint), .certificate(let endpoint, serverName: _, minDays: _, warnDays: _): need(endpoint)
        case .http(let request, contains: _): [request.need(at: location)]
        case .sql(let command, _): command.needs(at: location)
        case .systemd: [RunbookNeed(kind: .executable, name: "systemctl", location: location)]
        case .list(let checks): checks.flatMap { $0.needs(at: location) }
        case .process, .disk, .file, .dns: []
        }
    }
}

extension VerificationTemplate {
    fileprivate func needs(at location: SourceLocation) -> [RunbookNeed] {
        clearAlerts.map {
            RunbookNeed(kind: .rule, name: $0.rule.text, isOpen: $0.rule.literal == nil, location: location)
        }
            + Set(readings.values.map(\.name)).sorted().map {
                RunbookNeed(kind: .metric, name: $0, location: location)
            }
    }
}
