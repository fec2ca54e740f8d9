package import AuspexSignals

/// Sends replies over HTTP, to the hosts of the configuration only.
package struct HTTPReplySender: ReplySender {
    /// The longest that one attempt may take. GitHub and GitLab give a webhook 10 s; none of them takes longer to answer.
    package static let timeout = TimeSpan.seconds(10)

    private let gitHub: GitHubReplies?
    private let gitLab: GitLabReplies?
    private let events: EventReplies?
    private let webhook: WebhookReplies?

    /// Creates a sender.
    package init(_ access: ReplyAccess, timeout: TimeSpan = Self.timeout) {
        self.init(access, timeout: timeout, resolver: .system)
    }

    init(_ access: ReplyAccess, timeout: TimeSpan, resolver: HostResolver) {
        let line = ReplyLine(hosts: access.hosts, timeout: timeout, resolver: resolver)
        gitHub = access.gitHub.map { GitHubReplies($0, line) }
        gitLab = access.gitLab.map { GitLabReplies($0, line) }
        events = access.cdEvents.map { EventReplies(url: $0, line: line) }
        webhook = access.webhook.map { WebhookReplies(access: $0, line: line) }
    }

    package func send(_ reply: OutgoingReply, at now: Timestamp) async -> ReplyOutcome {
        switch reply.destination {
        case .asker(let target):
            switch target {
            case .poll: return .refused("whoever asked comes back for the answer")
            case .gitHubProtectionRule, .gitHubStatus, .gitHubCheck:
                guard let gitHub else { return .refused("answers.github is not configured") }
                return await gitHub.send(reply, to: target, at: now)
            case .gitLabStatusCheck, .gitLabDeployment:
                guard let gitLab else { return .refused("answers.gitlab is not configured") }
                return await gitLab.send(reply, to: target, at: now)
            }
        case .cdEvents:
            guard let events else { return .refused("answers.cdevents is not configured") }
            return await events.send(reply, at: now)
        case .webhook:
            guard let webhook else { return .refused("answers.webhook is not configured") }
            return await webhook.send(reply, at: now)
        }
    }
}
