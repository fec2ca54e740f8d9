package import AuspexRunbooks

/// Who tells people that a run needs them.
package protocol NoticeSink: Sendable {
    /// Passes a notice on, best effort. The same ``RunNotice/key`` may come twice and should reach people once.
    func tell(_ notice: RunNotice) async
}
