import AuspexRunbooks
import Foundation

/// By what a later engine knows whether the secrets that a command was given are still those that it can read: a digest of
/// each, bound to the command. It lies beside the command's spool, which has the same rights.
struct SecretSeal: Hashable, Sendable, Codable {
    /// The digests by the secrets' names, each SHA-256 in hexadecimal.
    private var digests: [String: String]

    /// Seals the values that an operation is given.
    init(_ values: [String: String], of id: OperationID) {
        digests = Dictionary(uniqueKeysWithValues: values.map { ($0.key, Self.digest($0.value, name: $0.key, id)) })
    }

    /// The seal of an operation; nil when it has none.
    init?(of id: OperationID, in spool: String) {
        guard let path = try? SpoolDirectory.sealPath(of: id, in: spool),
            let data = FileManager.default.contents(atPath: path)
        else { return nil }
        // One that says nothing fits no value.
        self = (try? JSONDecoder().decode(SecretSeal.self, from: data)) ?? SecretSeal(digests: ["": ""])
    }

    private init(digests: [String: String]) {
        self.digests = digests
    }

    /// Writes the seal down before the operation begins.
    func write(of id: OperationID, in spool: String) throws {
        try SpoolDirectory.writeSeal(try JSONEncoder().encode(self), of: id, in: spool)
    }

    /// Whether each of the sealed values is among those that are known.
    func isCovered(by known: [String: [String]], of id: OperationID) -> Bool {
        digests.allSatisfy { name, digest in
            (known[name] ?? []).contains { Self.digest($0, name: name, id) == digest }
        }
    }

    private static func digest(_ value: String, name: String, _ id: OperationID) -> String {
        let parts = [id.run, id.path, "\(id.attempt)", "\(id.poll)", name, value]
        return EvidenceBundles.digest(of: Array(parts.joined(separator: "\u{0}").utf8))
    }
}
