import AuspexSignals

/// A repository's past commits with their measures, and whether a later one had to repair them.
package struct LabelledHistory: Hashable, Sendable {
    /// One commit.
    package struct Commit: Hashable, Sendable {
        /// The full object name.
        package var sha: String
        /// Its time, measures and label.
        package var change: LabelledChange
    }

    /// The commits, oldest first.
    package var commits: [Commit]
    /// How many fixing commits were followed back.
    package var fixes: Int
    /// How many were left out: over the limits, or git could not tell.
    package var skippedFixes: Int
    /// How many commits are too young for a label.
    package var immature: Int
    /// How many older commits have no label because a later fix was not followed: there were more than the limit.
    package var unfollowed: Int

    /// A table that ``RiskTable`` reads.
    package var csv: String {
        let features = ChangeFeature.allCases
        var text = (["sha", "time", "harmful"] + features.map(\.rawValue)).joined(separator: ",") + "\n"
        for commit in commits {
            let fields =
                [commit.sha, commit.change.time.iso8601, commit.change.isHarmful ? "1" : "0"]
                + features.map { "\(commit.change.measures[$0])" }
            text += fields.joined(separator: ",") + "\n"
        }
        return text
    }
}
