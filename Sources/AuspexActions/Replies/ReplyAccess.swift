/// Where other systems are reached, and with what proof. A value of this type never shows its secrets, neither printed nor
/// mirrored.
package struct ReplyAccess: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// GitHub.
    package struct GitHub: Sendable {
        /// The address of the API, without a slash at its end.
        package var api: String
        /// The app; nil for none.
        package var app: GitHubApp?
        /// A token for repositories in which the app is not installed; nil for none.
        package var token: String?
        /// The file that the token is read from again when it is not taken any more; nil for none.
        package var tokenFile: String?

        /// Creates the access.
        package init(api: String, app: GitHubApp?, token: String?) {
            self.api = api
            self.app = app
            self.token = token
        }
    }

    /// GitLab.
    package struct GitLab: Sendable {
        /// The address of the API, without a slash at its end.
        package var api: String
        /// An access token.
        package var token: String
        /// The file that the token is read from again when it is not taken any more; nil for none.
        package var tokenFile: String?

        /// Creates the access.
        package init(api: String, token: String) {
            self.api = api
            self.token = token
        }
    }

    /// A webhook of the operator's own.
    package struct Webhook: Sendable {
        /// Its address.
        package var url: String
        /// What its bodies are signed with.
        package var signer: WebhookSigner

        /// Creates the access.
        package init(url: String, signer: WebhookSigner) {
            self.url = url
            self.signer = signer
        }
    }

    /// GitHub; nil when nothing is sent there.
    package var gitHub: GitHub?
    /// GitLab; nil when nothing is sent there.
    package var gitLab: GitLab?
    /// The sink of CDEvents; nil for none.
    package var cdEvents: String?
    /// The webhook; nil for none.
    package var webhook: Webhook?

    /// Nobody.
    package init() {}

    /// The hosts that may be asked: those of the addresses.
    var hosts: HostAllowList {
        let urls = [gitHub?.api, gitLab?.api, cdEvents, webhook?.url].compactMap { $0 }
        var hosts = HostAllowList()
        hosts.entries = Set(urls.compactMap { try? HostAllowList.target(of: $0) })
        return hosts
    }

    /// Which systems there are, not how they are reached.
    package var description: String {
        let names = [
            gitHub.map { _ in "github" }, gitLab.map { _ in "gitlab" }, cdEvents.map { _ in "cdevents" },
            webhook.map { _ in "webhook" },
        ]
        return "access to " + names.compactMap { $0 }.joined(separator: ", ")
    }

    /// The same as ``description``.
    package var debugDescription: String { description }

    /// Without children.
    package var customMirror: Mirror { Mirror(self, children: []) }
}
