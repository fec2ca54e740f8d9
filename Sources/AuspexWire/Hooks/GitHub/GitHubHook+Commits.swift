import AuspexSignals

/// Commits that reach the default branch are changes, pending until somebody reports how they fared: most pipelines
/// deploy them by themselves. A push and the merge that caused it have the same commit and so the same change's id.
extension GitHubHook {
    /// `push`: a branch or a tag has moved.
    static func push(_ body: HookNode, _ context: HookContext) throws(HookError) -> [HookDelivery.Item] {
        let repository = try GitHubRepository(body)
        let ref = try body.identifier("ref")
        let before = try body.identifier("before")
        let after = try body.identifier("after")
        if GitObject.isNone(after) { return [.ignored("'\(ref)' was deleted")] }
        if ref.hasPrefix("refs/tags/") { return [.ignored("'\(ref)' is a tag")] }
        let head = body["head_commit"]
        let committed = try head?.time("timestamp")
        let time = repository.pushedAt ?? committed ?? context.receivedAt
        var items: [HookDelivery.Item] = []
        let listed = body["commits"]?.elements ?? []
        let commits = PushedCommits(
            repository: repository.fullName, sha: after, before: GitObject.isNone(before) ? "" : before,
            committedAt: try oldest(listed), count: listed.count, pushedAt: time)
        if ref == "refs/heads/\(repository.defaultBranch)" {
            var change = change(
                after, repository, context,
                author: body.login("sender").nonEmpty ?? body["pusher"]?.label("name") ?? "",
                title: head?.headline("message") ?? "", at: time)
            change.previousVersion = commits.before
            change.committedAt = commits.committedAt
            change.commits = listed.isEmpty ? nil : listed.count
            items.append(.change(change))
        }
        if !listed.isEmpty { items.append(.commits(commits)) }
        return items.isEmpty ? [.ignored("'\(ref)' is not the default branch, and brings no commits")] : items
    }

    /// When the oldest of the commits was made.
    static func oldest(_ commits: [HookNode]) throws(HookError) -> Timestamp? {
        var oldest: Timestamp?
        for commit in commits {
            guard let time = try commit.time("timestamp") else { return nil }
            oldest = min(oldest ?? time, time)
        }
        return oldest
    }

    /// `pull_request`: one was opened, updated, merged, closed…
    static func pullRequest(_ body: HookNode, _ context: HookContext) throws(HookError) -> [HookDelivery.Item] {
        let repository = try GitHubRepository(body)
        let request = try body.object("pull_request")
        let number = try request.number("number")
        guard body.label("action") == "closed", request["merged"]?.value.bool == true else {
            return [.ignored("pull request \(number) has changed nothing yet")]
        }
        let branch = try request.object("base").identifier("ref")
        guard branch == repository.defaultBranch else { return [.ignored("'\(branch)' is not the default branch")] }
        var change = change(
            try request.identifier("merge_commit_sha"), repository, context, author: request.login("user"),
            title: request.headline("title"), at: try request.neededTime("merged_at"))
        change.commits = request["commits"]?.wholeNumber.flatMap { Int(exactly: $0) }
        return [.change(change)]
    }

    private static func change(
        _ sha: String, _ repository: GitHubRepository, _ context: HookContext, author: String, title: String,
        at time: Timestamp
    ) -> Change {
        let place = context.place([repository.fullName], service: repository.name)
        return Change(
            id: "github:\(repository.fullName):commit:\(sha)", kind: .deploy, service: place.service,
            environment: place.environment, version: sha, author: author, title: title, startedAt: time,
            outcome: .pending, source: "github", repository: repository.fullName)
    }
}

/// Names of objects in git.
enum GitObject {
    /// Whether the name is the one that git writes for no object: zeros only.
    static func isNone(_ sha: String) -> Bool { sha.utf8.allSatisfy { $0 == UInt8(ascii: "0") } }

    /// Whether the text is a whole name, of SHA-1 or SHA-256.
    static func isName(_ text: some StringProtocol) -> Bool {
        [40, 64].contains(text.utf8.count) && text.utf8.allSatisfy { Character(Unicode.Scalar($0)).isHexDigit }
    }
}
