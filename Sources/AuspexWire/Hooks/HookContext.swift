import AuspexSignals

/// What a decoder knows besides the body.
struct HookContext {
    /// Who sent the delivery.
    let sender: HookSender
    /// The delivery's id.
    let delivery: String
    /// When it came; used where an event has no time of its own.
    let receivedAt: Timestamp
    /// What the sender's names mean.
    let names: [ServiceName]
    /// The sources of the CDEvents that we send.
    var ownSources: Set<String> = []

    /// Where something happens.
    struct Place: Hashable {
        var service: String
        var environment: String
    }

    /// The service and the environment of something.
    ///
    /// - Parameters:
    ///   - names: The names that the sender has for it, such as repository and job.
    ///   - service: What it is called where no configured name matches.
    ///   - stated: The service that the event itself states for us; it goes over a configured name.
    ///   - environment: The environment that the event tells; empty when it tells none.
    func place(_ names: [String], service: String, stated: String? = nil, environment: String = "") -> Place {
        let meaning = self.names.first { $0.matches(names, of: sender) }
        return Place(
            service: stated ?? meaning?.service ?? service,
            environment: environment.isEmpty ? meaning?.environment ?? "" : environment)
    }

    /// A question's id, of characters that may stand in a path as they are.
    func questionID(_ parts: String...) -> String {
        DeploymentQuestion.plainID(([sender.rawValue] + parts).joined(separator: ":"))
    }
}
