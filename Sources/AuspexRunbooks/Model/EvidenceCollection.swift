/// Outputs of commands and contents of files to put aside before they are gone. Collecting changes nothing.
package struct EvidenceCollection: Hashable, Sendable, Codable {
    /// How secrets are looked for.
    package enum Redaction: String, Hashable, Sendable, Codable, CaseIterable {
        /// By the names and forms that secrets usually have.
        case standard = "default"
        /// Not at all.
        case none
    }

    /// Most bytes of a bundle where nothing is said (1 MiB).
    package static let defaultBytes: Int64 = 1 << 20
    /// Bytes that a bundle may be allowed: at least a page, and no more than is looked through for secrets in a second
    /// (16 MiB).
    package static let bytes: ClosedRange<Int64> = 4_096...(16 << 20)
    /// Commands and files together.
    package static let mostParts = 50

    /// What to run, in order.
    package var commands: [Command]
    /// The absolute paths of the files.
    package var files: [String]
    /// Most bytes of all parts together.
    package var maxBytes: Int64
    /// How secrets are looked for.
    package var redaction: Redaction
    /// RE2 patterns of what is masked besides.
    package var patterns: [String]
    /// What the bundle is called.
    package var bundle: String

    /// Creates a collection.
    package init(
        commands: [Command] = [], files: [String] = [], maxBytes: Int64 = Self.defaultBytes,
        redaction: Redaction = .standard, patterns: [String] = [], bundle: String
    ) {
        self.commands = commands
        self.files = files
        self.maxBytes = maxBytes
        self.redaction = redaction
        self.patterns = patterns
        self.bundle = bundle
    }
}

/// A collection with parameters in it.
package struct EvidenceTemplate: Sendable {
    /// What to run, in order.
    package var commands: [CommandTemplate]
    /// The paths of the files.
    package var files: [Template]
    /// Most bytes of all parts together.
    package var maxBytes: Int64
    /// How secrets are looked for.
    package var redaction: EvidenceCollection.Redaction
    /// RE2 patterns of what is masked besides.
    package var patterns: [String]
    /// What the bundle is called.
    package var bundle: Template
}
