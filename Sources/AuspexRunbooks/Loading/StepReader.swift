import AuspexDocuments
import AuspexExpressions
import AuspexSignals

/// Reads the steps of a runbook's sections.
struct StepReader {
    /// What a step can do in this version.
    private static let kinds = ["run", "http", "wait", "health", "collect", "verify", "notify"]
    /// Kinds of the full grammar that this version cannot do.
    private static let kindsNotYet = [
        "branch", "parallel", "approval", "pause", "restart", "rollback_point", "runbook",
    ]
    /// Fields of the full grammar that this version cannot do.
    private static let fieldsNotYet = [
        "when", "retries", "retry_on", "undo", "out", "sensitive_out", "kill_after", "max_output",
    ]
    /// The longest that one operation may take: an hour, beyond which it should be a wait.
    static let timeouts = TimeSpan.seconds(1)...TimeSpan.hours(1)

    let scope: Scope
    /// The ids of all steps so far.
    private(set) var ids: [String] = []

    init(scope: Scope) {
        self.scope = scope
    }

    mutating func steps(_ nodes: [DocumentNode]?) -> [Runbook.Step] {
        (nodes ?? []).compactMap { step($0) }
    }

    /// The step; nil only when a mistake in it was reported, so that no step is ever left out silently.
    private mutating func step(_ node: DocumentNode) -> Runbook.Step? {
        let before = scope.collector.diagnostics.count
        let step = step(reading: node)
        if step == nil, scope.collector.diagnostics.count == before {
            scope.collector.report(node.location, "the step cannot be read")
        }
        return step
    }

    private mutating func step(reading node: DocumentNode) -> Runbook.Step? {
        var reader = MappingReader(node, named: "a step", reporting: scope.collector)
        let supported = Self.kinds.map { "'\($0)'" }.joined(separator: ", ")
        reader.refuse(Self.kindsNotYet, because: "is a kind of step that is not supported yet; supported: \(supported)")
        reader.refuse(Self.fieldsNotYet, because: "is not supported yet")
        let id = reader.identifier("id")
        if let id {
            if ids.contains(id) { reader.report("id", "there is another step '\(id)'; ids are unique in a runbook") }
            ids.append(id)
        }
        let written = Self.kinds.filter(reader.has)
        if written.count != 1, !Self.kindsNotYet.contains(where: reader.has) {
            let problem = written.isEmpty ? "does nothing" : "does \(written.joined(separator: " and "))"
            scope.collector.report(node.location, "the step \(problem); give it exactly one of \(supported)")
        }
        reader.refuseNull(["effect"])
        let given = reader.optionalChoice("effect", of: Effect.self)
        let timeout = reader.optionalDuration("timeout", in: Self.timeouts) ?? Plan.defaultTimeout
        let continues = reader.optionalBool("continue_on_error") ?? false
        let probe = reader.optionalNode("probe").flatMap { self.probe($0) }
        let action = action(&reader, written.first)
        let effect = effect(given, of: written.first, reader)
        if probe != nil, effect != .once { reader.report("probe", "only a step with 'effect: once' needs a probe") }
        reader.finish()
        guard let id, let action, let effect else { return nil }
        return Runbook.Step(
            id: id, location: node.location, action: action, effect: effect, timeout: timeout, probe: probe,
            continuesOnError: continues)
    }

    private func effect(_ given: Effect?, of kind: String?, _ reader: MappingReader) -> Effect? {
        switch kind {
        case "run", "http":
            if given == nil, !reader.has("effect") {
                reader.report("effect", "a step that does something needs 'effect': read, idempotent or once")
            }
            return given
        case "notify":
            if given != nil { reader.report("effect", "a message is always idempotent; drop 'effect'") }
            return .idempotent
        default:
            if let given, given != .read { reader.report("effect", "this kind of step only reads; drop 'effect'") }
            return .read
        }
    }

    private mutating func action(_ reader: inout MappingReader, _ kind: String?) -> Runbook.Action? {
        switch kind {
        case "run", "http", "health": operation(&reader).map(Runbook.Action.operation)
        case "collect":
            reader.node("collect").flatMap { collection($0) }.map { .operation(.collect($0)) }
        case "wait": reader.node("wait").flatMap { wait($0) }
        case "verify": reader.node("verify").flatMap { verification($0) }.map(Runbook.Action.verify)
        case "notify": reader.node("notify").flatMap { notification($0) }
        default: nil
        }
    }

    /// What can be polled, and what can be asked whether something happened.
    private static let askable = ["run", "http", "health"]

    /// The operation under `run`, `http` or `health`.
    func operation(_ reader: inout MappingReader) -> OperationTemplate? {
        let written = Self.askable.filter(reader.has)
        guard written.count == 1 else {
            reader.report(written.first ?? "run", "\(reader.name) needs one of 'run', 'http' and 'health'")
            for key in Self.askable { _ = reader.optionalNode(key) }
            return nil
        }
        switch written[0] {
        case "run": return reader.node("run").flatMap { command($0) }.map(OperationTemplate.run)
        case "http": return reader.node("http").flatMap { request($0) }.map(OperationTemplate.http)
        default: return reader.node("health").flatMap { healthCheck($0) }.map(OperationTemplate.health)
        }
    }

    private func notification(_ node: DocumentNode) -> Runbook.Action? {
        var reader = MappingReader(node, named: "'notify'", reporting: scope.collector)
        reader.refuse(["template", "attach"], because: "is not supported yet; write the 'message' here")
        let channel = reader.identifier("channel")
        let message = reader.textNode("message").flatMap { scope.openTemplate($0.text, at: $0.node) }
        reader.finish()
        guard let channel, let message else { return nil }
        return .operation(.notify(channel: channel, message: message))
    }

    private func probe(_ node: DocumentNode) -> Runbook.Probe? {
        var reader = MappingReader(node, named: "'probe'", reporting: scope.collector)
        let operation = operation(&reader)
        let timeout = reader.optionalDuration("timeout", in: Self.timeouts) ?? Plan.defaultTimeout
        let condition = reader.node("says_done").flatMap { self.condition($0, "says_done", ProbeAnswer.environment) }
        reader.finish()
        guard let operation, let condition else { return nil }
        return Runbook.Probe(operation: operation, saysDone: condition, timeout: timeout)
    }

    /// A CEL condition; a mistake in it is reported where it stands.
    func condition(_ node: DocumentNode, _ key: String, _ environment: CELEnvironment) -> String? {
        guard let text = node.text else {
            scope.collector.report(node.location, "'\(key)' must be an expression, not \(node.kind)")
            return nil
        }
        do throws(CELError) {
            _ = try CELProgram(compiling: text, environment: environment, expecting: .bool)
            return text
        } catch {
            let offset = error.position.map { Self.offset(of: $0, in: text) } ?? 0
            scope.collector.report(node.location(ofOffset: offset), "'\(key)': \(error.reason)")
            return nil
        }
    }

    /// The number of Unicode scalars before a place in a text.
    private static func offset(of position: TextPosition, in text: String) -> Int {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let before = lines.prefix(position.line - 1).reduce(0) { $0 + $1.unicodeScalars.count + 1 }
        return before + position.column - 1
    }
}
