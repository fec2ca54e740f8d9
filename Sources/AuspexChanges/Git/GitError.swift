/// Why a repository cannot be read.
package enum GitError: Error, Hashable, Sendable, CustomStringConvertible {
    /// There is no `git` in the search path.
    case gitNotFound
    /// The directory does not exist or cannot be entered.
    case noSuchDirectory(String)
    /// The directory belongs to no repository.
    case notARepository(String)
    /// Git refuses the repository because somebody else owns it.
    case dubiousOwnership(String)
    /// The repository has no commits yet.
    case noCommits(String)
    /// The range is not `A..B` or a single revision.
    case malformedRange(String, reason: String)
    /// A revision is not known here.
    case unknownRevision(String, isShallow: Bool)
    /// The range holds no commit.
    case emptyRange(String)
    /// The range begins where the history of a shallow clone ends, so its size cannot be known.
    case shallowBoundary(String)
    /// Git did not finish in time.
    case timedOut(command: String, seconds: Double)
    /// Git wrote more than the limit.
    case outputTooLarge(command: String, limit: Int)
    /// Git wrote something else than expected.
    case unexpectedOutput(command: String, reason: String)
    /// Git failed.
    case failed(command: String, status: String, message: String)

    /// What was wrong and what would be right.
    package var description: String {
        switch self {
        case .gitNotFound:
            "git was not found in PATH: install git"
        case .noSuchDirectory(let path):
            "--repo \(path): no such directory"
        case .notARepository(let path):
            "--repo \(path): not a git repository, nor is any directory above it"
        case .dubiousOwnership(let path):
            "--repo \(path): git refuses it because another user owns it; if you trust it, run"
                + " git config --global --add safe.directory \(path)"
        case .noCommits(let path):
            "--repo \(path): the repository has no commits yet"
        case .malformedRange(let range, let reason):
            "--range '\(range)': \(reason); write A..B with two revisions, or one revision for one commit"
        case .unknownRevision(let revision, let isShallow):
            "--range: there is no commit '\(revision)' in this repository"
                + (isShallow ? "; the clone is shallow, fetch more history (git fetch --unshallow)" : "")
        case .emptyRange(let range):
            "--range '\(range)' holds no commit: the right side is contained in the left one;"
                + " for a rollback measure the range the other way round"
        case .shallowBoundary(let range):
            "--range '\(range)' reaches the end of a shallow clone; fetch more history (git fetch --unshallow)"
        case .timedOut(let command, let seconds):
            "git \(command) did not finish within \(seconds) s"
        case .outputTooLarge(let command, let limit):
            "git \(command) wrote more than \(limit) bytes"
        case .unexpectedOutput(let command, let reason):
            "git \(command) wrote something unexpected: \(reason)"
        case .failed(let command, let status, let message):
            "git \(command) failed (\(status)): \(message)"
        }
    }
}
