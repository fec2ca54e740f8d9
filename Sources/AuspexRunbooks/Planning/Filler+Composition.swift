import AuspexSignals

/// Lanes, and the steps of other runbooks.
extension Filler {
    /// The id of the step that verifies another runbook's work. No step of a file has it: ids begin with a letter.
    static let verification = "_verify"

    mutating func parallel(_ template: Runbook.ParallelTemplate, in step: String) -> Plan.Parallel {
        if isInLane { problems.append(.badCall("lanes inside of lanes are not supported", step: step)) }
        isInLane = true
        defer { isInLane = false }
        let lanes: [Plan.Parallel.Lane]
        switch template.source {
        case .branches(let lists):
            lanes = lists.enumerated().map { number, list in
                Plan.Parallel.Lane(name: "\(number + 1)", group: Plan.Group(steps: steps(list)))
            }
        case .each(let parameter, let name, let allowsNone, let list):
            lanes = self.lanes(parameter, name, allowsNone, list, in: step)
        }
        // No more runs of another runbook at once than it allows itself.
        let most = lanes.flatMap(\.group.steps).flatMap(\.parts).compactMap(\.limits.mostAtOnce).min()
        return Plan.Parallel(
            lanes: lanes, maxConcurrency: max(1, min(template.maxConcurrency, most ?? template.maxConcurrency)),
            maxErrors: template.maxErrors, isCanary: template.isCanary)
    }

    private mutating func lanes(
        _ parameter: String, _ name: String, _ allowsNone: Bool, _ list: [Runbook.Step], in step: String
    ) -> [Plan.Parallel.Lane] {
        guard let elements = values[parameter]?.array else {
            problems.append(.missing(parameter))
            return []
        }
        if elements.isEmpty, !allowsNone { problems.append(.noElement(parameter, step: step)) }
        let isSensitive = sensitive.contains(parameter)
        let outer = (values, sensitive)
        defer { (values, sensitive) = outer }
        if isSensitive { sensitive.insert(name) } else { sensitive.remove(name) }
        return elements.map { element in
            values[name] = element
            let group = Plan.Group(
                parameters: [name: element], sensitive: isSensitive ? [name] : [], steps: steps(list))
            return Plan.Parallel.Lane(name: isSensitive ? SecretMask.mask : Parameter.text(element), group: group)
        }
    }

    /// The steps of another runbook: what must hold before it, what it does, and what must hold afterwards. Its locks
    /// and approvals become the run's, its limits hold for it as for a run of its own.
    mutating func group(_ call: Runbook.Call, in step: String) -> Plan.Group {
        let none = Plan.Group(runbook: call.id, steps: [])
        guard let called = runbooks[call.id] else {
            problems.append(.badCall("there is no runbook '\(call.id)' among those that are loaded", step: step))
            return none
        }
        guard !chain.contains(call.id), chain.count <= RunbookReferences.mostDepth else {
            let shown = (chain + [call.id]).joined(separator: " → ")
            problems.append(
                .badCall(
                    "runbooks may not call each other in a circle or deeper than "
                        + "\(RunbookReferences.mostDepth): \(shown)", step: step))
            return none
        }
        var faults: [ParameterError] = []
        let given = Dictionary(call.arguments.map { ($0.name, body($0.value)) }) { first, _ in first }
        let values = Planner.checked(given, called.parameters, &faults)
        for argument in call.arguments { checkSecrecy(argument, of: called, in: step) }
        problems += faults.map { .inside(runbook: call.id, step: step, $0) }
        guard faults.isEmpty else { return none }
        var inner = Filler(
            values: values, parameters: called.parameters, runbooks: runbooks, chain: chain + [call.id])
        inner.isInLane = isInLane
        inner.locks = called.locks.map { inner.text($0) }
        inner.approvals = called.approvals
        let end = Plan.Step(
            id: Self.verification, action: .verify(inner.verification(called.verification)), effect: .read)
        let steps = inner.steps(called.preconditions) + inner.steps(called.steps) + [end]
        locks += inner.locks.filter { !locks.contains($0) }
        secrets += (called.secrets + inner.secrets).filter { !secrets.contains($0) }
        merge(inner.approvals, of: call.id, in: step)
        var group = Plan.Group(
            runbook: call.id, parameters: values, sensitive: called.parameters.filter(\.isSensitive).map(\.name),
            steps: steps)
        group.checks = called.preconditions.isEmpty ? nil : called.preconditions.count
        group.deadline = called.deadline
        group.limits = inner.limits(called.limits)
        group.rollsBack = called.rollsBack ? true : nil
        problems += inner.problems.map { .inside(runbook: call.id, step: step, $0) }
        return group
    }

    /// No secret becomes a value that is shown.
    private mutating func checkSecrecy(_ argument: Runbook.Call.Argument, of called: Runbook, in step: String) {
        guard let parameter = called.parameters.first(where: { $0.name == argument.name }), !parameter.isSensitive
        else { return }
        let names = argument.value.templateParameters
        for secret in names.intersection(sensitive).sorted() {
            problems.append(
                .badCall(
                    "parameter '\(secret)' is sensitive, but '\(parameter.name)' of runbook \(called.id) is not",
                    step: step))
        }
    }

    /// Makes the run need what another runbook's runs need.
    private mutating func merge(_ other: Plan.ApprovalRule?, of runbook: String, in step: String) {
        guard let other else { return }
        guard let own = approvals else {
            approvals = other
            return
        }
        let approvers =
            own.approvers.isEmpty
            ? other.approvers
            : other.approvers.isEmpty ? own.approvers : own.approvers.filter(other.approvers.contains)
        let count = max(own.count, other.count)
        let isShort = !(own.approvers.isEmpty && other.approvers.isEmpty) && Set(approvers).count < count
        if isShort {
            problems.append(
                .badCall(
                    "\(count) people must approve, but only \(Set(approvers).count) may approve both this runbook and "
                        + runbook, step: step))
        }
        approvals = Plan.ApprovalRule(count: count, approvers: approvers, expires: min(own.expires, other.expires))
    }
}
