package import AuspexSignals

extension MappingReader {
    /// The elements of the list `key`.
    package mutating func list(_ key: String) -> [DocumentNode]? { node(key).flatMap { list($0, of: key) } }

    /// The elements of the list `key`, nil when missing.
    package mutating func optionalList(_ key: String) -> [DocumentNode]? {
        optionalNode(key).flatMap { list($0, of: key) }
    }

    /// The texts of the list `key`.
    package mutating func strings(_ key: String) -> [String]? { list(key).map { texts($0, of: key) } }

    /// The texts of the list `key`, nil when missing.
    package mutating func optionalStrings(_ key: String) -> [String]? { optionalList(key).map { texts($0, of: key) } }

    /// The entries of the mapping `key` when its keys are free, such as labels or parameters.
    package mutating func entries(_ key: String) -> [DocumentNode.Entry]? { node(key).flatMap { entries($0, of: key) } }

    /// The entries of the mapping `key`, nil when missing.
    package mutating func optionalEntries(_ key: String) -> [DocumentNode.Entry]? {
        optionalNode(key).flatMap { entries($0, of: key) }
    }

    /// A reader for the mapping `key`; finish it like this one.
    package mutating func mapping(_ key: String, named name: String? = nil) -> MappingReader? {
        node(key).map { MappingReader($0, named: name ?? "'\(key)'", reporting: collector) }
    }

    /// A reader for the mapping `key`, nil when missing.
    package mutating func optionalMapping(_ key: String, named name: String? = nil) -> MappingReader? {
        optionalNode(key).map { MappingReader($0, named: name ?? "'\(key)'", reporting: collector) }
    }

    /// Readers for the list `key` of mappings; finish each.
    package mutating func mappings(_ key: String, named name: String) -> [MappingReader]? {
        list(key).map { $0.map { MappingReader($0, named: name, reporting: collector) } }
    }

    /// Readers for the list `key` of mappings, nil when missing.
    package mutating func optionalMappings(_ key: String, named name: String) -> [MappingReader]? {
        optionalList(key).map { $0.map { MappingReader($0, named: name, reporting: collector) } }
    }

    /// The mapping `key` of names to texts as labels; none when missing.
    package mutating func labels(_ key: String) -> Labels {
        var labels: [String: String] = [:]
        for entry in optionalEntries(key) ?? [] {
            if let text = entry.value.text {
                labels[entry.key] = text
            } else if !entry.value.isNull {
                collector.report(entry.value.location, "label '\(entry.key)' must be text, not \(entry.value.kind)")
            }
        }
        return Labels(labels)
    }

    /// The value of `key` as JSON.
    package mutating func json(_ key: String) -> JSONValue? { node(key)?.json }

    /// The value of `key` as JSON, nil when missing or null.
    package mutating func optionalJSON(_ key: String) -> JSONValue? { optionalNode(key)?.json }

    private func list(_ node: DocumentNode, of key: String) -> [DocumentNode]? {
        if let elements = node.elements { return elements }
        collector.report(node.location, "'\(key)' must be a list, not \(node.kind)")
        return nil
    }

    private func texts(_ nodes: [DocumentNode], of key: String) -> [String] {
        nodes.compactMap { node in
            if let text = node.text { return text }
            collector.report(node.location, "'\(key)' must be a list of texts; this is \(node.kind)")
            return nil
        }
    }

    private func entries(_ node: DocumentNode, of key: String) -> [DocumentNode.Entry]? {
        if let entries = node.entries { return entries }
        collector.report(node.location, "'\(key)' must be a mapping of keys to values, not \(node.kind)")
        return nil
    }
}
