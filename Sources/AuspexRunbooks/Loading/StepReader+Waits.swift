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
        let deadline = reader.optionalDuration("deadline", in: Self.delays.lowerBound...Self.longest)
        let waiter = reader.has("uses") ? namedWaiter(&reader) : ownWaiter(&reader)
        reader.finish()
        guard let operation, let waiter else { return nil }
        return .wait(operation, waiter, deadline: deadline)
    }

    /// The waiter that stands in a file of waiters; what is written beside `uses` goes over what is there.
    private func namedWaiter(_ reader: inout MappingReader) -> Waiter? {
        reader.refuse(["acceptors"], because: "comes from the file that 'uses' names; drop one of the two")
        let delay = reader.optionalDuration("delay", in: Self.delays)
        let attempts = reader.optionalInt("max_attempts", in: Self.attempts)
        guard let (node, reference) = reader.textNode("uses"), var waiter = waiter(reference, at: node) else {
            return nil
        }
        if let delay { waiter.delay = delay }
        if let attempts { waiter.maxAttempts = Int(attempts) }
        if !Self.delays.contains(waiter.delay) {
            let bounds = "\(Self.delays.lowerBound) to \(Self.delays.upperBound)"
            reader.report("uses", "its delay is \(waiter.delay); say in 'delay' how long, from \(bounds)")
        }
        if !Self.attempts.contains(Int64(waiter.maxAttempts)) {
            reader.report(
                "uses",
                "it has \(waiter.maxAttempts) attempts; say in 'max_attempts' how many, "
                    + "at most \(Self.attempts.upperBound)")
        }
        return waiter
    }

    /// The waiter `name` of `path#name`, a file in the folder of the runbook's own or below it.
    private func waiter(_ reference: String, at node: DocumentNode) -> Waiter? {
        let parts = reference.split(separator: "#", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
            scope.collector.report(
                node.location, "'uses' must be a file and a waiter in it, such as waiters-2.json#InstanceRunning")
            return nil
        }
        do {
            let path = try DocumentFiles.path(of: parts[0], beside: node.location.file)
            let file = try WaiterFile(parsing: try DocumentFiles.text(ofFile: path))
            if let waiter = file.waiters[parts[1]] { return waiter }
            let hint = suggestion(for: parts[1], among: file.waiters.keys.sorted())
            scope.collector.report(node.location, "\(parts[0]) has no waiter '\(parts[1])'\(hint)")
        } catch let problem as WaiterFile.Problem {
            scope.collector.report(node.location, "\(parts[0]): \(problem)")
        } catch {
            scope.collector.report(node.location, "\(error)")
        }
        return nil
    }

    /// The waiter whose acceptors stand here.
    private func ownWaiter(_ reader: inout MappingReader) -> Waiter? {
        let delay = reader.duration("delay", in: Self.delays)
        let attempts = reader.int("max_attempts", in: Self.attempts)
        let acceptors = (reader.list("acceptors") ?? []).compactMap { acceptor($0) }
        if !acceptors.isEmpty, !acceptors.contains(where: { $0.state == .success }) {
            reader.report("acceptors", "no acceptor has 'state: success', so the wait could only fail")
        }
        if let list = reader.optionalNode("acceptors")?.elements, list.isEmpty {
            reader.report("acceptors", "'acceptors' is empty; at least one with 'state: success' is needed")
        }
        guard let delay, let attempts else { return nil }
        return Waiter(acceptors: acceptors, delay: delay, maxAttempts: Int(attempts))
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
        let readings = readings(&reader)
        let environment = Verification.environment(readings: readings.keys, steps: visible)
        let condition = reader.optionalNode("where").flatMap { self.condition($0, "where", environment) }
        let alerts = clearAlerts(&reader)
        let calm = reader.optionalMapping("no_new_alerts", named: "'no_new_alerts'").flatMap { calmService($0) }
        let soak = reader.optionalDuration("for", in: .zero...Self.longest) ?? Verification.defaultSoak
        let within = reader.duration("within", in: Self.delays.lowerBound...Self.longest)
        let interval = reader.optionalDuration("every", in: Self.delays) ?? Verification.defaultInterval
        let maxAge = maxAge(&reader)
        checkWhat(reader, at: node, readings, alerts)
        if let within, within < soak {
            reader.report("within", "'within' is \(within), but it must hold for \(soak); make it longer")
        }
        reader.finish()
        guard let within else { return nil }
        return VerificationTemplate(
            readings: readings, condition: condition, clearAlerts: alerts, soak: soak, within: within,
            interval: interval, maxAge: maxAge, calmService: calm)
    }

    private static let serviceScope = "service/"

    /// The service under `scope`, which stands there as `service/NAME`.
    private func calmService(_ mapping: MappingReader) -> Template? {
        var reader = mapping
        defer { reader.finish() }
        guard let scope = reader.textNode("scope") else { return nil }
        guard scope.text.hasPrefix(Self.serviceScope), scope.text.utf8.count > Self.serviceScope.utf8.count else {
            reader.report("scope", "'scope' must be service/ and the name of a service, such as service/${service}")
            return nil
        }
        return self.scope.openTemplate(String(scope.text.dropFirst(Self.serviceScope.count)), at: scope.node)
    }

    /// The series that the names in a condition stand for.
    func readings(_ reader: inout MappingReader) -> [String: VerificationTemplate.Selector] {
        var readings: [String: VerificationTemplate.Selector] = [:]
        for entry in reader.optionalEntries("readings") ?? [] {
            var selector = MappingReader(entry.value, named: "reading '\(entry.key)'", reporting: scope.collector)
            if !Parameter.isName(entry.key) || ["params", "steps"].contains(entry.key) {
                scope.collector.report(
                    entry.keyLocation,
                    "'\(entry.key)' must be letters, digits and '_', and neither 'params' nor 'steps'")
            }
            let metric = selector.string("metric")
            let labels = scope.templates(selector.optionalEntries("labels"))
            selector.finish()
            if let metric { readings[entry.key] = VerificationTemplate.Selector(name: metric, labels: labels) }
        }
        return readings
    }

    /// The alerts that must be clear.
    func clearAlerts(_ reader: inout MappingReader) -> [VerificationTemplate.AlertSelector] {
        (reader.optionalList("alerts_clear") ?? []).compactMap { alert($0) }
    }

    func maxAge(_ reader: inout MappingReader) -> TimeSpan {
        reader.optionalDuration("max_age", in: Self.delays.lowerBound...Self.longest) ?? Verification.defaultMaxAge
    }

    /// Reports a verification that asks nothing, or has a condition without series.
    func checkWhat(
        _ reader: MappingReader, at node: DocumentNode, _ readings: [String: VerificationTemplate.Selector],
        _ alerts: [VerificationTemplate.AlertSelector]
    ) {
        if !reader.has("where"), alerts.isEmpty, !reader.has("no_new_alerts") {
            scope.collector.report(node.location, "\(reader.name) needs 'where', 'alerts_clear' or both")
        }
        if reader.has("where"), readings.isEmpty {
            reader.report("where", "'where' needs 'readings', the series that its names stand for")
        }
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
