/// Where a reply of the gate goes.
package enum ReplyDestination: Hashable, Sendable, Codable {
    /// To whoever asked, in the asker's own form.
    case asker(DeploymentQuestion.ReplyTarget)
    /// To the sink of CDEvents.
    case cdEvents
    /// To the webhook of the operator's own.
    case webhook

    /// The systems that replies go to. One that does not answer must not hold up the others.
    package enum System: String, Hashable, Sendable, Codable, CaseIterable {
        case gitHub = "github"
        case gitLab = "gitlab"
        case cdEvents = "cdevents"
        case webhook
    }

    /// The system; nil where whoever asked comes back for the answer.
    package var system: System? {
        switch self {
        case .asker(.poll): nil
        case .asker(.gitHubProtectionRule), .asker(.gitHubStatus), .asker(.gitHubCheck): .gitHub
        case .asker(.gitLabStatusCheck), .asker(.gitLabDeployment): .gitLab
        case .cdEvents: .cdEvents
        case .webhook: .webhook
        }
    }
}
