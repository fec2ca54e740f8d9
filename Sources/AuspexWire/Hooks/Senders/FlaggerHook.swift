import AuspexSignals

/// Reads the webhooks of Flagger: events, which tell, and gates, which ask and wait.
enum FlaggerHook {
    /// What an event tells.
    static func item(_ body: HookNode, _ context: HookContext) throws(HookError) -> HookDelivery.Item {
        guard let metadata = body["metadata"], metadata["eventMessage"] != nil else {
            // An answer of 200 to a gate would open it.
            throw .malformed(
                path: "$.metadata.eventMessage",
                reason: "missing; this is no event: give the webhook 'type: event', and gates /hooks/flagger/gate")
        }
        let canary = try Canary(body, context)
        let outcome: Change.Outcome
        switch canary.phase {
        case "Initializing", "Waiting", "Progressing", "WaitingPromotion", "Promoting", "Finalising": outcome = .pending
        case "Initialized", "Succeeded": outcome = .success
        case "Failed": outcome = .rolledBack
        default: return .ignored("the phase '\(canary.phase.headline)' says nothing about the outcome")
        }
        let time = try metadata.time("timestamp") ?? context.receivedAt
        return .change(
            Change(
                id: "flagger:\(canary.path):\(canary.checksum)", service: canary.place.service,
                environment: canary.place.environment, version: canary.checksum,
                title: metadata.headline("eventMessage"), startedAt: time, endedAt: outcome == .pending ? nil : time,
                outcome: outcome, source: "flagger"))
    }

    /// What a gate asks. Flagger asks again and again; each time it is another question. The metadata of the webhook may
    /// say more exactly what is asked about.
    static func question(_ body: HookNode, _ context: HookContext) throws(HookError) -> DeploymentQuestion {
        let canary = try Canary(body, context)
        let turn = String(context.receivedAt.milliseconds)
        let metadata = body["metadata"]
        func text(_ key: String, or standard: String) -> String {
            let said = metadata?.label(key) ?? ""
            return said.isEmpty ? standard : said
        }
        // The change has the checksum, whatever version the metadata state.
        let isVersionStated = !text("version", or: "").isEmpty
        return DeploymentQuestion(
            id: context.questionID(canary.path, canary.checksum, canary.phase, turn),
            service: text("service", or: canary.place.service),
            environment: text("environment", or: canary.place.environment),
            sha: text("sha", or: isVersionStated ? canary.checksum : ""),
            version: text("version", or: canary.checksum), reply: .poll)
    }

    /// What every call has.
    private struct Canary {
        let path: String
        let phase: String
        let checksum: String
        let place: HookContext.Place

        init(_ body: HookNode, _ context: HookContext) throws(HookError) {
            let name = try body.identifier("name")
            let namespace = try body.identifier("namespace")
            path = "\(namespace)/\(name)"
            phase = try body.identifier("phase")
            checksum = body.label("checksum")
            place = context.place([path, name], service: name, environment: namespace)
        }
    }
}
