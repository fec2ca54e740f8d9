package import AuspexSignals

/// What a run and its alert came to, as far as rates are about it.
package struct RunCourse: Hashable, Sendable {
    /// The run.
    package var run: RunRecord
    /// When its alert was over; nil while it fires, or when there is none.
    package var alertOverAt: Timestamp?
    /// When an alert of the same rule and group fired again after the run; nil for never.
    package var alertBackAt: Timestamp?

    /// Creates a course.
    package init(run: RunRecord, alertOverAt: Timestamp? = nil, alertBackAt: Timestamp? = nil) {
        self.run = run
        self.alertOverAt = alertOverAt
        self.alertBackAt = alertBackAt
    }

    /// Whether it was for nothing: its alert was over before the run changed anything, or a person stopped it as needless.
    var isFalse: Bool {
        if run.wasNeedless { return true }
        if run.blockedBy == RunGuards.Block.alertOver.code { return true }
        guard let over = alertOverAt else { return false }
        return run.firstChangeAt.map { over < $0 } ?? (run.status.isOver && over < run.updatedAt)
    }

    /// Whether the same trouble came back within `span` after a run that was verified.
    func isBack(within span: TimeSpan) -> Bool {
        guard run.status == .verified, let back = alertBackAt else { return false }
        return back >= run.updatedAt && back - run.updatedAt <= span
    }
}

extension RunRecord {
    /// What comes before the reason when a person stops a run as needless.
    private static let needless = "needless: "
    /// Who stops a run when a guard does.
    package static let guardName = "guard"

    /// The reason for stopping a run as needless.
    package static func needlessReason(_ reason: String) -> String { needless + reason }

    /// The reason for stopping a run because of a guard.
    package static func reason(for block: RunGuards.Block) -> String { "\(block.code): \(block)" }

    /// Whether a person stopped it as needless.
    package var wasNeedless: Bool { cancellation?.reason.hasPrefix(Self.needless) ?? false }

    /// The code of the guard that stopped it; nil when none did.
    package var blockedBy: String? {
        guard let cancellation, cancellation.by == Self.guardName else { return nil }
        return cancellation.reason.split(separator: ":", maxSplits: 1).first.map(String.init)
    }

    /// Who stopped it, and why.
    private var cancellation: (by: String, reason: String)? {
        guard case .cancelled(let text)? = ending, let colon = text.firstRange(of: ": ") else { return nil }
        return (String(text[..<colon.lowerBound]), String(text[colon.upperBound...]))
    }

    /// When it was written down that its first step that changes something would begin; nil before that, and for a step that
    /// a guard or a person kept from beginning.
    package var firstChangeAt: Timestamp? {
        changes.first { $0.state != .planned && $0.mayHaveHappened }?.intentAt.wall
    }

    /// Since when new alerts, and those that ended unheard, count against the verification at `path`: since the run began to
    /// change something and, where it has not, since that began. Nil where it has not begun.
    package func newsSince(_ verification: Verification, at path: String) -> Timestamp? {
        firstChangeAt ?? lastAttempt(at: path).map { verification.start(begunAt: $0.intentAt.wall) }
    }
}
