package import Foundation

/// A secret that a sender of webhooks proves itself with; its raw value is the setting's name in `hooks:`.
///
/// Of several secrets of a sender the first one counts for which the delivery has a proof: signatures before tokens.
package enum HookKey: String, Hashable, Sendable, CaseIterable {
    /// What GitHub signs with.
    case githubSecret = "github_secret"
    /// What GitLab signs with, as Standard Webhooks say.
    case gitlabSigningToken = "gitlab_signing_token"
    /// What GitLab signs the calls of an external status check with.
    case gitlabCheckSecret = "gitlab_check_secret"
    /// What GitLab sends in `X-Gitlab-Token`.
    case gitlabToken = "gitlab_token"
    /// What CircleCI signs with.
    case circleciSecret = "circleci_secret"
    /// The bearer token or the password of Jenkins.
    case jenkinsToken = "jenkins_token"
    /// The bearer token or the password of Argo CD.
    case argocdToken = "argocd_token"
    /// The bearer token or the password of Flagger, or the `token` in its metadata.
    case flaggerToken = "flagger_token"
    /// The bearer token or the password of Spinnaker.
    case spinnakerToken = "spinnaker_token"
    /// What senders of CDEvents sign with, as Standard Webhooks say.
    case cdeventsSecret = "cdevents_secret"
    /// The bearer token or the password of senders of CDEvents.
    case cdeventsToken = "cdevents_token"
    /// What senders of our own format sign with, as Standard Webhooks say.
    case genericSecret = "generic_secret"
    /// The bearer token or the password of senders of our own format.
    case genericToken = "generic_token"

    /// Whose secret it is.
    package var sender: HookSender {
        switch self {
        case .githubSecret: .github
        case .gitlabToken, .gitlabSigningToken, .gitlabCheckSecret: .gitlab
        case .circleciSecret: .circleci
        case .jenkinsToken: .jenkins
        case .argocdToken: .argocd
        case .flaggerToken: .flagger
        case .spinnakerToken: .spinnaker
        case .cdeventsSecret, .cdeventsToken: .cdevents
        case .genericSecret, .genericToken: .generic
        }
    }

    /// The setting's name of the secret before this one, which still counts while it is replaced:
    /// `github_previous_secret`.
    package var previousName: String {
        let end = rawValue.firstIndex(of: "_") ?? rawValue.endIndex
        return rawValue[..<end] + "_previous" + rawValue[end...]
    }

    /// Whether the secret is one of Standard Webhooks: `whsec_` and the base64 of the key.
    package var isStandard: Bool {
        switch self {
        case .gitlabSigningToken, .cdeventsSecret, .genericSecret: true
        default: false
        }
    }

    /// The key that the secret stands for; nil when the text cannot be one.
    ///
    /// Source: Standard Webhooks 1.0, Signature scheme: 24 to 64 bytes, serialised as base64 with `whsec_` before it.
    package func bytes(of text: String) -> Data? {
        guard isStandard else { return text.isEmpty ? nil : Data(text.utf8) }
        let prefix = "whsec_"
        let sizes = 24...64
        let encoded = text.hasPrefix(prefix) ? String(text.dropFirst(prefix.count)) : text
        guard let key = Data(base64Encoded: encoded), sizes.contains(key.count) else { return nil }
        return key
    }

    /// What would be a right secret, for messages.
    package var form: String {
        isStandard ? "whsec_ and the base64 of 24 to 64 bytes" : "a text that is not empty"
    }
}
