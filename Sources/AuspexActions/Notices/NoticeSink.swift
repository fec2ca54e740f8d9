package import AuspexRunbooks

/// Who tells people that a run needs them.
package protocol NoticeSink: Sendable {
    /// Passes a notice on. The same ``RunNotice/key`` may come twice and should reach people once.
    ///
    /// - Throws: Why it has not arrived.
    func tell(_ notice: RunNotice) async throws
}

/// Why a notice has not arrived.
package struct NoticeError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is in the way.
    package let description: String
}
