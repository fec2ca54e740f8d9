import AuspexDocuments
import AuspexExpressions
import AuspexSignals

/// The fields that steps of several kinds have in common.
extension StepReader {
    /// Most further attempts at a step (rule 14 of the safety defaults).
    private static let retries: ClosedRange<Int64> = 0...2
    private static let retryDelays = TimeSpan.seconds(1)...TimeSpan.minutes(10)

    /// The fields that only some kinds of steps have, and which.
    private static let owners: [(field: String, kinds: Set<String>)] = [
        ("effect", ["run", "http", "wait", "health", "collect", "verify", "notify", "restart"]),
        ("timeout", ["run", "http", "wait", "health", "collect", "verify", "notify", "restart"]),
        ("probe", ["run", "http", "restart", "wait", "verify", "notify"]), ("expect", ["run", "http", "health"]),
        ("out", ["run", "http", "wait", "health"]), ("retries", ["run", "http", "health"]),
        ("retry_on", ["run", "http", "health"]),
        ("retry_delay", ["run", "http", "health"]), ("destructive", ["run", "http", "restart"]),
        ("undo", ["run", "http", "restart", "branch", "parallel", "runbook"]),
        (
            "continue_on_error",
            [
                "run", "http", "wait", "health", "collect", "verify", "notify", "restart", "branch", "parallel",
                "runbook", "pause",
            ]
        ),
    ]

    /// Reports the fields that a step of this kind does not have.
    func refuseForeignFields(_ reader: inout MappingReader, _ kind: String?) {
        guard let kind else { return }
        for (field, kinds) in Self.owners where !kinds.contains(kind) {
            reader.refuse([field], because: "does not belong to a step with '\(kind)'")
        }
    }

    /// The condition on a result.
    func expectation(_ reader: inout MappingReader) -> String? {
        reader.optionalNode("expect").flatMap { condition($0, "expect", StepFacts.expectation) }
    }

    /// The expression that takes a value out of a result.
    func out(_ reader: inout MappingReader) -> String? {
        guard let (node, text) = reader.optionalTextNode("out") else { return nil }
        do {
            _ = try JMESPath(compiling: text)
            return text
        } catch {
            scope.collector.report(node.location, "'out' is not a JMESPath expression: \(error)")
            return nil
        }
    }

    /// How a step is tried again by itself.
    func retry(_ reader: inout MappingReader, _ effect: Effect?) -> Plan.Retry? {
        let count = reader.optionalInt("retries", in: Self.retries)
        let delay = reader.optionalDuration("retry_delay", in: Self.retryDelays)
        let on = reader.optionalStrings("retry_on")
        guard let count, count > 0 else {
            for key in ["retry_on", "retry_delay"] where reader.has(key) {
                reader.report(key, "'\(key)' needs 'retries': 1 or 2")
            }
            return nil
        }
        if effect == .once {
            reader.report("retries", "what must happen once is never repeated by itself; drop 'retries'")
        }
        if on?.isEmpty ?? false {
            reader.report("retry_on", "'retry_on' is empty; name error codes and statuses, or leave it out")
        }
        return Plan.Retry(count: Int(count), on: on ?? [], delay: delay ?? Plan.defaultRetryDelay)
    }

    /// The steps that take a step back.
    mutating func undo(_ reader: inout MappingReader, of id: String?) -> [Runbook.Step] {
        guard let nodes = reader.optionalList("undo") else { return [] }
        if section == .ending { reader.report("undo", "what follows an ending is not taken back; drop 'undo'") }
        if nodes.isEmpty { reader.report("undo", "'undo' is empty; say what takes the step back, or leave it out") }
        let (outer, seen) = (section, visible)
        defer { (section, visible) = (outer, seen) }
        section = .ending
        if let id { visible.append(id) }
        return innerSteps(nodes)
    }
}
