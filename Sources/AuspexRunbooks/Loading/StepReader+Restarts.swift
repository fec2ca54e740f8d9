import AuspexDocuments
import AuspexExpressions
import AuspexSignals

/// The step `restart`: a look how long the thing has been up, the restart itself, and a wait until it is back.
extension StepReader {
    private static let uptimes = TimeSpan.seconds(1)...TimeSpan.hours(24 * 30)
    /// The names of the three steps.
    private static let (uptime, run, check) = ("uptime", "run", "check")

    /// The three parts of a restart, as the steps that ``restart(_:id:at:effect:probe:timeout:)`` completes.
    func restart(_ node: DocumentNode) -> Runbook.Action? {
        let besides = ["restart_check", "min_uptime_before", "uptime"]
        guard let command = command(node, besides: besides) else { return nil }
        var reader = MappingReader(node, named: "'restart'", reporting: scope.collector)
        let check = reader.node("restart_check").flatMap { wait($0) }
        let least = reader.optionalDuration("min_uptime_before", in: Self.uptimes)
        if reader.has("min_uptime_before") != reader.has("uptime") {
            scope.collector.report(
                node.location, "'min_uptime_before' and 'uptime', which tells how long it has been up, need each other")
        }
        let look = reader.optionalNode("uptime").flatMap { uptime($0, atLeast: least ?? .zero) }
        guard let check else { return nil }
        func step(_ id: String, _ action: Runbook.Action, _ effect: Effect) -> Runbook.Step {
            Runbook.Step(
                id: id, location: node.location, action: action, effect: effect, timeout: Plan.defaultTimeout)
        }
        var steps = [step(Self.run, .operation(.run(command)), .once), step(Self.check, check, .read)]
        if let look {
            var first = step(Self.uptime, .operation(look.operation), .read)
            first.expect = look.condition
            steps.insert(first, at: 0)
        }
        return .group(steps)
    }

    /// Gives the restart itself what stands beside it in the step.
    func restart(
        _ action: Runbook.Action, id: String, at node: DocumentNode, effect: Effect, probe: Runbook.Probe?,
        timeout: TimeSpan
    ) -> Runbook.Action {
        guard case .group(var steps) = action else { return action }
        for index in steps.indices where steps[index].id == Self.run {
            steps[index].effect = effect
            steps[index].probe = probe
            steps[index].timeout = timeout
        }
        return .group(steps)
    }

    private func uptime(
        _ node: DocumentNode, atLeast least: TimeSpan
    ) -> (operation: OperationTemplate, condition: String)? {
        var reader = MappingReader(node, named: "'uptime'", reporting: scope.collector)
        let operation = operation(&reader)
        let says = reader.textNode("says")
        reader.finish()
        guard let operation, let says else { return nil }
        do throws(CELError) {
            _ = try CELProgram(compiling: says.text, environment: StepFacts.expectation)
            let seconds = Double(least.milliseconds) / 1_000
            let condition = "double(\(says.text)) >= \(seconds)"
            _ = try CELProgram(compiling: condition, environment: StepFacts.expectation, expecting: .bool)
            return (operation, condition)
        } catch {
            scope.collector.report(
                says.node.location,
                "'says' must be an expression for seconds over exit, stdout, json, params and now: "
                    + error.reason)
            return nil
        }
    }
}
