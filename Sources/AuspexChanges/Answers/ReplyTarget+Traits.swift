package import AuspexSignals
import Foundation

extension DeploymentQuestion.ReplyTarget {
    /// What it is, for the ids of replies.
    var name: String {
        switch self {
        case .poll: "poll"
        case .gitHubProtectionRule: "github-rule"
        case .gitHubStatus: "github-status"
        case .gitHubCheck: "github-check"
        case .gitLabStatusCheck: "gitlab-check"
        case .gitLabDeployment: "gitlab-deployment"
        }
    }

    /// Whether it forgets that the gate waits unless it is told again.
    var mustBeRepeated: Bool { if case .gitLabStatusCheck = self { true } else { false } }

    /// Whether what it was told can be told otherwise later. A deployment that was rejected stays so at GitHub and GitLab.
    package var takesCorrections: Bool {
        switch self {
        case .poll, .gitHubStatus, .gitHubCheck, .gitLabStatusCheck: true
        case .gitHubProtectionRule, .gitLabDeployment: false
        }
    }

    /// The installation of the app at GitHub, if there is one.
    var installation: Int64? {
        switch self {
        case .gitHubProtectionRule(_, _, _, let installation), .gitHubCheck(_, _, let installation): installation
        case .gitHubStatus(_, _, let installation): installation
        case .poll, .gitLabStatusCheck, .gitLabDeployment: nil
        }
    }
}

extension DeploymentQuestion {
    /// The repository at GitHub as `owner/name`; nil where the question is about none.
    var gitHubRepository: String? {
        switch reply {
        case .gitHubProtectionRule(let repository, _, _, _), .gitHubStatus(let repository, _, _),
            .gitHubCheck(let repository, _, _):
            return repository
        // A name such as a/b may be that of a repository anywhere.
        case .poll, .gitLabStatusCheck, .gitLabDeployment: return nil
        }
    }
}

extension Encodable {
    /// The value as JSON with its members in order of their names.
    func jsonData() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(self)
    }
}
