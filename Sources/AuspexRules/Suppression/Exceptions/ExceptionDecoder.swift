package import AuspexDocuments
import AuspexSignals

/// Decodes `exceptions`: `[{fields: {labels.service: [a, b], labels.host: "db-*"}, reason: …, owner: …, until: 2026-12-01}]`.
package enum ExceptionDecoder {
    /// The exceptions; those that are wrong are reported and left out.
    ///
    /// - Parameters:
    ///   - node: The value of `exceptions`.
    ///   - source: What the rule looks at, which decides what fields there are.
    ///   - collector: Where mistakes go.
    package static func exceptions(
        _ node: DocumentNode, about source: FactSource, reporting collector: DiagnosticCollector
    ) -> RuleExceptions {
        guard let elements = node.elements else {
            collector.report(node.location, "'exceptions' must be a list of exceptions, not \(node.kind)")
            return RuleExceptions()
        }
        let most = RuleExceptions.mostExceptions
        if elements.count > most {
            collector.report(node.location, "\(elements.count) exceptions are too many; a rule may have \(most)")
        }
        return RuleExceptions(elements.prefix(most).compactMap { exception($0, source, collector) })
    }

    private static func exception(
        _ node: DocumentNode, _ source: FactSource, _ collector: DiagnosticCollector
    ) -> RuleException? {
        var reader = MappingReader(node, named: "an exception", reporting: collector)
        let fields = reader.optionalNode("fields").map { self.fields($0, source, collector) }
        if fields == nil, node.entries != nil {
            reader.report("fields", "an exception needs 'fields', such as {labels.service: shop}")
        }
        let reason = text("reason", "why it is one", &reader)
        let owner = reader.optionalString("owner") ?? ""
        let until = until(&reader)
        reader.finish()
        guard let fields, !fields.isEmpty, let reason, let until else { return nil }
        return RuleException(fields: fields, reason: reason, owner: owner, until: until, location: node.location)
    }

    private static func until(_ reader: inout MappingReader) -> Timestamp? {
        guard let text = text("until", "as it never lasts for ever: 2026-12-01T00:00:00Z", &reader) else { return nil }
        let time = Timestamp(iso8601: text)
        if time == nil {
            reader.report("until", "'until' must be a date and time such as 2026-12-01T00:00:00Z, not '\(text)'")
        }
        return time
    }

    private static func text(_ key: String, _ why: String, _ reader: inout MappingReader) -> String? {
        let text = reader.optionalString(key)
        if text?.isEmpty ?? true, !reader.keys.isEmpty { reader.report(key, "an exception needs '\(key)', \(why)") }
        return text?.isEmpty ?? true ? nil : text
    }

    private static func fields(
        _ node: DocumentNode, _ source: FactSource, _ collector: DiagnosticCollector
    ) -> [RuleException.Field] {
        guard let entries = node.entries else {
            collector.report(node.location, "'fields' must be a mapping of fields to values, not \(node.kind)")
            return []
        }
        let fields = entries.compactMap { field($0, source, collector) }
        // What is wrong in one of them has been reported; without it the others could mean too much.
        guard fields.count == entries.count else { return [] }
        if fields.allSatisfy({ $0.values.contains { $0.matches("") } }) {
            let message = "fits everything: at least one field must not fit a missing one"
            collector.report(node.location, "this exception \(message)")
            return []
        }
        return fields
    }

    private static func field(
        _ entry: DocumentNode.Entry, _ source: FactSource, _ collector: DiagnosticCollector
    ) -> RuleException.Field? {
        let name = entry.key
        let prefix = RuleExceptions.labelPrefix
        let texts = FactSchema.fields(of: source).filter { $0.type == "string" }.map(\.name)
        guard name.hasPrefix(prefix) && name.utf8.count > prefix.utf8.count || texts.contains(name) else {
            let nearest = nearestName(to: name, among: texts).map { "; did you mean '\($0)'?" }
            let message = "a fact of source \(source.rawValue) has no text '\(name)'"
            collector.report(entry.keyLocation, message + (nearest ?? "; for a label write labels.\(name)"))
            return nil
        }
        let nodes = entry.value.elements ?? [entry.value]
        guard !nodes.isEmpty, nodes.count <= RuleExceptions.mostExceptions else {
            let most = RuleExceptions.mostExceptions
            collector.report(entry.value.location, "'\(name)' must have 1 to \(most) values, not \(nodes.count)")
            return nil
        }
        let globs = nodes.compactMap { glob($0, of: name, collector) }
        return globs.count == nodes.count ? RuleException.Field(name: name, values: globs) : nil
    }

    private static func glob(_ node: DocumentNode, of name: String, _ collector: DiagnosticCollector) -> Glob? {
        guard let text = node.text else {
            collector.report(node.location, "'\(name)' must be a text or a list of texts; this is \(node.kind)")
            return nil
        }
        do {
            return try Glob(text)
        } catch {
            collector.report(node.location(ofOffset: error.offset), error.reason)
            return nil
        }
    }
}
