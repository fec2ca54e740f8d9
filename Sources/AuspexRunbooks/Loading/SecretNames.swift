import AuspexDocuments
import AuspexSignals

/// The secrets that a runbook says it uses, and which of them it does.
///
/// A class, because all who read parts of the runbook note in the same place what is used.
final class SecretNames {
    /// Where a secret may stand, for messages.
    static let places = "'env', 'stdin', the values of 'headers' and 'auth'"
    /// More secrets than any remedy needs.
    fileprivate static let most = 16

    /// The names with their places, in the order of the file.
    let declared: [(name: String, location: SourceLocation)]
    private var used: Set<String> = []

    init(_ declared: [(name: String, location: SourceLocation)] = []) {
        self.declared = declared
    }

    /// Notes that `name` is used.
    ///
    /// - Returns: Whether the runbook says so.
    func use(_ name: String) -> Bool {
        used.insert(name)
        return declared.contains { $0.name == name }
    }

    /// Reports every secret that the runbook would be given for nothing.
    func reportUnused(to collector: DiagnosticCollector) {
        for (name, location) in declared where !used.contains(name) {
            collector.report(
                location, "the secret '\(name)' is not used; write ${secret.\(name)} where it belongs, or drop it")
        }
    }
}

extension MappingReader {
    /// The list `secrets`.
    mutating func secretNames() -> SecretNames {
        var declared: [(name: String, location: SourceLocation)] = []
        for node in optionalList("secrets") ?? [] {
            guard let name = node.text, Parameter.isName(name) else {
                collector.report(
                    node.location, "the name of a secret is letters, digits and '_', first a letter or '_'")
                continue
            }
            if declared.contains(where: { $0.name == name }) {
                collector.report(node.location, "the secret '\(name)' is there already")
                continue
            }
            declared.append((name, node.location))
        }
        if declared.count > SecretNames.most {
            report("secrets", "a runbook may use at most \(SecretNames.most) secrets")
        }
        return SecretNames(declared)
    }
}

extension Scope {
    /// Notes the use of a secret, and reports it at `node` when the runbook does not list it.
    func use(secret name: String, at node: DocumentNode) {
        guard !secrets.use(name) else { return }
        let known = secrets.declared.map(\.name)
        let hint = nearestName(to: name, among: known).map { "did you mean '\($0)'?" } ?? "add it there"
        collector.report(node.location, "the secret '\(name)' is not in the runbook's list 'secrets'; \(hint)")
    }
}

extension StepReader {
    /// The mapping `auth` of a request.
    func authentication(_ mapping: MappingReader) -> AuthenticationTemplate? {
        var reader = mapping
        defer { reader.finish() }
        switch (reader.has("bearer"), reader.has("basic")) {
        case (true, false): return secretName("bearer", &reader).map { .bearer(secret: $0) }
        case (false, true):
            guard var basic = reader.mapping("basic") else { return nil }
            defer { basic.finish() }
            let user = basic.textNode("user").flatMap { scope.template($0.text, at: $0.node) }
            guard let secret = secretName("password", &basic), let user else { return nil }
            return .basic(user: user, secret: secret)
        default:
            scope.collector.report(reader.location, "'auth' needs either 'bearer' or 'basic'")
            _ = (reader.optionalNode("bearer"), reader.optionalNode("basic"))
            return nil
        }
    }

    /// The name of a secret, which stands here without `${secret.…}`.
    private func secretName(_ key: String, _ reader: inout MappingReader) -> String? {
        guard let (node, name) = reader.textNode(key) else { return nil }
        guard Parameter.isName(name) else {
            scope.collector.report(node.location, "'\(key)' is the name of a secret in the runbook's list 'secrets'")
            return nil
        }
        scope.use(secret: name, at: node)
        return name
    }
}
