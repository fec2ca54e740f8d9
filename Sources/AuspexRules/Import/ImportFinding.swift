package import AuspexSignals

/// Something that the import of rules has to say: what was left out, and what is not quite what it was.
package struct ImportFinding: Hashable, Sendable, CustomStringConvertible {
    /// What it is about.
    package enum Subject: Hashable, Sendable {
        /// An alert, by its name.
        case alert(String)
        /// A recording rule, by the name of what it records.
        case recording(String)
        /// A group of rules, by its name.
        case group(String)
        /// Something else, in words.
        case other(String)
    }

    /// What it is about.
    package let subject: Subject
    /// Where it stands: for what can't be said, the place in the expression.
    package let location: SourceLocation
    /// Whether a rule is missing because of it.
    package let isLeftOut: Bool
    /// Why, or what is different, and what to do about it.
    package let message: String

    init(_ subject: Subject, at location: SourceLocation, isLeftOut: Bool, _ message: String) {
        self.subject = subject
        self.location = location
        self.isLeftOut = isLeftOut
        self.message = message
    }

    /// `rules.yml:12:13: alert 'Slow': rate() looks at …`; a note begins with `note:` after the subject.
    package var description: String {
        let name =
            switch subject {
            case .alert(let name): "alert '\(name)'"
            case .recording(let name): "recording rule '\(name)'"
            case .group(let name): "group '\(name)'"
            case .other(let words): words
            }
        return "\(location): \(name): \(isLeftOut ? "" : "note: ")\(message)"
    }
}
