import AuspexDocuments
import AuspexExpressions
import AuspexSignals

/// What `when` says: the conditions and how they belong together.
struct When {
    var conditions: [Condition]
    var correlation: Correlation?
    var join: JoinKey

    /// The conditions that have to hold.
    var positives: ArraySlice<Condition> { conditions.dropLast(correlation?.absence == nil ? 0 : 1) }
}

extension RuleDecoder {
    private static let forms = Correlation.Form.allCases.map(\.rawValue)
    private static let modifiers = ["within", "join_on", "unless", "keep_firing_for"]

    /// `when`: one condition by its name, or several under `all`, `any` or `sequence`; with them what they have in common.
    func when(_ node: DocumentNode) -> When? {
        guard let entries = node.entries else {
            collector.report(node.location, "'when' must be a mapping from a name to a condition, not \(node.kind)")
            return nil
        }
        let forms = entries.filter { Self.forms.contains($0.key) }
        let single = entries.filter { !Self.forms.contains($0.key) && !Self.modifiers.contains($0.key) }
        if let extra = forms.isEmpty ? single.dropFirst().first : single.first {
            let message = "'\(extra.key)' is one condition too many; put several under 'all', 'any' or 'sequence'"
            collector.report(extra.keyLocation, message)
        }
        if let extra = forms.dropFirst().first {
            collector.report(extra.keyLocation, "'\(extra.key)' can't stand beside '\(forms[0].key)'")
        }
        guard !forms.isEmpty || !single.isEmpty else {
            collector.report(node.location, "'when' needs a condition: {load: {source: metric, where: …}}")
            return nil
        }
        var conditions = forms.first.map { listed($0) } ?? single.prefix(1).compactMap { condition($0) }
        let expected = forms.first.map { $0.value.elements?.count ?? 0 } ?? 1
        guard conditions.count == expected, !conditions.isEmpty else { return nil }
        var reader = MappingReader(node, named: "'when'", reporting: collector)
        for entry in forms + single { _ = reader.optionalNode(entry.key) }
        let form = forms.first.flatMap { Correlation.Form(rawValue: $0.key) }
        let within = reader.optionalDuration("within")
        let keepFiring = reader.optionalDuration("keep_firing_for")
        let unless = reader.optionalNode("unless").flatMap { absence($0) }
        let joinNode = reader.optionalNode("join_on")
        let hasUnless = reader.has("unless")
        reader.finish()
        check(within, form, conditions, reader)
        if let unless { conditions.append(unless.condition) }
        checkNames(conditions, node)
        let isPlain = form == nil && !hasUnless && conditions[0].count == nil
        if isPlain {
            refuse(["join_on", "keep_firing_for"], in: reader, "has no meaning for a single condition")
            return When(conditions: conditions, correlation: nil, join: .none)
        }
        let correlation = Correlation(
            form: form ?? .all, within: within ?? .zero, keepFiring: keepFiring ?? .zero,
            momentaryFiring: keepFiring ?? conditions.filter { $0.source.isMomentary }.map(\.keepFiring).max()
                ?? Condition.momentaryFiring,
            absence: unless?.absence)
        // The paths of `join_on` may lead to fields that no expression reads.
        return When(
            conditions: conditions.map(\.withAllFields), correlation: correlation,
            join: joinNode.map { joinKey($0, conditions) } ?? .none)
    }

    private func refuse(_ keys: [String], in reader: MappingReader, _ reason: String) {
        for key in keys where reader.has(key) { reader.report(key, "'\(key)' \(reason)") }
    }

    /// The conditions of a list of mappings with one entry each.
    private func listed(_ entry: DocumentNode.Entry) -> [Condition] {
        guard let items = entry.value.elements, !items.isEmpty else {
            let form = "- deploy: {source: change, where: …}"
            collector.report(entry.value.location, "'\(entry.key)' must be a list of named conditions: \(form)")
            return []
        }
        return items.compactMap { item in
            guard let entries = item.entries, entries.count == 1 else {
                collector.report(item.location, "an entry of '\(entry.key)' must be one named condition")
                return nil
            }
            return condition(entries[0])
        }
    }

    private func check(
        _ within: TimeSpan?, _ form: Correlation.Form?, _ conditions: [Condition], _ reader: MappingReader
    ) {
        switch form {
        case .sequence, .all:
            if conditions.count == 1 { reader.report(form?.rawValue ?? "", "needs two conditions or more") }
            let moment = conditions.first { $0.source.isMomentary }
            if within == nil, form == .sequence || moment != nil {
                let reason = moment.map { ", for \($0.source.rawValue) facts are moments" } ?? ""
                reader.report("within", "'\(form?.rawValue ?? "")' needs 'within', such as 20m\(reason)")
            }
        case .any, nil:
            if within != nil { reader.report("within", "'within' has a meaning for 'all' and 'sequence' alone") }
        }
        if let within, within <= .zero { reader.report("within", "'within' must be longer than nothing") }
    }

    private func checkNames(_ conditions: [Condition], _ node: DocumentNode) {
        var seen: Set<String> = []
        for condition in conditions where !seen.insert(condition.name).inserted {
            collector.report(node.location, "two conditions are called '\(condition.name)'")
        }
    }

    /// `unless`: one condition with the window in which it must not have come.
    private func absence(_ node: DocumentNode) -> (condition: Condition, absence: Correlation.Absence)? {
        var reader = MappingReader(node, named: "'unless'", reporting: collector)
        let within = reader.duration("within")
        let side = reader.optionalChoice("side", of: Correlation.Absence.Side.self) ?? .after
        let named = (node.entries ?? []).filter { !["within", "side"].contains($0.key) }
        guard let entry = named.first else {
            collector.report(
                node.location, "'unless' needs a condition: {started: {source: log, where: …}, within: 10m}")
            return nil
        }
        if let extra = named.dropFirst().first {
            collector.report(extra.keyLocation, "'unless' takes one condition; '\(extra.key)' is another")
        }
        if let within, within <= .zero { reader.report("within", "'within' must be longer than nothing") }
        guard let condition = condition(entry), let within else { return nil }
        return (condition, Correlation.Absence(within: within, side: side))
    }

    // MARK: Joining

    /// `join_on`: labels that all facts have, or for each label where each condition's facts have it.
    private func joinKey(_ node: DocumentNode, _ conditions: [Condition]) -> JoinKey {
        if let items = node.elements {
            let names = items.compactMap { item -> String? in
                if item.text == nil { collector.report(item.location, "a label of 'join_on' must be text") }
                return item.text
            }
            if Set(names).count < names.count { collector.report(node.location, "'join_on' has a label twice") }
            return JoinKey(parts: names.map { JoinKey.Part(name: $0, paths: conditions.map { _ in nil }) })
        }
        guard let entries = node.entries else {
            let form = "[service] or {service: {deploy: service, errors: labels.service}}"
            collector.report(node.location, "'join_on' must be a list of labels or a mapping: \(form)")
            return .none
        }
        return JoinKey(
            parts: entries.map { entry in
                var reader = MappingReader(
                    entry.value, named: "'\(entry.key)' of 'join_on'", reporting: collector)
                let paths = conditions.map { condition in
                    reader.optionalNode(condition.name).flatMap { path($0, condition) }
                }
                reader.finish()
                return JoinKey.Part(name: entry.key, paths: paths)
            })
    }

    private func path(_ node: DocumentNode, _ condition: Condition) -> RuleExpression? {
        path(node, condition.source, condition.name)
    }

    /// A field of the facts of a condition called `name`, such as `labels.host`.
    func path(_ node: DocumentNode, _ source: FactSource, _ name: String) -> RuleExpression? {
        let parts = node.text?.split(separator: ".", omittingEmptySubsequences: false).map(String.init) ?? []
        guard !parts.isEmpty, parts.allSatisfy(Self.isName) else {
            collector.report(node.location, "must be a field of the fact, such as labels.service")
            return nil
        }
        return RuleExpression(
            node, prefix: "\(name).", about: [source], variables: FactSchema.conditionVariables(source, named: name),
            reporting: collector)
    }

    /// Whether expressions can use it as a name.
    static func isName(_ name: String) -> Bool {
        let isDigit = { (byte: UInt8) in byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }
        let isLetter = { (byte: UInt8) in
            byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "z") || byte == UInt8(ascii: "_")
        }
        return name.utf8.first.map(isLetter) ?? false && name.utf8.allSatisfy { isLetter($0) || isDigit($0) }
    }
}
