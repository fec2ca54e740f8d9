package import AuspexSignals

extension Change {
    /// This change as it is known, with what a further report of it says.
    ///
    /// Reports come twice and in any order, so the result does not depend on the order: a text that is known is not
    /// overwritten by an empty one, the earlier beginning counts, and a pending report never undoes an outcome. Of two
    /// outcomes the one that ended later counts; where that does not decide, the report.
    package func merged(with report: Change) -> Change {
        var merged = report
        func keep(_ member: WritableKeyPath<Change, String>) {
            if merged[keyPath: member].isEmpty { merged[keyPath: member] = self[keyPath: member] }
        }
        for member in [\Change.service, \.environment, \.version, \.previousVersion, \.author, \.title, \.source] {
            keep(member)
        }
        merged.repository = report.repository ?? repository
        merged.commits = report.commits ?? commits
        merged.committedAt = [committedAt, report.committedAt].compactMap(\.self).min()
        merged.startedAt = min(startedAt, report.startedAt)
        if isSettledLater(than: report) {
            merged.outcome = outcome
            merged.endedAt = endedAt
        }
        return merged
    }

    private func isSettledLater(than report: Change) -> Bool {
        if outcome == .pending || report.outcome == .pending { return report.outcome == .pending }
        guard let mine = endedAt, let theirs = report.endedAt else { return false }
        return mine > theirs
    }
}
