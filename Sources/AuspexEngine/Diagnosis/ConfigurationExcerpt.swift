import AuspexDocuments
import AuspexRunbooks
import AuspexSignals
import Foundation

/// A configuration file for other people's eyes: its keys with their values, but no comments, no secrets, and of
/// addresses no more than where they are.
struct ConfigurationExcerpt: Sendable {
    /// What names of settings whose value is a secret have in them.
    private static let secretParts = ["password", "passphrase", "secret", "token", "key", "credential", "dsn"]
    /// Settings all of whose values may hold a secret, such as the addresses of webhooks.
    private static let secretSections: Set<String> = ["channels", "secrets", "headers", "env"]
    /// Most bytes of a file with a secret that are read.
    private static let mostBytes = 65_536

    /// The documents of the file.
    let documents: [JSONValue]
    /// The secrets in files that the configuration names.
    let secrets: [String]
    /// Those files.
    let secretFiles: [String]

    /// Reads a configuration file.
    ///
    /// - Throws: `DocumentError` when it cannot be read.
    init(path: String) throws(DocumentError) {
        var secrets: [String] = []
        var files: [String] = []
        var documents: [JSONValue] = []
        for document in try DocumentFiles.documents(at: [path]) {
            documents.append(Self.shown(document.root, isSecret: false))
            Self.collect(document.root, into: &secrets, &files)
        }
        (self.documents, self.secrets, secretFiles) = (documents, secrets, files)
    }

    /// Whether the value of a setting with this name is a secret. One that ends with `_file` is the path of one.
    static func isSecret(_ name: String) -> Bool {
        let name = name.lowercased()
        return !name.hasSuffix("_file") && secretParts.contains(where: name.contains)
    }

    private static func shown(_ node: DocumentNode, isSecret: Bool) -> JSONValue {
        if let entries = node.entries {
            let members = entries.map { entry in
                let hides = isSecret || Self.isSecret(entry.key) || secretSections.contains(entry.key)
                // The path of a file with a secret is none.
                let isPath = entry.key.hasSuffix("_file")
                return (entry.key, shown(entry.value, isSecret: hides && !isPath))
            }
            return .object(Dictionary(members) { first, _ in first })
        }
        if let elements = node.elements { return .array(elements.map { shown($0, isSecret: isSecret) }) }
        if node.isNull { return .null }
        if isSecret { return .string(SecretMask.mask) }
        guard let text = node.text, let address = shortened(text) else { return node.json }
        return .string(address)
    }

    /// An address without its user, path and query; nil for what is no address.
    private static func shortened(_ text: String) -> String? {
        guard let marks = text.firstRange(of: "://") else { return nil }
        let rest = text[marks.upperBound...]
        let authority = rest.prefix { !"/?#".contains($0) }
        let host = authority.split(separator: "@").last ?? ""
        let isBare = rest.count == host.count
        return text[..<marks.upperBound] + host + (isBare ? "" : "/" + SecretMask.mask)
    }

    private static func collect(
        _ node: DocumentNode, into secrets: inout [String], _ files: inout [String], isSource: Bool = false
    ) {
        for element in node.elements ?? [] { collect(element, into: &secrets, &files) }
        for entry in node.entries ?? [] {
            collect(entry.value, into: &secrets, &files, isSource: entry.key == "secrets" || isSource)
            if entry.key.hasSuffix("_file") || isSource && entry.key == "file", let path = entry.value.text {
                files.append(path)
                let text = (FileManager.default.contents(atPath: path) ?? Data()).prefix(mostBytes)
                secrets.append(String(decoding: text, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines))
            }
            if isSecret(entry.key) || secretSections.contains(entry.key) { scalars(entry.value, into: &secrets) }
        }
    }

    private static func scalars(_ node: DocumentNode, into secrets: inout [String]) {
        if let text = node.text { secrets.append(text) }
        for element in node.elements ?? [] { scalars(element, into: &secrets) }
        for entry in node.entries ?? [] { scalars(entry.value, into: &secrets) }
    }
}
