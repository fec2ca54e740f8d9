import AuspexSignals

extension Plan.Step {
    /// The step for people, and below it what is inside it, each further in.
    func lines(number: String) -> [String] {
        let marks =
            ["effect \(effect.rawValue)", "at most \(timeout)"] + (isDestructive ? ["DESTRUCTIVE"] : [])
            + (continuesOnError ? ["may fail"] : [])
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
        case .pause(let pause): lines = ["\(number). \(id): pause \(pause.summary)"]
        case .approval(let rule, let message): lines = ["\(number). \(id): wait for \(rule.summary): \(message)"]
        case .branch(let branch):
            lines = ["\(number). \(id): the first of"]
            for arm in branch.arms { lines += Self.inset("if \(arm.condition):", arm.steps) }
            if !branch.otherwise.isEmpty { lines += Self.inset("else:", branch.otherwise) }
        case .group(let group):
            lines = Self.inset("\(number). \(id):" + (group.runbook.map { " runbook \($0)" } ?? ""), group.steps, by: 0)
        case .parallel(let parallel):
            let order = parallel.isCanary ? ", one first, then 2, 4…" : ""
            lines = [
                "\(number). \(id): \(parallel.lanes.count) lanes, at most \(parallel.maxConcurrency) at once\(order), "
                    + "until \(parallel.maxErrors) failed"
            ]
            for lane in parallel.lanes { lines += Self.inset("\(lane.name):", lane.group.steps) }
        }
        if let when { lines.append("     only when \(when)") }
        if let expect { lines.append("     done when \(expect)") }
        if let retry { lines.append("     tried again \(retry.count) times, first after \(retry.delay)") }
        if let probe { lines.append("     if unknown, ask: \(probe.operation.summary); done when \(probe.saysDone)") }
        if !undo.isEmpty { lines += Self.inset("taken back by:", undo) }
        return lines
    }

    private static func inset(_ head: String, _ steps: [Plan.Step], by indent: Int = 5) -> [String] {
        let blanks = String(repeating: " ", count: indent)
        let inner = steps.enumerated().flatMap { $1.lines(number: "\($0 + 1)") }
        return [blanks + head] + inner.map { blanks + "   " + $0 }
    }

    /// The step with `mask` over every text that comes from parameters.
    func masked(_ mask: SecretMask) -> Plan.Step {
        func masked(_ steps: [Plan.Step]) -> [Plan.Step] { steps.map { $0.masked(mask) } }
        func masked(_ group: Plan.Group) -> Plan.Group {
            var group = group
            group.parameters = Dictionary(
                uniqueKeysWithValues: group.parameters.map { name, value in
                    (name, group.sensitive.contains(name) ? .string(SecretMask.mask) : mask.masked(value))
                })
            group.steps = masked(group.steps)
            return group
        }
        var step = self
        switch action {
        case .operation(let operation): step.action = .operation(operation.masked(mask))
        case .wait(var wait):
            wait.operation = wait.operation.masked(mask)
            step.action = .wait(wait)
        case .verify(let verification): step.action = .verify(verification.masked(mask))
        case .branch(var branch):
            branch.arms = branch.arms.map { Plan.Branch.Arm(condition: $0.condition, steps: masked($0.steps)) }
            branch.otherwise = masked(branch.otherwise)
            step.action = .branch(branch)
        case .group(let group): step.action = .group(masked(group))
        case .parallel(var parallel):
            parallel.lanes = parallel.lanes.map { lane in
                Plan.Parallel.Lane(name: mask.masked(lane.name), group: masked(lane.group))
            }
            step.action = .parallel(parallel)
        case .pause: break
        case .approval(let rule, let message): step.action = .approval(rule, message: mask.masked(message))
        }
        step.probe?.operation = probe?.operation.masked(mask) ?? .run(Command(argv: []))
        step.undo = masked(undo)
        return step
    }
}

extension Plan.Pause {
    /// `for 5m`, `until 02:30 UTC`.
    package var summary: String {
        switch self {
        case .length(let span): return "for \(span)"
        case .until(let minute):
            func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
            return "until \(two(minute / 60)):\(two(minute % 60)) UTC"
        }
    }
}
