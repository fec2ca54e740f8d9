import AuspexDocuments
import AuspexExpressions
import AuspexSignals

extension RuleDecoder {
    /// Forms of `when` that are to come.
    private static let unsupportedForms = [
        "all", "any", "sequence", "not_all", "within", "join_on", "time", "allow_late",
    ]

    /// Words of the expression language that can't be names.
    private static let keywords: Set<String> = [
        "as", "break", "const", "continue", "else", "false", "for", "function", "if", "import", "in", "let", "loop",
        "namespace", "null", "package", "return", "true", "var", "void", "while",
    ]

    /// `when`: a mapping with one condition in it.
    func condition(_ node: DocumentNode) -> Condition? {
        guard let entries = node.entries else {
            collector.report(node.location, "'when' must be a mapping from a name to a condition, not \(node.kind)")
            return nil
        }
        for entry in entries where Self.unsupportedForms.contains(entry.key) {
            collector.report(entry.keyLocation, "'\(entry.key)' in 'when' \(Self.unsupportedReason)")
        }
        let named = entries.filter { !Self.unsupportedForms.contains($0.key) }
        guard let entry = named.first else {
            if entries.isEmpty {
                collector.report(node.location, "'when' needs a condition: {load: {source: metric, where: …}}")
            }
            return nil
        }
        if named.count > 1 {
            let message = "'when' has a second condition '\(named[1].key)'; this version takes one"
            collector.report(named[1].keyLocation, message)
        }
        return condition(entry)
    }

    private func condition(_ entry: DocumentNode.Entry) -> Condition? {
        var reader = MappingReader(entry.value, named: "a condition", reporting: collector)
        let source = reader.choice("source", of: FactSource.self)
        let text = reader.node("where")
        let hold = reader.optionalDuration("for")
        let keepFiring = reader.optionalDuration("keep_firing_for")
        reader.refuse(["count", "unless"], because: Self.unsupportedReason)
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
                text, about: source, variables: variables, expecting: .bool, reporting: collector)
        else { return nil }
        return Condition(
            name: entry.key, source: source, expression: expression, hold: source.isMomentary ? .zero : hold ?? .zero,
            keepFiring: keepFiring ?? (source.isMomentary ? Condition.momentaryFiring : .zero))
    }

    private func checkName(_ entry: DocumentNode.Entry, _ source: FactSource) {
        let name = entry.key
        let isName =
            name.utf8.first.map { $0 < UInt8(ascii: "0") || $0 > UInt8(ascii: "9") } ?? false
            && name.unicodeScalars.allSatisfy { scalar in
                scalar == "_" || (scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)))
            }
        if !isName {
            let form = "letters, digits and '_', the first no digit, so that expressions can use it"
            collector.report(entry.keyLocation, "the condition's name '\(name)' must consist of \(form)")
        } else if Self.keywords.contains(name) || FactSchema.reservedNames(source).contains(name) {
            collector.report(entry.keyLocation, "a condition can't be called '\(name)', which means something else")
        }
    }

    /// `then`: what to do, first match first.
    func responses(_ reader: inout MappingReader, _ condition: Condition?, _ status: Rule.Status) -> [Response] {
        var responses: [Response] = []
        var unconditional: SourceLocation?
        for var reader in reader.optionalMappings("then", named: "an entry of 'then'") ?? [] {
            if let unconditional {
                collector.report(reader.location, "never reached: the entry at \(unconditional) always applies")
            }
            if !reader.has("if") { unconditional = unconditional ?? reader.location }
            responses.append(response(&reader, condition, status))
            reader.finish()
        }
        return responses
    }

    private func response(
        _ reader: inout MappingReader, _ condition: Condition?, _ status: Rule.Status
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
                "'mode: auto' needs 'status: stable' (this rule is \(status.rawValue)); try it as 'propose' first"
            reader.report("mode", message)
        }
        // Without a condition its variables are unknown, and all that could be reported would follow from that.
        guard let condition else {
            return Response(condition: nil, runbook: runbook, mode: mode ?? .shadow, parameters: [])
        }
        let variables = FactSchema.responseVariables(condition.source, named: condition.name)
        return Response(
            condition: test.flatMap {
                RuleExpression(
                    $0, about: condition.source, variables: variables, expecting: .bool, reporting: collector)
            },
            runbook: runbook, mode: mode ?? .shadow,
            parameters: parameters.compactMap { entry in
                RuleExpression(entry.value, about: condition.source, variables: variables, reporting: collector)
                    .map { (entry.key, $0) }
            })
    }

    private func check(_ runbook: String, _ reader: MappingReader) {
        guard let runbooks, !runbooks.contains(runbook) else { return }
        let hint = suggestion(for: runbook, among: runbooks.sorted())
        reader.report("runbook", "there is no runbook '\(runbook)'\(hint)")
    }
}
