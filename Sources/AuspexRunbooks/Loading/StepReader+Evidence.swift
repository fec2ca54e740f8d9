import AuspexDocuments
import AuspexPatterns
import AuspexSignals

extension StepReader {
    private static let mostPatterns = 50

    /// What stands under `collect`.
    func collection(_ node: DocumentNode) -> EvidenceTemplate? {
        var reader = MappingReader(node, named: "'collect'", reporting: scope.collector)
        let commands = (reader.optionalList("commands") ?? []).compactMap { collectedCommand($0) }
        let files = (reader.optionalList("files") ?? []).compactMap { collectedFile($0) }
        let maxBytes = byteCount("max_bytes", in: EvidenceCollection.bytes, &reader)
        reader.refuseNull(["redact"])
        let redaction = reader.optionalChoice("redact", of: EvidenceCollection.Redaction.self) ?? .standard
        let patterns = redactPatterns(&reader)
        let bundle = reader.textNode("bundle").flatMap { scope.openTemplate($0.text, at: $0.node) }
        let count =
            (reader.optionalNode("commands")?.elements?.count ?? 0)
            + (reader.optionalNode("files")?.elements?.count ?? 0)
        if count == 0 { scope.collector.report(node.location, "'collect' needs 'commands', 'files' or both") }
        if count > EvidenceCollection.mostParts {
            scope.collector.report(
                node.location, "\(count) commands and files; one step may collect \(EvidenceCollection.mostParts)")
        }
        reader.finish()
        guard let bundle else { return nil }
        return EvidenceTemplate(
            commands: commands, files: files, maxBytes: maxBytes ?? EvidenceCollection.defaultBytes,
            redaction: redaction, patterns: patterns, bundle: bundle)
    }

    /// A command: a list, the program and its arguments. Every exit code is evidence, too.
    private func collectedCommand(_ node: DocumentNode) -> CommandTemplate? {
        guard let items = node.elements else {
            scope.collector.report(node.location, "a command must be a list, the program and its arguments")
            return nil
        }
        for item in items {
            guard let template = item.text.flatMap({ try? Template($0) }) else { continue }
            for parameter in template.parameters.compactMap(scope.parameter) where parameter.isSensitive {
                scope.collector.report(
                    item.location, "parameter '\(parameter.name)' is sensitive and may not be in a bundle")
            }
        }
        return argv(items, of: node).map { executable, arguments in
            CommandTemplate(
                executable: executable, arguments: arguments, directory: nil, environment: [:], input: nil,
                expectedExits: [0])
        }
    }

    private func collectedFile(_ node: DocumentNode) -> Template? {
        guard let text = node.text else {
            scope.collector.report(node.location, "a file must be its path, not \(node.kind)")
            return nil
        }
        guard let template = scope.openTemplate(text, at: node) else { return nil }
        if template.parameters.isEmpty, !HealthCheck.isPath(text) {
            scope.collector.report(
                node.location, "a file must be an absolute path without '.' and '..', not \(node.kind)")
        }
        return template
    }

    private func redactPatterns(_ reader: inout MappingReader) -> [String] {
        let nodes = reader.optionalList("redact_patterns") ?? []
        if nodes.count > Self.mostPatterns {
            reader.report("redact_patterns", "\(nodes.count) patterns; at most \(Self.mostPatterns) are accepted")
        }
        return nodes.compactMap { node in
            guard let text = node.text else {
                scope.collector.report(node.location, "a pattern must be text, not \(node.kind)")
                return nil
            }
            do throws(LinearPatternError) {
                _ = try LinearPattern(text)
                return text
            } catch {
                scope.collector.report(node.location, "the pattern is \(error)")
                return nil
            }
        }
    }
}
