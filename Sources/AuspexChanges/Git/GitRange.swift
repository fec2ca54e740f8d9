/// What to measure: `A..B`, everything that B has and A has not, or one revision, that commit alone.
package struct GitRange: Hashable, Sendable, CustomStringConvertible {
    /// The revision before; nil for a single commit.
    package let from: String?
    /// The revision after.
    package let to: String
    /// The range as it was written.
    package let description: String

    /// Longer than any branch name or object name that a file system allows.
    private static let longestRevision = 1_024

    /// Parses a range. An empty side means `HEAD`, as in git.
    ///
    /// Revisions are handed to git as arguments, never to a shell; what git could take for an option or for more than
    /// one revision is refused here.
    package init(parsing text: String) throws(GitError) {
        description = text
        guard !text.isEmpty else { throw .malformedRange(text, reason: "it is empty") }
        guard let separator = text.firstRange(of: "..") else {
            from = nil
            to = try Self.revision(text, in: text)
            return
        }
        let left = text[..<separator.lowerBound]
        let right = text[separator.upperBound...]
        if right.hasPrefix(".") {
            throw .malformedRange(text, reason: "three dots (what either side has alone) are not a change")
        }
        if left.isEmpty, right.isEmpty { throw .malformedRange(text, reason: "both sides are empty") }
        from = left.isEmpty ? "HEAD" : try Self.revision(String(left), in: text)
        to = right.isEmpty ? "HEAD" : try Self.revision(String(right), in: text)
    }

    private static func revision(_ revision: String, in range: String) throws(GitError) -> String {
        if revision.hasPrefix("-") {
            throw .malformedRange(range, reason: "a revision must not begin with '-'")
        }
        if revision.hasPrefix("^") {
            throw .malformedRange(range, reason: "'^' in front of a revision is not supported")
        }
        if revision.contains("..") {
            throw .malformedRange(range, reason: "there is more than one '..'")
        }
        if revision.utf8.contains(where: { $0 <= 0x20 || $0 == 0x7f }) {
            throw .malformedRange(range, reason: "a revision must not contain blanks or control characters")
        }
        if revision.utf8.count > longestRevision {
            throw .malformedRange(range, reason: "a revision is longer than \(longestRevision) bytes")
        }
        return revision
    }
}
