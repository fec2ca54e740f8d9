import AuspexSignals
import Foundation

/// A call of GitHub's API. Its URL is put together here from parts that are checked: nothing that came with a webhook
/// decides where a token goes.
struct GitHubCall: Hashable {
    /// The method.
    var method = "POST"
    /// The URL.
    var url: String
    /// The body.
    var body: JSONValue
    /// The installation that proves itself; nil for a token.
    var installation: Int64?
    /// Whether the answer names a check run.
    var makesCheck = false

    init(
        _ reply: OutgoingReply, to target: DeploymentQuestion.ReplyTarget, api: String
    ) throws(ReplyLine.Obstacle) {
        body = reply.body
        switch target {
        case .gitHubProtectionRule(let repository, let callback, _, let installation):
            let run = try Self.run(inCallback: callback, api: api)
            url = "\(api)/repos/\(try Self.path(of: repository))/actions/runs/\(run)/deployment_protection_rule"
            self.installation = installation
        case .gitHubStatus(let repository, let sha, let installation):
            url = "\(api)/repos/\(try Self.path(of: repository))/statuses/\(try Self.checked(sha: sha))"
            self.installation = installation
        case .gitHubCheck(let repository, _, let installation):
            url = "\(api)/repos/\(try Self.path(of: repository))/check-runs"
            self.installation = installation
            makesCheck = true
            if let id = reply.remoteID.flatMap(Int64.init), case .object(var members) = body {
                method = "PATCH"
                url += "/\(id)"
                members["head_sha"] = nil
                body = .object(members)
            }
        case .poll, .gitLabStatusCheck, .gitLabDeployment: throw .refused("this is no reply to GitHub")
        }
    }

    /// `owner/name`, of the characters that GitHub has in names.
    private static func path(of repository: String) throws(ReplyLine.Obstacle) -> String {
        let parts = repository.split(separator: "/", omittingEmptySubsequences: false)
        let isName: (Substring) -> Bool = { part in
            !part.isEmpty && part != "." && part != ".."
                && part.utf8.allSatisfy { $0 < 128 && (isLetterOrDigit($0) || [0x2d, 0x2e, 0x5f].contains($0)) }
        }
        guard parts.count == 2, parts.allSatisfy(isName) else {
            throw .refused("'\(repository)' is not a repository such as owner/name")
        }
        return repository
    }

    private static func checked(sha: String) throws(ReplyLine.Obstacle) -> String {
        let isHexadecimal = sha.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte) || (0x41...0x46).contains(byte)
        }
        guard (40...64).contains(sha.utf8.count), isHexadecimal else {
            throw .refused("'\(sha)' is not the full id of a commit")
        }
        return sha
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x7a).contains(byte) || (0x41...0x5a).contains(byte)
    }

    /// The number of the workflow run in a callback, which must be one of the configured API.
    private static func run(inCallback callback: String, api: String) throws(ReplyLine.Obstacle) -> String {
        let isOurs: Bool
        do throws(HTTPRefusal) {
            isOurs = try HostAllowList.target(of: callback) == HostAllowList.target(of: api)
        } catch {
            throw .refused("the callback: \(error)")
        }
        guard isOurs else {
            throw .refused("the callback \(callback) is not at \(api), the only place that answers go to")
        }
        let parts = URLComponents(string: callback)?.path.split(separator: "/").map(String.init) ?? []
        guard let end = parts.lastIndex(of: "deployment_protection_rule"), end == parts.count - 1, end >= 3,
            parts[end - 3] == "actions", parts[end - 2] == "runs", !parts[end - 1].isEmpty,
            parts[end - 1].utf8.count < 20,
            parts[end - 1].utf8.allSatisfy({ (0x30...0x39).contains($0) })
        else { throw .refused("the callback \(callback) is not that of a deployment protection rule") }
        return parts[end - 1]
    }
}
