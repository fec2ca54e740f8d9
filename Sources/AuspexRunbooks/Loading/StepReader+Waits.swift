import AuspexDocuments
import AuspexExpressions
import AuspexSignals

extension StepReader {
    /// Time between two polls: no busy loop, and no poll that a person would have made by then.
    private static let delays = TimeSpan(milliseconds: 100)...TimeSpan.hours(1)
    /// The largest wait in AWS's own catalogue is a day at 15 s, which are 5,760 polls.
    private static let attempts: ClosedRange<Int64> = 1...10_000
    private static let longest = TimeSpan.hours(24)

    func wait(_ node: DocumentNode) -> Runbook.Action? {
        var reader = MappingReader(node, named: "'wait'", reporting: scope.collector)
        let operation = reader.mapping("operation").flatMap { polled($0) }
        let delay = reader.duration("delay", in: Self.delays)
        let attempts = reader.int("max_attempts", in: Self.attempts)
        let deadline = reader.optionalDuration("deadline", in: Self.delays.lowerBound...Self.longest)
        let acceptors = (reader.list("acceptors") ?? []).compactMap { acceptor($0) }
        if !acceptors.isEmpty, !acceptors.contains(where: { $0.state == .success }) {
            reader.report("acceptors", "no acceptor has 'state: success', so the wait could only fail")
        }
        if let list = reader.optionalNode("acceptors")?.elements, list.isEmpty {
            reader.report("acceptors", "'acceptors' is empty; at least one with 'state: success' is needed")
        }
        reader.finish()
        guard let operation, let delay, let attempts else { return nil }
        let waiter = Waiter(acceptors: acceptors, delay: delay, maxAttempts: Int(attempts))
        return .wait(operation, waiter, deadline: deadline)
    }

    private func polled(_ mapping: MappingReader) -> OperationTemplate? {
        var reader = mapping
        defer { reader.finish() }
        return operation(&reader)
    }

    private func acceptor(_ node: DocumentNode) -> Waiter.Acceptor? {
        var reader = MappingReader(node, named: "an acceptor", reporting: scope.collector)
        let state = reader.choice("state", of: Waiter.Acceptor.State.self)
        let matcher = reader.choice("matcher", of: Waiter.Acceptor.Matcher.self)
        reader.refuseNull(["argument"])
        let argument = reader.optionalTextNode("argument")
        let expected = reader.json("expected")
        let isPath = matcher.map { [.path, .pathAll, .pathAny].contains($0) } ?? false
        if let argument {
            if matcher != nil, !isPath {
                reader.report("argument", "only path, pathAll and pathAny have an 'argument'")
            } else {
                do {
                    _ = try JMESPath(compiling: argument.text)
                } catch {
                    scope.collector.report(argument.node.location, "'argument' is not a JMESPath expression: \(error)")
                }
            }
        } else if isPath, !reader.has("argument") {
            reader.report(
                "argument", "a \(matcher?.rawValue ?? "path") acceptor needs 'argument', a JMESPath expression")
        }
        switch (matcher, expected) {
        case (.status, let value?) where value.int == nil:
            reader.report("expected", "'expected' of a status acceptor must be a number")
        case (.error, let value?) where value.bool == nil && value.string == nil:
            reader.report("expected", "'expected' of an error acceptor must be true, false or the error's code")
        default: break
        }
        reader.finish()
        guard let state, let matcher, let expected else { return nil }
        return Waiter.Acceptor(state: state, matcher: matcher, argument: argument?.text, expected: expected)
    }

    func verification(_ node: DocumentNode) -> VerificationTemplate? {
        var reader = MappingReader(node, named: "'verify'", reporting: scope.collector)
        reader.refuse(["no_new_alerts"], because: "is not supported yet")
        var readings: [String: VerificationTemplate.Selector] = [:]
        for entry in reader.optionalEntries("readings") ?? [] {
            var selector = MappingReader(entry.value, named: "reading '\(entry.key)'", reporting: scope.collector)
            if !Parameter.isName(entry.key) || entry.key == "params" {
                scope.collector.report(
                    entry.keyLocation, "'\(entry.key)' must be letters, digits and '_', and not 'params'")
            }
            let metric = selector.string("metric")
            let labels = scope.templates(selector.optionalEntries("labels"))
            selector.finish()
            if let metric { readings[entry.key] = VerificationTemplate.Selector(name: metric, labels: labels) }
        }
        let environment = Verification.environment(readings: readings.keys)
        let condition = reader.optionalNode("where").flatMap { self.condition($0, "where", environment) }
        let alerts = (reader.optionalList("alerts_clear") ?? []).compactMap { alert($0) }
        let soak = reader.optionalDuration("for", in: .zero...Self.longest) ?? Verification.defaultSoak
        let within = reader.duration("within", in: Self.delays.lowerBound...Self.longest)
        let interval = reader.optionalDuration("every", in: Self.delays) ?? Verification.defaultInterval
        let maxAge = reader.optionalDuration("max_age", in: Self.delays.lowerBound...Self.longest)
        if !reader.has("where"), alerts.isEmpty {
            scope.collector.report(node.location, "'verify' needs 'where', 'alerts_clear' or both")
        }
        if reader.has("where"), readings.isEmpty {
            reader.report("where", "'where' needs 'readings', the series that its names stand for")
        }
        if let within, within < soak {
            reader.report("within", "'within' is \(within), but it must hold for \(soak); make it longer")
        }
        reader.finish()
        guard let within else { return nil }
        return VerificationTemplate(
            readings: readings, condition: condition, clearAlerts: alerts, soak: soak, within: within,
            interval: interval, maxAge: maxAge ?? Verification.defaultMaxAge)
    }

    private func alert(_ node: DocumentNode) -> VerificationTemplate.AlertSelector? {
        if let rule = node.text {
            return scope.openTemplate(rule, at: node).map { VerificationTemplate.AlertSelector(rule: $0, labels: [:]) }
        }
        var reader = MappingReader(node, named: "an alert", reporting: scope.collector)
        let isLiteral = reader.optionalNode("rule")?.text?.contains("${") != true
        let rule =
            isLiteral
            ? reader.identifier("rule").map(Template.init(literal:))
            : reader.textNode("rule").flatMap { scope.openTemplate($0.text, at: $0.node) }
        let labels = scope.templates(reader.optionalEntries("labels"))
        reader.finish()
        return rule.map { VerificationTemplate.AlertSelector(rule: $0, labels: labels) }
    }
}
