import AuspexDocuments
import AuspexSignals

/// What must hold before a run does anything.
extension StepReader {
    mutating func preconditions(_ nodes: [DocumentNode]?) -> [Runbook.Step] {
        (nodes ?? []).compactMap { precondition($0) }
    }

    private mutating func precondition(_ node: DocumentNode) -> Runbook.Step? {
        var reader = MappingReader(node, named: "a precondition", reporting: scope.collector)
        let id = identifier(&reader)
        let effect = reader.optionalChoice("effect", of: Effect.self)
        if let effect, effect != .read { reader.report("effect", "a precondition only reads; drop 'effect'") }
        let isLook = ["where", "alerts_clear", "readings"].contains(where: reader.has)
        let action: Runbook.Action?
        var (expect, timeout) = (String?.none, Plan.defaultTimeout)
        if isLook {
            reader.refuse(["run", "http", "expect", "timeout"], because: "does not go with 'where' and 'alerts_clear'")
            action = look(&reader, at: node).map(Runbook.Action.verify)
        } else {
            action = operation(&reader).map(Runbook.Action.operation)
            expect = expectation(&reader)
            timeout = reader.optionalDuration("timeout", in: Self.timeouts) ?? timeout
        }
        reader.finish()
        guard let id, let action else { return nil }
        if case .operation = action, let word = DestructiveWords.found(in: action) {
            scope.collector.report(node.location, "precondition '\(id)' has '\(word)' in it, but may only read")
        }
        return Runbook.Step(
            id: id, location: node.location, action: action, effect: .read, timeout: timeout, expect: expect)
    }

    /// A verification that looks once, at how things stand.
    private func look(_ reader: inout MappingReader, at node: DocumentNode) -> VerificationTemplate? {
        let readings = readings(&reader)
        let environment = Verification.environment(readings: readings.keys, steps: [])
        let condition = reader.optionalNode("where").flatMap { self.condition($0, "where", environment) }
        let alerts = clearAlerts(&reader)
        let maxAge = maxAge(&reader)
        checkWhat(reader, at: node, readings, alerts)
        return VerificationTemplate(
            readings: readings, condition: condition, clearAlerts: alerts, soak: .zero, within: .zero,
            interval: Verification.defaultInterval, maxAge: maxAge)
    }
}
