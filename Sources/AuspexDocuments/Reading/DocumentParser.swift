import AuspexSignals
import Yams

/// Reads YAML into positioned nodes, strictly: no anchors, aliases, tags or merge keys, keys are text and occur once, and
/// bytes, nodes and depth are bounded.
package enum DocumentParser {
    /// Reads the documents of the stream `text`; documents without content are left out.
    ///
    /// - Parameters:
    ///   - text: One or more YAML documents, separated by `---`.
    ///   - file: The path that locations name, `-` for standard input.
    ///   - limits: How large the text may be.
    /// - Throws: ``DocumentError`` with every mistake that could be found. A mistake of syntax ends the search.
    package static func documents(
        in text: String, file: String, limits: DocumentLimits = DocumentLimits()
    ) throws(DocumentError) -> [Document] {
        guard text.utf8.count <= limits.bytes else {
            throw DocumentError(file: file, "\(text.utf8.count) bytes; a document may have \(limits.bytes)")
        }
        let source = SourceText(file: file, text: text)
        let scan = AnchorScan(source)
        if scan.aliases.count > AnchorScan.harmlessAliases, let first = scan.aliases.first {
            throw DocumentError([DocumentDiagnostic(location: first.location, message: aliasMessage(first.name))])
        }
        let keys = KeyScan(source)
        if keys.count * text.utf8.count > KeyScan.mostWork, let first = keys.first {
            let message = "\(keys.count) explicit keys ('? ') are too many; write 'key: value', keys are text"
            throw DocumentError([DocumentDiagnostic(location: first, message: message)])
        }
        let collector = DiagnosticCollector()
        var converter = NodeConverter(source: source, limits: limits, scan: scan, collector: collector)
        var documents: [Document] = []
        do {
            let parser = try Parser(yaml: text, resolver: .basic, encoding: .utf8)
            while let root = try parser.nextRoot() {
                guard let node = converter.convert(root, depth: 0) else { break }
                if !node.isNull { documents.append(Document(root: node)) }
            }
        } catch {
            collector.report([diagnostic(of: error, source: source)])
        }
        try collector.check()
        return documents
    }

    static func aliasMessage(_ name: some StringProtocol) -> String {
        "alias '*\(name)' is not allowed; write the value out (or quote it if it is text)"
    }

    private static func diagnostic(of error: any Error, source: SourceText) -> DocumentDiagnostic {
        let file = source.file
        func at(_ mark: Mark, _ message: String) -> DocumentDiagnostic {
            let location = SourceLocation(file: file, line: max(1, mark.line), column: max(1, mark.column))
            return DocumentDiagnostic(location: location, message: message)
        }
        switch error as? YamlError {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            let setting = context.map { " (\($0.text), line \($0.mark.line))" } ?? ""
            return at(mark, "not valid YAML: \(problem)\(setting)")
        case .duplicatedKeysInMapping(let duplicates, let context):
            let names = duplicates.map { "'\($0)'" }.joined(separator: ", ")
            return at(context.mark, "key \(names) stands more than once in this mapping; keep one")
        case .reader(let problem, let offset, _, _):
            let place = offset.map { " at byte \($0)" } ?? ""
            let location = SourceLocation(file: file)
            return DocumentDiagnostic(location: location, message: "not valid YAML: \(problem)\(place)")
        default:
            return DocumentDiagnostic(location: SourceLocation(file: file), message: "not valid YAML: \(error)")
        }
    }
}

/// Turns the parser's nodes into ours and reports what is not allowed.
private struct NodeConverter {
    let source: SourceText
    let limits: DocumentLimits
    let scan: AnchorScan
    let collector: DiagnosticCollector
    private var count = 0
    private var refusedAnchors: Set<SourceLocation> = []

    init(source: SourceText, limits: DocumentLimits, scan: AnchorScan, collector: DiagnosticCollector) {
        self.source = source
        self.limits = limits
        self.scan = scan
        self.collector = collector
    }

    /// The node, or nil when a limit is passed and there is no point in going on.
    mutating func convert(_ node: Node, depth: Int, isKey: Bool = false) -> DocumentNode? {
        let location = place(node.mark)
        count += 1
        guard count <= limits.nodes else {
            collector.report(location, "more than \(limits.nodes) values in one file; split it")
            return nil
        }
        guard depth < limits.depth || node.scalar != nil else {
            collector.report(location, "nested more than \(limits.depth) levels deep")
            return nil
        }
        refuseAnchor(of: node, at: location)
        switch node {
        case .scalar(let scalar):
            // Quoted text carries this tag by itself, and so do keys once the parser has compared them.
            refuse(tag: scalar.tag, at: location, allowing: isKey || scalar.style != .plain ? .str : nil)
            return DocumentNode(value: .scalar(scalar.string, style(scalar.style)), location: location, source: source)
        case .sequence(let sequence):
            refuse(tag: sequence.tag, at: location, allowing: nil)
            var elements: [DocumentNode] = []
            elements.reserveCapacity(sequence.count)
            for element in sequence {
                guard let element = convert(element, depth: depth + 1) else { return nil }
                elements.append(element)
            }
            return DocumentNode(value: .sequence(elements), location: location, source: source)
        case .mapping(let mapping):
            refuse(tag: mapping.tag, at: location, allowing: nil)
            guard let entries = entries(of: mapping, depth: depth) else { return nil }
            return DocumentNode(value: .mapping(entries), location: location, source: source)
        case .alias:
            collector.report(location, DocumentParser.aliasMessage(""))
            return nil
        }
    }

    private mutating func entries(of mapping: Node.Mapping, depth: Int) -> [DocumentNode.Entry]? {
        var entries: [DocumentNode.Entry] = []
        entries.reserveCapacity(mapping.count)
        for (key, value) in mapping {
            guard key.scalar != nil else {
                let kind = key.mapping == nil ? "a list" : "a mapping"
                collector.report(place(key.mark), "\(kind) as a key; keys are text")
                continue
            }
            guard let key = convert(key, depth: depth + 1, isKey: true),
                let value = convert(value, depth: depth + 1)
            else { return nil }
            guard case .scalar(let name, let style) = key.value else { continue }
            if name == "<<", style == .plain {
                collector.report(key.location, "merge key '<<' is not allowed; write the keys out")
            } else if key.isNull {
                collector.report(key.location, "a key is missing before ':'")
            } else {
                entries.append(DocumentNode.Entry(key: name, keyLocation: key.location, value: value))
            }
        }
        return entries
    }

    private mutating func refuseAnchor(of node: Node, at location: SourceLocation) {
        // An alias leads back to the anchored node, which is reported once.
        guard let anchor = node.anchor, refusedAnchors.insert(location).inserted else { return }
        let name = anchor.rawValue
        collector.report(location, "anchor '&\(name)' is not allowed; write the value out where it is used")
        for alias in scan.aliases where alias.name == name {
            collector.report(alias.location, DocumentParser.aliasMessage(name))
        }
    }

    private func refuse(tag: Tag, at location: SourceLocation, allowing allowed: Tag.Name?) {
        let name = tag.rawValue
        guard name != Tag.Name.implicit.rawValue, name != allowed?.rawValue else { return }
        collector.report(location, "tag '\(name)' is not allowed; the schema decides the types")
    }

    private func place(_ mark: Mark?) -> SourceLocation {
        SourceLocation(file: source.file, line: mark?.line, column: mark?.column)
    }

    private func style(_ style: Node.Scalar.Style) -> DocumentNode.Style {
        switch style {
        case .singleQuoted: .singleQuoted
        case .doubleQuoted: .doubleQuoted
        case .literal, .folded: .block
        case .plain, .any: .plain
        }
    }
}
