import AuspexDocuments
import AuspexExpressions
import AuspexSignals

/// Reads the steps of a runbook's sections.
struct StepReader {
    /// Which part of a runbook is read; not every step may stand in every one.
    enum Section {
        /// What it does.
        case main
        /// What follows an ending, or takes something back.
        case ending
    }

    /// What a step can do.
    static let kinds = [
        "run", "http", "wait", "health", "collect", "verify", "notify", "branch", "parallel", "approval", "pause",
        "restart", "runbook",
    ]
    /// Kinds of the full grammar that this version cannot do.
    private static let kindsNotYet = ["rollback_point"]
    /// Fields of the full grammar that this version cannot do.
    private static let fieldsNotYet = ["sensitive_out", "kill_after", "max_output"]
    /// The longest that one operation may take: an hour, beyond which it should be a wait.
    static let timeouts = TimeSpan.seconds(1)...TimeSpan.hours(1)

    /// The parameters that templates may name.
    var scope: Scope
    /// The section that is read.
    var section = Section.main
    /// The ids of all steps so far.
    private(set) var ids: [String] = []
    /// The ids of the settled steps that a condition may refer to where the reader is.
    var visible: [String] = []
    /// Whether people have said yes before the place where the reader is, whatever conditions say.
    var isApproved = false
    /// Whether the reader is inside of a lane.
    var isInLane = false
    /// The destructive steps before which nobody has said yes.
    private(set) var unapproved: [Runbook.Step] = []

    init(scope: Scope) {
        self.scope = scope
    }

    /// The steps, each of which sees those before it.
    mutating func steps(_ nodes: [DocumentNode]?) -> [Runbook.Step] {
        (nodes ?? []).compactMap { node in
            let step = step(node)
            if let step {
                visible.append(step.id)
                if case .approval = step.action, step.when == nil { isApproved = true }
            }
            return step
        }
    }

    /// The steps of a list inside a step: what they see and what was approved in it ends with it.
    mutating func innerSteps(_ nodes: [DocumentNode]?) -> [Runbook.Step] {
        let (seen, approved) = (visible, isApproved)
        defer { (visible, isApproved) = (seen, approved) }
        return steps(nodes)
    }

    /// The steps of a section that follows an ending: they see what was done.
    mutating func ending(_ nodes: [DocumentNode]?, after main: [Runbook.Step]) -> [Runbook.Step] {
        (section, visible, isApproved) = (.ending, main.map(\.id), false)
        return innerSteps(nodes)
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
        let id = identifier(&reader)
        let written = Self.kinds.filter(reader.has)
        if written.count != 1, !Self.kindsNotYet.contains(where: reader.has) {
            let problem = written.isEmpty ? "does nothing" : "does \(written.joined(separator: " and "))"
            scope.collector.report(node.location, "the step \(problem); give it exactly one of \(supported)")
        }
        let kind = written.first
        refuseForeignFields(&reader, kind)
        reader.refuseNull(["effect", "when", "expect", "out", "undo"])
        let given = reader.optionalChoice("effect", of: Effect.self)
        let timeout = reader.optionalDuration("timeout", in: Self.timeouts) ?? Plan.defaultTimeout
        let continues = reader.optionalBool("continue_on_error") ?? false
        let when = reader.optionalNode("when").flatMap { condition($0, "when", StepFacts.environment(steps: visible)) }
        let probe = reader.optionalNode("probe").flatMap { self.probe($0) }
        let details = (expect: expectation(&reader), out: out(&reader))
        let isDestructive = reader.optionalBool("destructive")
        let action = action(&reader, kind)
        let effect = effect(given, of: kind, reader)
        if probe != nil, effect != .once { reader.report("probe", "only a step with 'effect: once' needs a probe") }
        let retry = retry(&reader, effect)
        let undo = undo(&reader, of: id)
        reader.finish()
        guard let id, var action, let effect else { return nil }
        var outer = (effect: effect, probe: probe, timeout: timeout)
        if kind == "restart" {
            action = restart(action, id: id, at: node, effect: effect, probe: probe, timeout: timeout)
            outer = (.read, nil, Plan.defaultTimeout)
        }
        let step = Runbook.Step(
            id: id, location: node.location, action: action, effect: outer.effect, timeout: outer.timeout,
            probe: outer.probe, continuesOnError: continues, when: when, expect: details.expect, out: details.out,
            retry: retry, undo: undo, isDestructive: isDestructive ?? false)
        checkDestructive(step, isDenied: isDestructive == false)
        return step
    }

    /// The step's id, which no other step has.
    mutating func identifier(_ reader: inout MappingReader) -> String? {
        guard let id = reader.identifier("id") else { return nil }
        if ids.contains(id) { reader.report("id", "there is another step '\(id)'; ids are unique in a runbook") }
        ids.append(id)
        return id
    }

    /// Notes a step that cannot be taken back, and reports one that seems so and does not say whether it is.
    private mutating func checkDestructive(_ step: Runbook.Step, isDenied: Bool) {
        if let word = step.probe.flatMap({ DestructiveWords.found(in: $0.operation) }) {
            scope.collector.report(
                step.location, "the probe of step '\(step.id)' has '\(word)' in it, but may only read")
        }
        if !isDenied, let word = DestructiveWords.found(in: step.action) {
            if step.action.isReading {
                scope.collector.report(
                    step.location, "step '\(step.id)' has '\(word)' in it, but this kind of step may only read")
            } else if !step.isDestructive {
                scope.collector.report(
                    step.location,
                    "step '\(step.id)' has '\(word)' in it, which cannot be taken back; write 'destructive: true', and "
                        + "let people approve before it, or 'destructive: false' if it does no harm here")
            }
        }
        if step.isDestructive, !isApproved { unapproved.append(step) }
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
        case "restart":
            if let given, given != .once { reader.report("effect", "a restart happens once; drop 'effect'") }
            return .once
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
        case "branch": reader.node("branch").flatMap { branch($0) }
        case "parallel": reader.node("parallel").flatMap { parallel($0) }
        case "approval": reader.node("approval").flatMap { approval($0) }
        case "pause": reader.node("pause").flatMap { pause($0) }
        case "restart": reader.node("restart").flatMap { restart($0) }
        case "runbook": reader.node("runbook").flatMap { call($0) }
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

    func probe(_ node: DocumentNode) -> Runbook.Probe? {
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

extension Runbook.Action {
    /// Whether it is of a kind that never changes anything, whatever its step says.
    fileprivate var isReading: Bool {
        switch self {
        case .wait, .operation(.health), .operation(.collect): true
        default: false
        }
    }
}
