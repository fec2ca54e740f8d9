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
        lines.append("locks   " + locks.joined(separator: " "))
        lines.append("within  \(deadline)")
        for (number, step) in steps.enumerated() { lines += step.masked(mask).lines(number: "\(number + 1)") }
        lines.append("then verify: " + verification.summary)
        for (name, steps) in [("on failure", onFailure), ("always", always)] where !steps.isEmpty {
            lines.append("\(name):")
            for (number, step) in steps.enumerated() { lines += step.masked(mask).lines(number: "\(number + 1)") }
        }
        return mask.masked(lines.joined(separator: "\n"))
    }

    /// The plan with every secret masked, for interfaces. Its hash is not the plan's.
    package var masked: Plan {
        let mask = SecretMask(secrets)
        var plan = self
        plan.parameters = Dictionary(
            uniqueKeysWithValues: parameters.map { name, value in
                (name, sensitive.contains(name) ? .string(SecretMask.mask) : value)
            })
        plan.locks = locks.map(mask.masked)
        plan.verification = verification.masked(mask)
        plan.steps = steps.map { $0.masked(mask) }
        plan.onFailure = onFailure.map { $0.masked(mask) }
        plan.always = always.map { $0.masked(mask) }
        return plan
    }
}

extension Plan.Step {
    fileprivate func lines(number: String) -> [String] {
        let marks = ["effect \(effect.rawValue)", "at most \(timeout)"] + (continuesOnError ? ["may fail"] : [])
        var lines: [String]
        switch action {
        case .operation(let operation):
            lines = ["\(number). \(id): \(operation.summary) [\(marks.joined(separator: ", "))]"]
        case .wait(let wait):
            let bound = wait.deadline.map { ", at most \($0)" } ?? ""
            let waiter = wait.waiter
            lines = [
                "\(number). \(id): wait: \(wait.operation.summary), every \(waiter.delay), "
                    + "at most \(waiter.maxAttempts) times\(bound)"
            ]
            lines += waiter.acceptors.map { "     \($0)" }
        case .verify(let verification): lines = ["\(number). \(id): verify: \(verification.summary)"]
        }
        if let probe { lines.append("     if unknown, ask: \(probe.operation.summary); done when \(probe.saysDone)") }
        return lines
    }

    fileprivate func masked(_ mask: SecretMask) -> Plan.Step {
        var step = self
        switch action {
        case .operation(let operation): step.action = .operation(operation.masked(mask))
        case .wait(var wait):
            wait.operation = wait.operation.masked(mask)
            step.action = .wait(wait)
        case .verify(let verification): step.action = .verify(verification.masked(mask))
        }
        step.probe?.operation = probe?.operation.masked(mask) ?? .run(Command(argv: []))
        return step
    }
}

extension Operation {
    /// `run [systemctl, restart, api]`, `POST https://…`, `tell page: …`.
    package var summary: String {
        switch self {
        case .run(let command): "run " + JSONValue.array(command.argv.map(JSONValue.string)).canonicalText
        case .http(let request):
            "\(request.method) \(request.url)" + (request.body.map { " \($0.canonicalText)" } ?? "")
        case .notify(let notification): "tell \(notification.channel): \(notification.message)"
        }
    }

    /// The operation with `mask` over every text in it.
    package func masked(_ mask: SecretMask) -> Operation {
        switch self {
        case .run(var command):
            command.argv = command.argv.map(mask.masked)
            command.environment = command.environment.mapValues(mask.masked)
            command.input = command.input.map(mask.masked)
            return .run(command)
        case .http(var request):
            request.url = mask.masked(request.url)
            request.headers = request.headers.mapValues(mask.masked)
            request.body = request.body.map(mask.masked)
            return .http(request)
        case .notify(var notification):
            notification.message = mask.masked(notification.message)
            return .notify(notification)
        }
    }
}

extension Verification {
    /// One line that says what must hold.
    package var summary: String {
        let alerts = clearAlerts.map { "alert \($0.rule) clear" }
        let all = alerts + (condition.map { [$0] } ?? [])
        return all.joined(separator: " and ") + " for \(soak), within \(within)"
    }

    /// The verification with `mask` over the labels that it asks for.
    fileprivate func masked(_ mask: SecretMask) -> Verification {
        var verification = self
        verification.readings = readings.mapValues { selector in
            Selector(metric: selector.metric, labels: selector.labels.mapValues(mask.masked))
        }
        verification.clearAlerts = clearAlerts.map { selector in
            AlertSelector(rule: selector.rule, labels: selector.labels.mapValues(mask.masked))
        }
        return verification
    }
}
