package import AuspexSignals

/// One mistake in a document: where it is, what is wrong and what would be right.
package struct DocumentDiagnostic: Error, Hashable, Sendable, Codable, CustomStringConvertible {
    /// Where the mistake is.
    package var location: SourceLocation
    /// What is wrong and what would be right, a clause without a full stop.
    package var message: String

    /// Creates a diagnostic.
    package init(location: SourceLocation, message: String) {
        self.location = location
        self.message = message
    }

    /// `rules/disk.yaml:12:7: unknown key 'stauts'; did you mean 'status'?`
    package var description: String { "\(location): \(message)" }
}

/// Everything that is wrong with the documents that were read together; never empty.
package struct DocumentError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The mistakes, in order of file, line and column.
    package let diagnostics: [DocumentDiagnostic]

    /// Collects `diagnostics` in the order of their places.
    package init(_ diagnostics: [DocumentDiagnostic]) {
        self.diagnostics = diagnostics.sorted { left, right in
            let (one, other) = (left.location, right.location)
            if one.file != other.file { return one.file < other.file }
            return (one.line ?? 0, one.column ?? 0, left.message) < (other.line ?? 0, other.column ?? 0, right.message)
        }
    }

    /// One mistake about a whole file.
    package init(file: String, _ message: String) {
        self.init([DocumentDiagnostic(location: SourceLocation(file: file), message: message)])
    }

    /// One mistake a line.
    package var description: String { diagnostics.map(\.description).joined(separator: "\n") }
}

/// Gathers mistakes while a document is decoded, so that its author sees all of them at once.
///
/// A class, because the readers of a document's nested mappings all write to the same list. It stays inside one
/// decoding and is not `Sendable`.
package final class DiagnosticCollector {
    /// The mistakes so far, in the order in which they were found.
    package private(set) var diagnostics: [DocumentDiagnostic] = []

    /// Starts with no mistakes.
    package init() {}

    /// Whether there is nothing wrong so far.
    package var isEmpty: Bool { diagnostics.isEmpty }

    /// Adds a mistake.
    package func report(_ location: SourceLocation, _ message: String) {
        diagnostics.append(DocumentDiagnostic(location: location, message: message))
    }

    /// Adds mistakes found elsewhere.
    package func report(_ others: [DocumentDiagnostic]) {
        diagnostics += others
    }

    /// - Throws: ``DocumentError`` if there is a mistake.
    package func check() throws(DocumentError) {
        guard diagnostics.isEmpty else { throw DocumentError(diagnostics) }
    }
}
