package import AuspexSignals

/// One delivery of a webhook, verified and understood.
package struct HookDelivery: Hashable, Sendable {
    /// Identifies the delivery among all of the sender's: a repeated one has the same. Where the sender gives none, it is
    /// made of the body, so that the same body counts once.
    package var id: String
    /// Who sent it.
    package var sender: HookSender
    /// What it means to us, in order; never empty.
    package var items: [Item]

    /// What a delivery, or a part of it, means to us.
    package enum Item: Hashable, Sendable {
        /// Something has changed, or an earlier report of it has news.
        case change(Change)
        /// Somebody asks whether a deployment may go on.
        case question(DeploymentQuestion)
        /// Commits have come to a branch.
        case commits(PushedCommits)
        /// The webhook was just set up and works.
        case ping
        /// Well-formed and of no use here, with the reason in words.
        case ignored(String)
    }

    /// Identifies the delivery among those of all senders.
    package var key: String { "\(sender.rawValue)/\(id)" }
}
