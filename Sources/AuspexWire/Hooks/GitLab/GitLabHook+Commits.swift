import AuspexSignals

extension GitLabHook {
    /// `push`: a branch has moved. As at GitHub, commits that reach the default branch are a change.
    ///
    /// Only the newest 20 commits are listed; where there are more, nobody knows how old the oldest is.
    static func push(_ body: HookNode, _ context: HookContext) throws(HookError) -> [HookDelivery.Item] {
        let project = try GitLabProject(body)
        let ref = try body.identifier("ref")
        let before = try body.identifier("before")
        let after = try body.identifier("after")
        if GitObject.isNone(after) { return [.ignored("'\(ref)' was deleted")] }
        let listed = body["commits"]?.elements ?? []
        let total = body["total_commits_count"]?.wholeNumber.flatMap { Int(exactly: $0) } ?? listed.count
        let count = max(total, listed.count)
        let commits = PushedCommits(
            repository: project.path, sha: after, before: GitObject.isNone(before) ? "" : before,
            committedAt: count == listed.count ? try GitHubHook.oldest(listed) : nil, count: count,
            pushedAt: context.receivedAt)
        var items: [HookDelivery.Item] = []
        if ref == "refs/heads/\(project.defaultBranch)" {
            let place = context.place([project.path], service: project.name)
            let head = listed.last { $0.label("id") == after }
            items.append(
                .change(
                    Change(
                        id: "gitlab:\(project.path):commit:\(after)", service: place.service,
                        environment: place.environment, version: after, previousVersion: commits.before,
                        author: body.label("user_username"), title: head?.headline("message") ?? "",
                        startedAt: context.receivedAt, source: "gitlab", repository: project.path,
                        committedAt: commits.committedAt, commits: count == 0 ? nil : count)))
        }
        if count > 0 { items.append(.commits(commits)) }
        return items.isEmpty ? [.ignored("'\(ref)' is not the default branch, and brings no commits")] : items
    }

    /// `merge_request`: of use when it comes from an external status check, which waits for an answer.
    static func mergeRequest(_ body: HookNode, _ context: HookContext) throws(HookError) -> HookDelivery.Item {
        guard let check = body["external_approval_rule"] else {
            return .ignored("a merge request changes nothing by itself; the push that merges it tells")
        }
        let project = try GitLabProject(body)
        let request = try body.object("object_attributes")
        let number = try request.number("iid")
        let id = try check.number("id")
        let sha = try request.object("last_commit").identifier("id")
        let place = context.place([project.path], service: project.name)
        return .question(
            DeploymentQuestion(
                id: context.questionID(project.path, "merge_request", String(number), String(id), sha),
                service: place.service, environment: place.environment, sha: sha, repository: project.path,
                author: body["user"]?.label("username") ?? "",
                reply: .gitLabStatusCheck(project: project.id, mergeRequest: number, sha: sha, check: id)))
    }
}
