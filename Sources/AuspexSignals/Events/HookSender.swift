/// A kind of system whose webhooks are received; its raw value is the last part of the path, `/hooks/github`.
package enum HookSender: String, Hashable, Sendable, CaseIterable, Codable {
    /// GitHub, and GitHub Enterprise.
    case github
    /// GitLab.
    case gitlab
    /// Jenkins with the notification plugin.
    case jenkins
    /// CircleCI.
    case circleci
    /// Argo CD's notifications.
    case argocd
    /// Flagger's event webhooks.
    case flagger
    /// Spinnaker's echo.
    case spinnaker
    /// Whoever sends CDEvents.
    case cdevents
    /// Whoever sends our own format.
    case generic
}
