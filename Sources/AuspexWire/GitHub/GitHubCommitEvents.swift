import AuspexSignals

/// Commits that reach the default branch are changes, pending until somebody reports how they fared: most pipelines
/// deploy them by themselves. A push and the merge that caused it have the same commit and so the same change's id.
private func commitChange(
    _ sha: String, in repository: GitHubRepository, previous: String, author: String, title: String, at time: Timestamp
) -> Change {
    Change(
        id: "github:\(repository.fullName):commit:\(sha)", kind: .deploy, service: repository.name, version: sha,
        previousVersion: previous, author: author, title: title, startedAt: time, outcome: .pending, source: "github")
}

/// `push`: a branch or a tag has moved.
struct GitHubPushEvent: Decodable {
    struct Commit: Decodable {
        let message: String?
        let timestamp: GitHubTime?
    }

    struct Pusher: Decodable {
        let name: String?
    }

    let ref: String
    let before: String
    let after: String
    let headCommit: Commit?
    let pusher: Pusher?
    let sender: GitHubUser?
    let repository: GitHubRepository

    private enum CodingKeys: String, CodingKey {
        case ref, before, after, pusher, sender, repository
        case headCommit = "head_commit"
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        ref = try container.nonEmpty(.ref)
        before = try container.nonEmpty(.before)
        after = try container.nonEmpty(.after)
        headCommit = try container.decodeIfPresent(Commit.self, forKey: .headCommit)
        pusher = try container.decodeIfPresent(Pusher.self, forKey: .pusher)
        sender = try container.decodeIfPresent(GitHubUser.self, forKey: .sender)
        repository = try container.decode(GitHubRepository.self, forKey: .repository)
    }

    func delivery(id: String, receivedAt: Timestamp) -> GitHubDelivery {
        GitHubDelivery(
            id: id, event: "push", repository: repository.fullName, content: content(receivedAt: receivedAt))
    }

    private func content(receivedAt: Timestamp) -> GitHubDelivery.Content {
        if Self.isZero(after) { return .ignored(.deletion(ref)) }
        if ref.hasPrefix("refs/tags/") { return .ignored(.tag(ref)) }
        guard let branch = repository.defaultBranch, ref == "refs/heads/\(branch)" else {
            return .ignored(.branch(ref))
        }
        let pushed = repository.pushedAt.flatMap(Self.moment)
        return .change(
            commitChange(
                after, in: repository, previous: Self.isZero(before) ? "" : before,
                author: sender?.login ?? pusher?.name ?? "", title: headCommit?.message?.headline ?? "",
                at: pushed ?? headCommit?.timestamp?.timestamp ?? receivedAt))
    }

    /// Git writes "no commit" as an object name of zeros only.
    private static func isZero(_ sha: String) -> Bool { sha.utf8.allSatisfy { $0 == UInt8(ascii: "0") } }

    private static func moment(seconds: Int64) -> Timestamp? {
        let (milliseconds, overflow) = seconds.multipliedReportingOverflow(by: 1_000)
        return overflow ? nil : Timestamp(milliseconds: milliseconds)
    }
}

/// `pull_request`: one was opened, updated, merged, closed…
struct GitHubPullRequestEvent: Decodable {
    struct PullRequest: Decodable {
        struct Branch: Decodable {
            let ref: String
            let sha: String
        }

        let number: Int
        let title: String
        let state: String
        let merged: Bool?
        let mergedAt: GitHubTime?
        let mergeCommit: String?
        let user: GitHubUser?
        let head: Branch
        let base: Branch
        let additions: Int?
        let deletions: Int?
        let changedFiles: Int?
        let commits: Int?

        private enum CodingKeys: String, CodingKey {
            case number, title, state, merged, user, head, base, additions, deletions, commits
            case mergedAt = "merged_at"
            case mergeCommit = "merge_commit_sha"
            case changedFiles = "changed_files"
        }
    }

    let action: String
    let pullRequest: PullRequest
    let repository: GitHubRepository

    private enum CodingKeys: String, CodingKey {
        case action, repository
        case pullRequest = "pull_request"
    }

    func delivery(id: String) -> GitHubDelivery {
        GitHubDelivery(
            id: id, event: "pull_request", repository: repository.fullName, content: content, size: size)
    }

    private var content: GitHubDelivery.Content {
        switch action {
        case "closed":
            guard pullRequest.merged == true, let commit = pullRequest.mergeCommit, !commit.isEmpty,
                let time = pullRequest.mergedAt
            else { return .proposal(proposal) }
            guard pullRequest.base.ref == repository.defaultBranch else {
                return .ignored(.branch(pullRequest.base.ref))
            }
            return .change(
                commitChange(
                    commit, in: repository, previous: "", author: pullRequest.user?.login ?? "",
                    title: pullRequest.title.headline, at: time.timestamp))
        case "opened", "reopened", "synchronize", "ready_for_review", "edited":
            return .proposal(proposal)
        default:
            return .ignored(.action(action.headline))
        }
    }

    private var proposal: GitHubProposal {
        GitHubProposal(
            number: pullRequest.number, title: pullRequest.title.headline, author: pullRequest.user?.login ?? "",
            head: pullRequest.head.sha, base: pullRequest.base.sha, isOpen: pullRequest.state == "open")
    }

    private var size: GitHubChangeSize? {
        guard let additions = pullRequest.additions, let deletions = pullRequest.deletions,
            let files = pullRequest.changedFiles, let commits = pullRequest.commits
        else { return nil }
        return GitHubChangeSize(additions: additions, deletions: deletions, files: files, commits: commits)
    }
}
