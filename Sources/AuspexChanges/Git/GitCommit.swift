package import AuspexSignals

/// One commit of a repository's main line: what it says and what it brought in.
package struct GitCommit: Hashable, Sendable {
    /// The full object name.
    package var sha: String
    /// The full object names of its parents: none for a root, two or more for a merge.
    package var parents: [String]
    /// When it was committed (the committer's date: the author's date survives rebases and may be years older).
    package var time: Timestamp
    /// The author's address, through `.mailmap`; may be empty.
    package var authorEmail: String
    /// The author's name, through `.mailmap`; may be empty.
    package var authorName: String
    /// The whole message.
    package var message: String
    /// What it changed against its first parent; against nothing for a root.
    package var files: [GitFileChange]

    /// Creates a commit.
    package init(
        sha: String, parents: [String] = [], time: Timestamp, authorEmail: String, authorName: String = "",
        message: String, files: [GitFileChange] = []
    ) {
        self.sha = sha
        self.parents = parents
        self.time = time
        self.authorEmail = authorEmail
        self.authorName = authorName
        self.message = message
        self.files = files
    }

    /// What tells developers apart: the address in lower case, or the name where there is none.
    package var developer: String { authorEmail.isEmpty ? authorName : authorEmail.lowercased() }

    /// Whether its message says that it fixes a defect; kept where only the first line of the message is.
    var isKnownFix: Bool?

    /// Whether it says that it fixes a defect, see ``FixMessage``.
    package var isFix: Bool { isKnownFix ?? FixMessage.tells(message) }

    /// The message's first line.
    package var subject: String { String(message.prefix { !$0.isNewline }) }
}

/// What a commit did to one file.
package struct GitFileChange: Hashable, Sendable {
    /// The path after the commit. Bytes that are not UTF-8 are replaced.
    package var path: String
    /// The path before, if the file was renamed.
    package var previousPath: String?
    /// Lines added; 0 for a binary file, 1 for a submodule.
    package var added: Int
    /// Lines deleted; 0 for a binary file.
    package var deleted: Int
    /// Whether git counts no lines because the file is binary.
    package var isBinary: Bool

    /// Creates a file's change.
    package init(path: String, previousPath: String? = nil, added: Int, deleted: Int, isBinary: Bool = false) {
        self.path = path
        self.previousPath = previousPath
        self.added = added
        self.deleted = deleted
        self.isBinary = isBinary
    }

    /// The directory, empty for a file in the root.
    package var directory: String {
        path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
    }

    /// The subsystem: the first component of the path, empty for a file in the root.
    package var subsystem: String {
        path.firstIndex(of: "/").map { String(path[..<$0]) } ?? ""
    }
}
