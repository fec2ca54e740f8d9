import AuspexDocuments
import AuspexExpressions
import AuspexSignals

extension RuleDecoder {
    /// Words of the expression language that can't be names.
    private static let keywords: Set<String> = [
        "as", "break", "const", "continue", "else", "false", "for", "function", "if", "import", "in", "let", "loop",
        "namespace", "null", "package", "return", "true", "var", "void", "while",
    ]

    /// One condition by its name.
    func condition(_ entry: DocumentNode.Entry) -> Condition? {
        var reader = MappingReader(entry.value, named: "a condition", reporting: collector)
        let source = reader.choice("source", of: FactSource.self)
        let text = reader.node("where")
        let hold = reader.optionalDuration("for")
        let keepFiring = reader.optionalDuration("keep_firing_for")
        let countNode = reader.optionalNode("count")
        reader.finish()
        guard let source else { return nil }
        checkName(entry, source)
        if source.isMomentary, let hold, hold > .zero {
            let what =
                switch source {
                case .log: "a log record"
                case .logAnomaly: "an anomaly of a log"
                default: "a change"
                }
            reader.report("for", "'for' has no meaning for \(what), which is a moment; use keep_firing_for")
        }
        let variables = FactSchema.conditionVariables(source, named: entry.key)
        guard let text,
            let expression = RuleExpression(
                text, about: [source], variables: variables, expecting: .bool, reporting: collector)
        else { return nil }
        return Condition(
            name: entry.key, source: source, expression: expression, hold: source.isMomentary ? .zero : hold ?? .zero,
            keepFiring: keepFiring ?? (source.isMomentary ? Condition.momentaryFiring : .zero),
            count: countNode.flatMap { count($0, source, entry.key) })
    }

    /// `count`: how many facts, or different values of a field of theirs.
    private func count(_ node: DocumentNode, _ source: FactSource, _ name: String) -> CountRequirement? {
        var reader = MappingReader(node, named: "'count'", reporting: collector)
        let atLeast = reader.int("gte", in: 1...Int64(CountRequirement.most))
        let distinct = reader.optionalNode("distinct").flatMap { path($0, source, name) }
        let within = reader.optionalDuration("within")
        if source.isMomentary, within == nil {
            let needed = "'count' of \(source.rawValue) facts needs 'within', the window in which they count"
            reader.report("within", needed)
        }
        if !source.isMomentary, within != nil {
            reader.report("within", "'within' has no meaning for source \(source.rawValue): those that hold now count")
        }
        if let within, within <= .zero { reader.report("within", "'within' must be longer than nothing") }
        reader.finish()
        return atLeast.map { CountRequirement(atLeast: Int($0), distinct: distinct, within: within) }
    }

    private func checkName(_ entry: DocumentNode.Entry, _ source: FactSource) {
        let name = entry.key
        if !Self.isName(name) {
            let form = "letters, digits and '_', the first no digit, so that expressions can use it"
            collector.report(entry.keyLocation, "the condition's name '\(name)' must consist of \(form)")
        } else if Self.keywords.contains(name) || FactSchema.reservedNames(source).contains(name) {
            collector.report(entry.keyLocation, "a condition can't be called '\(name)', which means something else")
        }
    }

    /// `then`: what to do, first match first.
    func responses(_ reader: inout MappingReader, _ when: When?, _ status: Rule.Status, hasRisk: Bool) -> [Response] {
        var responses: [Response] = []
        var unconditional: SourceLocation?
        for var reader in reader.optionalMappings("then", named: "an entry of 'then'") ?? [] {
            if let unconditional {
                collector.report(reader.location, "never reached: the entry at \(unconditional) always applies")
            }
            if !reader.has("if") { unconditional = unconditional ?? reader.location }
            responses.append(response(&reader, when, status, hasRisk: hasRisk))
            reader.finish()
        }
        return responses
    }

    private func response(
        _ reader: inout MappingReader, _ when: When?, _ status: Rule.Status, hasRisk: Bool
    ) -> Response {
        reader.refuseNull(["if"])
        let test = reader.optionalNode("if")
        let runbook = reader.optionalIdentifier("runbook")
        let mode = reader.optionalChoice("mode", of: ResponseMode.self)
        let parameters = reader.optionalEntries("with") ?? []
        if let runbook { check(runbook, reader) }
        if runbook == nil, mode != nil || !parameters.isEmpty {
            reader.report(mode != nil ? "mode" : "with", "'mode' and 'with' need a 'runbook'")
        }
        if mode == .auto, status != .stable {
            let message =
                "'mode: auto' needs 'status: stable' (this rule is \(status.rawValue)); write 'propose' until it is, which stays in the shadow"
            reader.report("mode", message)
        }
        // Without a condition its variables are unknown, and all that could be reported would follow from that.
        guard let when else {
            return Response(condition: nil, runbook: runbook, mode: mode ?? .shadow, parameters: [])
        }
        let sources = Set(when.positives.map(\.source))
        let variables = FactSchema.responseVariables(when.positives, hasRisk: hasRisk)
        return Response(
            condition: test.flatMap {
                RuleExpression(
                    $0, about: sources, variables: variables, expecting: .bool, reporting: collector)
            },
            runbook: runbook, mode: mode ?? .shadow,
            parameters: parameters.compactMap { entry in
                RuleExpression(entry.value, about: sources, variables: variables, reporting: collector)
                    .map { (entry.key, $0) }
            })
    }

    private func check(_ runbook: String, _ reader: MappingReader) {
        guard let runbooks, !runbooks.contains(runbook) else { return }
        let hint = suggestion(for: runbook, among: runbooks.sorted())
        reader.report("runbook", "there is no runbook '\(runbook)'\(hint)")
    }
}
