import AuspexDocuments
import AuspexSignals

/// Steps that are made of other steps, and steps that wait.
extension StepReader {
    private static let concurrency: ClosedRange<Int64> = 1...32
    /// Lanes under way at once where the runbook says nothing.
    private static let defaultConcurrency = 4
    private static let pauses = TimeSpan.seconds(1)...TimeSpan.hours(24)

    /// In which order the lanes for the elements of a list begin.
    private enum Order: String, CaseIterable {
        /// One first, then batches of 2, 4….
        case canary
        /// As many at once as may be.
        case allAtOnce = "all_at_once"
    }

    mutating func branch(_ node: DocumentNode) -> Runbook.Action? {
        var reader = MappingReader(node, named: "'branch'", reporting: scope.collector)
        let arms = (reader.list("switch") ?? []).compactMap { arm($0) }
        if reader.optionalNode("switch")?.elements?.isEmpty ?? false {
            reader.report("switch", "'switch' is empty; give it at least one {if, steps}")
        }
        let otherwise = innerSteps(reader.optionalList("else"))
        reader.finish()
        return arms.isEmpty ? nil : .branch(arms, otherwise: otherwise)
    }

    private mutating func arm(_ node: DocumentNode) -> Runbook.Arm? {
        var reader = MappingReader(node, named: "an arm of 'switch'", reporting: scope.collector)
        let condition = reader.node("if").flatMap {
            self.condition($0, "if", StepFacts.environment(steps: visible))
        }
        let steps = innerSteps(reader.list("steps"))
        reader.finish()
        return condition.map { Runbook.Arm(condition: $0, steps: steps) }
    }

    mutating func parallel(_ node: DocumentNode) -> Runbook.Action? {
        if section == .ending {
            scope.collector.report(
                node.location, "what follows an ending is done one after the other, without 'parallel'")
        }
        if isInLane { scope.collector.report(node.location, "'parallel' inside of 'parallel' is not supported") }
        var reader = MappingReader(node, named: "'parallel'", reporting: scope.collector)
        let isForEach = reader.has("for_each")
        if isForEach == reader.has("branches") {
            scope.collector.report(node.location, "'parallel' needs either 'branches' or 'for_each'")
        }
        isInLane = true
        let source = isForEach ? forEach(&reader) : branches(&reader)
        isInLane = false
        let most = reader.optionalInt("max_concurrency", in: Self.concurrency).map(Int.init)
        let errors = reader.optionalInt("max_errors", in: 1...Int64(Parameter.mostItems)) ?? 1
        let order = reader.optionalChoice("order", of: Order.self)
        if !isForEach, order != nil {
            reader.report("order", "only 'for_each' has an 'order'; branches are no targets")
        }
        reader.finish()
        return source.map { source in
            .parallel(
                Runbook.ParallelTemplate(
                    source: source, maxConcurrency: most ?? Self.defaultConcurrency, maxErrors: Int(errors),
                    isCanary: isForEach && order != .allAtOnce))
        }
    }

    private mutating func branches(_ reader: inout MappingReader) -> Runbook.ParallelTemplate.Source? {
        reader.refuse(["as", "steps", "allow_empty"], because: "belongs to 'for_each'")
        guard let nodes = reader.optionalList("branches") else { return nil }
        if nodes.count < 2 { reader.report("branches", "'branches' needs at least two lists of steps") }
        let lists = nodes.map { node in
            var branch = MappingReader(node, named: "a branch", reporting: scope.collector)
            let steps = innerSteps(branch.list("steps"))
            branch.finish()
            return steps
        }
        return .branches(lists)
    }

    private mutating func forEach(_ reader: inout MappingReader) -> Runbook.ParallelTemplate.Source? {
        _ = reader.optionalNode("branches")
        let list = reader.string("for_each")
        let name = reader.string("as")
        let allowsNone = reader.optionalBool("allow_empty") ?? false
        let outer = scope
        defer { scope = outer }
        if let name, !Parameter.isName(name) {
            reader.report("as", "'as' must be letters, digits and '_', first a letter or '_'")
        }
        if let name, outer.parameter(name) != nil { reader.report("as", "there is a parameter '\(name)' already") }
        let parameter = list.flatMap(outer.parameter)
        if let list, parameter?.kind != .list {
            let lists = outer.parameters.filter { $0.kind == .list }.map(\.name)
            let hint = nearestName(to: list, among: lists).map { "; did you mean '\($0)'?" } ?? ""
            reader.report("for_each", "there is no parameter '\(list)' of type list\(hint)")
        }
        if let name, let parameter { scope = outer.with(parameter.element(named: name)) }
        let steps = innerSteps(reader.list("steps"))
        guard let list, let name else { return nil }
        return .each(parameter: list, name: name, allowsNone: allowsNone, steps)
    }

    func pause(_ node: DocumentNode) -> Runbook.Action? {
        var reader = MappingReader(node, named: "'pause'", reporting: scope.collector)
        let length = reader.optionalDuration("for", in: Self.pauses)
        let until = reader.optionalTextNode("until")
        if reader.has("for") == reader.has("until") {
            scope.collector.report(node.location, "'pause' needs either 'for', a length, or 'until', a time of day")
        }
        reader.finish()
        if let length { return .pause(.length(length)) }
        guard let until else { return nil }
        guard let minute = Self.minuteOfDay(until.text) else {
            scope.collector.report(
                until.node.location, "'until' must be a time of day in UTC such as '02:30', not \(until.node.kind)")
            return nil
        }
        return .pause(.until(minuteOfDay: minute))
    }

    private static func minuteOfDay(_ text: String) -> Int? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2,
            parts.allSatisfy({ $0.utf8.count == 2 && $0.utf8.allSatisfy { (48...57).contains($0) } }),
            let hour = Int(parts[0]), let minute = Int(parts[1]), hour < 24, minute < 60
        else { return nil }
        return hour * 60 + minute
    }

    func approval(_ node: DocumentNode) -> Runbook.Action? {
        if section == .ending || isInLane {
            scope.collector.report(node.location, "'approval' may only stand among the steps, and not in a lane")
        }
        var reader = MappingReader(node, named: "'approval'", reporting: scope.collector)
        let message = reader.textNode("message").flatMap { scope.openTemplate($0.text, at: $0.node) }
        let rule = reader.approvalRule()
        reader.finish()
        return message.map { .approval(rule, message: $0) }
    }

    /// Another runbook's steps. Whether it exists, and what it needs, is checked once all are read.
    func call(_ node: DocumentNode) -> Runbook.Action? {
        if section == .ending {
            scope.collector.report(node.location, "what follows an ending may not be another runbook")
        }
        var reader = MappingReader(node, named: "'runbook'", reporting: scope.collector)
        let id = reader.identifier("id")
        let location = reader.location(of: "id")
        let arguments = (reader.optionalEntries("with") ?? []).map { entry in
            let whole = entry.value.text.flatMap { try? Template($0) }?.wholeParameter.flatMap(scope.parameter)
            if whole?.kind != .list { scope.checkBody(entry.value) }
            return Runbook.Call.Argument(name: entry.key, value: entry.value.json, location: entry.keyLocation)
        }
        reader.finish()
        return id.map { .runbook(Runbook.Call(id: $0, location: location, arguments: arguments)) }
    }
}

extension MappingReader {
    private static let people: ClosedRange<Int64> = 1...10
    private static let expiries = TimeSpan.minutes(1)...TimeSpan.hours(24)

    /// The keys `count`, `approvers` and `expires`.
    mutating func approvalRule() -> Plan.ApprovalRule {
        let count = Int(optionalInt("count", in: Self.people) ?? 1)
        let approvers = optionalStrings("approvers")
        let expires = optionalDuration("expires", in: Self.expiries) ?? RunState.approvalTime
        if let approvers, Set(approvers).count < count {
            report("approvers", "'approvers' names \(Set(approvers).count) people, but \(count) must approve")
        }
        return Plan.ApprovalRule(count: count, approvers: approvers ?? [], expires: expires)
    }
}
