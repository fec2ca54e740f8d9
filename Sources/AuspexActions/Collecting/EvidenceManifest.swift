/// What is in a bundle, as its file `manifest.json` says.
package struct EvidenceManifest: Hashable, Sendable, Codable {
    /// The file's name.
    package static let fileName = "manifest.json"
    /// The version of the format.
    package static let currentVersion = 1

    /// One output or file.
    package struct Part: Hashable, Sendable, Codable {
        /// What a part came from.
        package enum Source: String, Hashable, Sendable, Codable {
            /// Standard output of a command.
            case output
            /// Standard error of a command.
            case errorOutput = "error_output"
            /// A file.
            case file
        }

        /// What it came from.
        package var source: Source
        /// The command as a JSON list, or the file's path; secrets masked.
        package var what: String
        /// The file in the bundle; nil when there is nothing.
        package var file: String?
        /// A command's exit code.
        package var exit: Int?
        /// Bytes of the file in the bundle.
        package var bytes: Int
        /// Bytes of the source that are not in it, for its size or because they may belong to a secret that was cut.
        package var cut: Int64
        /// SHA-256 of the file in the bundle, in hexadecimal; nil when there is none.
        package var sha256: String?
        /// Why it failed; nil when it did not. A command that fails may have an output all the same.
        package var problem: String?
    }

    /// The version of the format.
    package var version: Int
    /// What the bundle is called.
    package var bundle: String
    /// The run.
    package var run: String
    /// The step's path.
    package var step: String
    /// When it was collected.
    package var collectedAt: String
    /// How secrets were looked for: `default` or `none`.
    package var redaction: String
    /// Its parts, in the order in which they were collected.
    package var parts: [Part]
}
