import AuspexDocuments
import AuspexRunbooks
package import AuspexSignals
import AuspexStore
import Crypto
import Foundation

/// What people who help need to know of an engine, and nothing that they must not: files for an archive, every text of
/// which went through the redactor and a mask of all secrets that are known.
///
/// What cannot be found out is told in its place; it keeps nothing else from being told.
package struct SupportBundle: Sendable {
    /// A file of the bundle.
    package struct File: Hashable, Sendable {
        /// Its name.
        package var name: String
        /// What is in it.
        package var bytes: [UInt8]
    }

    /// Where to look.
    package struct Sources: Sendable {
        /// The data directory; nil for none.
        package var dataDirectory: String?
        /// The configuration file; nil for none.
        package var configuration: String?
        /// The process's environment.
        package var environment: [String: String]
        /// What a running engine says of itself, by the names of the files for it.
        package var answers: [String: String] = [:]
        /// The version of the program.
        package var version: String
        /// Now.
        package var now: Timestamp

        /// Names sources.
        package init(
            dataDirectory: String?, configuration: String?, environment: [String: String], version: String,
            now: Timestamp
        ) {
            self.dataDirectory = dataDirectory
            self.configuration = configuration
            self.environment = environment
            self.version = version
            self.now = now
        }
    }

    private static let prefix = "AUSPEX_"
    private let sources: Sources

    /// A bundle of what these sources say.
    package init(_ sources: Sources) {
        self.sources = sources
    }

    /// The files, in the order of their names; `manifest.json` with the SHA-256 of the others among them.
    ///
    /// - Throws: when the redactor's own patterns cannot be compiled.
    package func files() async throws -> [File] {
        let excerpt = sources.configuration.map { path in
            Result { try ConfigurationExcerpt(path: path) }
        }
        let veil = Veil(
            redactor: try Redactor(), mask: SecretMask(knownSecrets + ((try? excerpt?.get())?.secrets ?? [])))
        var values: [String: JSONValue] = [:]
        values["version.json"] = .object([
            "auspex": .string(sources.version), "at": .string(sources.now.iso8601),
        ])
        values["host.json"] = HostFacts.json(directory: sources.dataDirectory)
        switch excerpt {
        case .success(let excerpt): values["configuration.json"] = .array(excerpt.documents)
        case .failure(let error): values["configuration.json"] = problem(error)
        case nil: break
        }
        if let directory = sources.dataDirectory {
            values["data-directory.json"] = DirectoryListing.json(
                of: directory, without: secretFiles + ((try? excerpt?.get())?.secretFiles ?? []))
            for (name, value) in await database(directory) { values[name] = value }
        }
        // Taken apart for the veil, so that what it does leaves them JSON.
        var texts = values.mapValues { pretty(veil.over($0)) }
        texts["environment.json"] = pretty(.object(environment))
        for (name, text) in sources.answers { texts[name] = veil.over(text) }
        var files = texts.map { File(name: $0.key, bytes: Array($0.value.utf8)) }
        let digests = files.map { file in
            let digest = SHA256.hash(data: file.bytes).map { String(UInt16($0) + 0x100, radix: 16).dropFirst() }
            return (
                file.name,
                JSONValue.object(["bytes": .int(Int64(file.bytes.count)), "sha256": .string(digest.joined())])
            )
        }
        let manifest = JSONValue.object(Dictionary(uniqueKeysWithValues: digests))
        files.append(File(name: "manifest.json", bytes: Array(pretty(manifest).utf8)))
        return files.sorted { $0.name < $1.name }
    }

    // MARK: - Parts

    private func database(_ directory: String) async -> [String: JSONValue] {
        let inspection: StoreInspection
        do {
            inspection = try StoreInspection(directory: directory)
        } catch {
            return ["database.json": problem(error)]
        }
        return [
            "database.json": await value { try await inspection.summary() },
            "failures.json": await value { .array(try await inspection.failures()) },
            "audit.json": await value { .array(try await inspection.auditTail()) },
        ]
    }

    /// What `body` finds out, or why it cannot.
    private func value(_ body: () async throws -> JSONValue) async -> JSONValue {
        do {
            return try await body()
        } catch {
            return problem(error)
        }
    }

    /// The names of the settings in the environment; that they are set is all that is told of them.
    private var environment: [String: JSONValue] {
        Dictionary(
            uniqueKeysWithValues: sources.environment.keys.filter { $0.hasPrefix(Self.prefix) }
                .map { ($0, JSONValue.string("set")) })
    }

    /// The values of variables that are secrets by their names.
    private var knownSecrets: [String] {
        sources.environment.filter { ConfigurationExcerpt.isSecret($0.key) || $0.key.contains("CHANNEL") }.map(\.value)
    }

    /// The files with secrets that variables name.
    private var secretFiles: [String] {
        sources.environment.filter { $0.key.hasPrefix(Self.prefix) && $0.key.hasSuffix("_FILE") }.map(\.value)
    }

    private func problem(_ error: any Error) -> JSONValue { .object(["problem": .string("\(error)")]) }

    private func pretty(_ value: JSONValue) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        // A JSON value always has a text; should it not, the canonical one is as good.
        let text = (try? encoder.encode(value)).map { String(decoding: $0, as: UTF8.self) }
        return (text ?? value.canonicalText) + "\n"
    }
}

/// Hides secrets: those that are known, and what looks like one.
private struct Veil {
    let redactor: Redactor
    let mask: SecretMask

    func over(_ text: String) -> String { redactor.redacted(mask.masked(text)) }

    /// The value with every text in it veiled, and with those whole that stand under the name of a secret.
    func over(_ value: JSONValue) -> JSONValue {
        switch value {
        case .string(let text): .string(over(text))
        case .array(let elements): .array(elements.map(over))
        case .object(let members):
            .object(
                Dictionary(
                    members.map { name, value -> (String, JSONValue) in
                        let hides = value.string != nil && ConfigurationExcerpt.isSecret(name)
                        return (mask.masked(name), hides ? .string(SecretMask.mask) : over(value))
                    }
                ) { first, _ in first })
        default: value
        }
    }
}
