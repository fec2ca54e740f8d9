import AuspexSignals

extension Plan {
    /// The plan for people: what would be done, step by step, secrets masked.
    package var text: String { text(hash: hash) }

    /// The plan for people, told to have this hash: that of the plan itself, where this one is masked already.
    package func text(hash: String) -> String {
        let mask = SecretMask(secrets)
        var lines = ["runbook \(runbook) version \(version): \(title)", "owner   \(owner)", "hash    \(hash)"]
        let shown = parameters.sorted { $0.key < $1.key }.map { name, value in
            "\(name)=\(sensitive.contains(name) ? SecretMask.mask : Parameter.text(value))"
        }
        if !shown.isEmpty { lines.append("params  " + shown.joined(separator: " ")) }
        if let secretNames { lines.append("secrets " + secretNames.joined(separator: " ")) }
        lines.append("locks   " + locks.joined(separator: " "))
        lines.append("within  \(deadline)")
        if let approvals { lines.append("approve " + approvals.summary) }
        lines += Self.lines("only if", preconditions, mask)
        for (number, step) in steps.enumerated() { lines += step.masked(mask).lines(number: "\(number + 1)") }
        lines.append("then verify: " + verification.summary)
        for (name, steps) in [("on failure", onFailure), ("on cancel", onCancel), ("always", always)] {
            lines += Self.lines(name, steps, mask)
        }
        return mask.masked(lines.joined(separator: "\n"))
    }

    private static func lines(_ name: String, _ steps: [Step], _ mask: SecretMask) -> [String] {
        guard !steps.isEmpty else { return [] }
        return ["\(name):"] + steps.enumerated().flatMap { $1.masked(mask).lines(number: "\($0 + 1)") }
    }

    /// The plan with every secret masked, for interfaces. Its hash is not the plan's.
    package var masked: Plan {
        let mask = SecretMask(secrets)
        var plan = self
        plan.parameters = Self.masked(parameters, sensitive)
        plan.locks = locks.map(mask.masked)
        plan.verification = verification.masked(mask)
        plan.preconditions = preconditions.map { $0.masked(mask) }
        plan.steps = steps.map { $0.masked(mask) }
        plan.onFailure = onFailure.map { $0.masked(mask) }
        plan.onCancel = onCancel.map { $0.masked(mask) }
        plan.always = always.map { $0.masked(mask) }
        return plan
    }

    fileprivate static func masked(
        _ parameters: [String: JSONValue], _ sensitive: [String]
    ) -> [String: JSONValue] {
        Dictionary(
            uniqueKeysWithValues: parameters.map { name, value in
                (name, sensitive.contains(name) ? .string(SecretMask.mask) : value)
            })
    }
}

extension Plan.ApprovalRule {
    /// `2 of ann, bob, eve within 30m`.
    package var summary: String {
        let who = approvers.isEmpty ? count == 1 ? "person" : "people" : "of " + approvers.joined(separator: ", ")
        return "\(count) \(who) within \(expires)"
    }
}

extension Operation {
    /// `run [systemctl, restart, api]`, `POST https://…`, `tell page: …`.
    package var summary: String {
        switch self {
        case .run(let command):
            "run " + JSONValue.array(command.argv.map(JSONValue.string)).canonicalText
                + (command.confinement?.summary ?? "")
        case .http(let request):
            "\(request.method) \(request.url)" + (request.body.map { " \($0.canonicalText)" } ?? "")
        case .notify(let notification): "tell \(notification.channel): \(notification.message)"
        case .health(let check): "check \(check.summary)"
        case .collect(let collection): collection.summary
        }
    }

    /// The operation with `mask` over every text in it.
    package func masked(_ mask: SecretMask) -> Operation {
        switch self {
        case .run(let command): return .run(command.masked(mask))
        case .http(let request): return .http(request.masked(mask))
        case .notify(var notification):
            notification.message = mask.masked(notification.message)
            return .notify(notification)
        case .health(let check): return .health(check.masked(mask))
        case .collect(var collection):
            collection.commands = collection.commands.map { $0.masked(mask) }
            collection.files = collection.files.map(mask.masked)
            collection.bundle = mask.masked(collection.bundle)
            return .collect(collection)
        }
    }
}

extension Command {
    /// The command with `mask` over every text in it.
    func masked(_ mask: SecretMask) -> Command {
        var command = self
        command.argv = argv.map(mask.masked)
        command.environment = environment.mapValues(mask.masked)
        command.input = input.map(mask.masked)
        command.secretEnvironment = secretEnvironment?.mapValues { $0.masked(mask) }
        command.secretInput = secretInput?.masked(mask)
        return command
    }
}

extension Request {
    /// The request with `mask` over every text in it.
    func masked(_ mask: SecretMask) -> Request {
        var request = self
        request.url = mask.masked(url)
        request.headers = headers.mapValues(mask.masked)
        request.body = body.map(mask.masked)
        request.secretHeaders = secretHeaders?.mapValues { $0.masked(mask) }
        request.authentication = authentication?.masked(mask)
        return request
    }
}

extension Verification {
    /// One line that says what must hold.
    package var summary: String {
        let alerts = clearAlerts.map { "alert \($0.rule) clear" }
        let calm = calmService.map { ["no new alert of \($0)"] } ?? []
        let all = alerts + calm + (condition.map { [$0] } ?? [])
        return all.joined(separator: " and ") + " for \(soak), within \(within)"
    }

    /// The verification with `mask` over the labels that it asks for.
    func masked(_ mask: SecretMask) -> Verification {
        var verification = self
        verification.readings = readings.mapValues { selector in
            Selector(metric: selector.metric, labels: selector.labels.mapValues(mask.masked))
        }
        verification.clearAlerts = clearAlerts.map { selector in
            AlertSelector(rule: selector.rule, labels: selector.labels.mapValues(mask.masked))
        }
        verification.calmService = calmService.map(mask.masked)
        return verification
    }
}
