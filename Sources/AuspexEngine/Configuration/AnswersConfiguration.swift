import AuspexActions
package import AuspexChanges

extension EngineConfiguration {
    /// `answers:`, how the gate answers other systems.
    package struct Answers: Hashable, Sendable {
        /// Where GitHub is reached; nil when nothing is sent there.
        package var gitHub: GitHub?
        /// Where GitLab is reached; nil when nothing is sent there.
        package var gitLab: GitLab?
        /// The sink of CDEvents; nil for none.
        package var cdEvents: String?
        /// The webhook for verdicts; nil for none.
        package var webhook: Webhook?
        /// Under which address others reach this server, without a slash at its end; nil when they don't.
        package var publicURL: String?

        /// Tells nobody but whoever asked.
        package init() {}

        /// `github:`
        package struct GitHub: Hashable, Sendable {
            /// The address of the API, without a slash at its end.
            package var api = "https://api.github.com"
            /// The app's id or client id; nil for none.
            package var appID: String?
            /// The app's private key in PEM.
            package var privateKey: Secret?
            /// A token for repositories in which the app is not installed.
            package var token: Secret?
            /// The file of that token; nil when it came otherwise.
            package var tokenFile: String?
            /// Whether each commit that is asked about gets a commit status.
            package var statuses = false

            /// GitHub without any proof.
            package init() {}
        }

        /// `gitlab:`
        package struct GitLab: Hashable, Sendable {
            /// The address of the API, without a slash at its end.
            package var api = "https://gitlab.com/api/v4"
            /// An access token with the scope `api`.
            package var token: Secret?
            /// The file of that token; nil when it came otherwise.
            package var tokenFile: String?

            /// GitLab without a token.
            package init() {}
        }

        /// `webhook:`
        package struct Webhook: Hashable, Sendable {
            /// Its address.
            package var url: String?
            /// What bodies are signed with, in the form of Standard Webhooks.
            package var secret: Secret?

            /// A webhook that is nowhere.
            package init() {}
        }
    }
}

extension EngineConfiguration.Answers {
    /// What is wrong with the settings of one system.
    struct Mistake: Error, Hashable, CustomStringConvertible {
        let description: String
    }

    /// What is told to whom, besides whoever asked.
    package var settings: AnswerSettings {
        var settings = AnswerSettings()
        settings.statuses = gitHub?.statuses ?? false
        settings.cdEvents = cdEvents != nil
        settings.webhook = webhook != nil
        settings.publicURL = publicURL
        return settings
    }

    /// Where other systems are reached, and with what proof.
    ///
    /// - Throws: ``Mistake`` for what cannot be used.
    func access() throws(Mistake) -> ReplyAccess {
        var access = ReplyAccess()
        if let gitHub {
            access.gitHub = ReplyAccess.GitHub(
                api: gitHub.api, app: try Self.app(of: gitHub), token: gitHub.token?.value)
            access.gitHub?.tokenFile = gitHub.tokenFile
        }
        if let gitLab {
            guard let token = gitLab.token else {
                throw Mistake(
                    description: "answers.gitlab needs token_file, the file of an access token with the scope api")
            }
            access.gitLab = ReplyAccess.GitLab(api: gitLab.api, token: token.value)
            access.gitLab?.tokenFile = gitLab.tokenFile
        }
        access.cdEvents = cdEvents
        if let webhook {
            guard let url = webhook.url, let secret = webhook.secret else {
                throw Mistake(description: "answers.webhook needs url and secret_file")
            }
            do throws(WebhookSigner.SecretError) {
                access.webhook = ReplyAccess.Webhook(url: url, signer: try WebhookSigner(secret: secret.value))
            } catch {
                throw Mistake(description: "answers.webhook.secret_file: \(error)")
            }
        }
        return access
    }

    private static func app(of gitHub: GitHub) throws(Mistake) -> GitHubApp? {
        switch (gitHub.appID, gitHub.privateKey) {
        case (nil, nil):
            guard gitHub.token != nil else {
                throw Mistake(description: "answers.github needs app_id and private_key_file, or token_file")
            }
            return nil
        case (let id?, let key?):
            do throws(GitHubApp.KeyError) {
                return try GitHubApp(id: id, privateKey: key.value)
            } catch {
                throw Mistake(description: "answers.github.private_key_file: \(error)")
            }
        case (nil, _?): throw Mistake(description: "answers.github.private_key_file needs app_id beside it")
        case (_?, nil): throw Mistake(description: "answers.github.app_id needs private_key_file beside it")
        }
    }
}
