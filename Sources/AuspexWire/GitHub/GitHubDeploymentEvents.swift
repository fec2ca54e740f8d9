import AuspexSignals
import Foundation

/// What GitHub calls a deployment: the request to bring a commit into an environment.
struct GitHubDeployment: Decodable {
    let id: Int64
    let sha: String
    let ref: String
    let environment: String
    let description: String?
    let creator: GitHubUser?
    let createdAt: GitHubTime
    /// What the deployer attached: an object, or a text that may hold one.
    let payload: JSONValue?

    private enum CodingKeys: String, CodingKey {
        case id, sha, ref, environment, description, creator, payload
        case createdAt = "created_at"
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        id = try container.decode(Int64.self, forKey: .id)
        sha = try container.nonEmpty(.sha)
        ref = try container.decodeIfPresent(String.self, forKey: .ref) ?? ""
        environment = try container.decodeIfPresent(String.self, forKey: .environment) ?? ""
        description = try container.decodeIfPresent(String.self, forKey: .description)
        creator = try container.decodeIfPresent(GitHubUser.self, forKey: .creator)
        createdAt = try container.decode(GitHubTime.self, forKey: .createdAt)
        payload = try container.decodeIfPresent(JSONValue.self, forKey: .payload)
    }

    /// The change that this deployment is. Its id does not depend on the event that told of it.
    ///
    /// The deployer may say more in the deployment's payload: `service` when a repository holds several, and
    /// `previous_version`, which GitHub itself does not know.
    func change(in repository: GitHubRepository) -> Change {
        let attached = attachedMembers
        let title = description.flatMap { $0.isEmpty ? nil : $0.headline } ?? "Deploy \(ref) to \(environment)"
        return Change(
            id: "github:\(repository.fullName):deployment:\(id)", kind: .deploy,
            service: attached("service") ?? repository.name, environment: environment, version: sha,
            previousVersion: attached("previous_version") ?? "", author: creator?.login ?? "", title: title,
            startedAt: createdAt.timestamp, outcome: .pending, source: "github")
    }

    /// Looks a short text up in what the deployer attached.
    private var attachedMembers: (String) -> String? {
        let longest = 200
        var members = payload
        if case .string(let text)? = payload {
            // GitHub hands a payload that was given as text back as text. What nests deeply is not ours.
            let data = Data(text.utf8)
            members = JSONNesting.isWithin(8, data) ? try? JSONValue(parsing: data) : nil
        }
        return { name in
            guard let text = members?[name]?.string, !text.isEmpty, text.count <= longest else { return nil }
            return text
        }
    }
}

/// `deployment`: one was asked for.
struct GitHubDeploymentEvent: Decodable {
    let action: String?
    let deployment: GitHubDeployment
    let repository: GitHubRepository

    func delivery(id: String) -> GitHubDelivery {
        let created = action == nil || action == "created"
        return GitHubDelivery(
            id: id, event: "deployment", repository: repository.fullName,
            content: created ? .change(deployment.change(in: repository)) : .ignored(.action(action ?? "")))
    }
}

/// `deployment_status`: how one stands.
struct GitHubDeploymentStatusEvent: Decodable {
    struct Status: Decodable {
        let state: String
        let environment: String?
        let createdAt: GitHubTime

        private enum CodingKeys: String, CodingKey {
            case state, environment
            case createdAt = "created_at"
        }
    }

    let action: String?
    let status: Status
    let deployment: GitHubDeployment
    let repository: GitHubRepository

    private enum CodingKeys: String, CodingKey {
        case action, deployment, repository
        case status = "deployment_status"
    }

    func delivery(id: String) -> GitHubDelivery {
        GitHubDelivery(
            id: id, event: "deployment_status", repository: repository.fullName, content: content)
    }

    private var content: GitHubDelivery.Content {
        guard action == nil || action == "created" else { return .ignored(.action(action ?? "")) }
        guard let outcome = Self.outcome(of: status.state) else { return .ignored(.deploymentState(status.state)) }
        var change = deployment.change(in: repository)
        if let environment = status.environment, !environment.isEmpty { change.environment = environment }
        change.outcome = outcome
        if outcome != .pending { change.endedAt = status.createdAt.timestamp }
        return .change(change)
    }

    /// `inactive` only says that a newer deployment has taken over; it tells nothing about how this one went.
    static func outcome(of state: String) -> Change.Outcome? {
        switch state {
        case "success": .success
        case "failure", "error": .failure
        case "pending", "queued", "in_progress", "waiting": .pending
        default: nil
        }
    }
}
