import AuspexSignals
import Foundation

/// Reads CDEvents (cdevents.dev, 0.3 to 0.6) in the HTTP binding of CloudEvents: structured, alone or several, binary, or
/// the plain event.
///
/// Events about one service in one environment that share a chain are news of the same change.
enum CDEventsHook {
    private static let structured = "application/cloudevents+json"
    private static let batch = "application/cloudevents-batch+json"
    /// What events come as besides plain JSON.
    static let contentTypes: Set<String> = [structured, batch]

    /// What the events tell.
    static func items(
        _ body: HookNode, _ headers: HookHeaders, _ context: HookContext
    ) throws(HookError) -> [HookDelivery.Item] {
        if try headers.mediaType() == batch {
            guard body.value.array != nil else { throw body.wrong("must be an array of CloudEvents") }
            var items: [HookDelivery.Item] = []
            for event in body.elements { items.append(try item(try data(of: event), context)) }
            return items.isEmpty ? [.ignored("no events")] : items
        }
        return [try item(try data(of: body), context)]
    }

    /// The event within a CloudEvent; the value itself when it is the event.
    private static func data(of event: HookNode) throws(HookError) -> HookNode {
        guard event.value.object != nil else { throw event.wrong("must be an object") }
        if event["context"] != nil { return event }
        return try event.object("data")
    }

    /// The id of the only event in a delivery: its source's and its own.
    static func id(of body: HookNode, _ headers: HookHeaders) throws(HookError) -> String? {
        if let id = try headers.identifier("ce-id") { return "\(try headers.identifier("ce-source") ?? ""):\(id)" }
        let context = body["context"] ?? body["data"]?["context"]
        guard let id = context?.label("id").nonEmpty else { return nil }
        return "\(context?.label("source") ?? ""):\(id)"
    }

    private static func item(_ event: HookNode, _ context: HookContext) throws(HookError) -> HookDelivery.Item {
        let about = try event.object("context")
        let type = try about.identifier("type")
        let prefix = "dev.cdevents."
        if context.ownSources.contains(about.label("source")) { return .ignored("our own event, which has come back") }
        guard type.hasPrefix(prefix) else { return .ignored("'\(type.headline)' is no event of CDEvents") }
        let parts = type.dropFirst(prefix.count).split(separator: ".")
        guard parts.count >= 2 else {
            throw .malformed(path: "\(about.path).type", reason: "must be such as \(prefix)service.deployed.0.3.0")
        }
        guard parts[0] == "service" else { return .ignored(reason(String(parts[0]), String(parts[1]))) }
        switch parts[1] {
        case "deployed": return .change(try change(event, .success, "Deploy", context))
        case "upgraded": return .change(try change(event, .success, "Upgrade", context))
        case "rolledback": return .change(try change(event, .rolledBack, "Roll back", context))
        case "removed": return .change(try change(event, .success, "Remove", context))
        case "published": return .ignored("a service that is published was deployed before")
        case let verb: return .ignored("events of the kind 'service.\(verb.prefix(100))' are not read")
        }
    }

    private static func reason(_ subject: String, _ verb: String) -> String {
        switch subject {
        case "pipelinerun", "taskrun", "build", "testcaserun", "testsuiterun", "testoutput":
            "a \(subject) deploys nothing; events about services tell of deploys"
        case "artifact": "an artifact that is \(verb.prefix(100)) is not deployed; service.deployed tells when it is"
        case "change", "branch", "repository":
            "what happens to sources is not deployed; service.deployed tells when it is"
        case "environment": "an environment that is \(verb.prefix(100)) names no service"
        case "incident": "incidents are made here of alerts; send alerts to /api/v2/alerts"
        case "ticket", "approval": "what people agree on changes nothing that runs"
        default: "events about a '\(subject.prefix(100))' are not read"
        }
    }

    private static func change(
        _ event: HookNode, _ outcome: Change.Outcome, _ verb: String, _ context: HookContext
    ) throws(HookError) -> Change {
        let about = try event.object("context")
        let subject = try event.object("subject")
        let content = try subject.object("content")
        let service = try subject.identifier("id")
        let environment = content["environment"]?.label("id") ?? ""
        let place = context.place([service], service: service, environment: environment)
        let time = try about.neededTime("timestamp")
        let version = version(inPackageURL: content.label("artifactId"))
        // A service is rolled back to the artifact that the event names.
        let isUndone = outcome == .rolledBack
        return Change(
            id: "cdevents:\(try chain(about, isUndone)):\(service):\(environment)", service: place.service,
            environment: place.environment, version: isUndone ? "" : version, previousVersion: isUndone ? version : "",
            title: "\(verb) \(service)".headline, startedAt: time, endedAt: time, outcome: outcome, source: "cdevents")
    }

    /// What events about the same change have in common: the chain; without one the event itself, or the one that an event
    /// which undoes is linked to.
    private static func chain(_ about: HookNode, _ isUndone: Bool) throws(HookError) -> String {
        if let chain = about.label("chainId").nonEmpty { return chain }
        if isUndone {
            for link in about["links"]?.elements ?? [] {
                if let id = (link["target"] ?? link["from"])?.label("contextId").nonEmpty { return id }
            }
        }
        return try about.identifier("id")
    }

    /// The version in a package URL: `sha256:0b31…` of `pkg:oci/myapp@sha256%3A0b31…?tag=1`.
    static func version(inPackageURL text: String) -> String {
        let base = text.prefix { $0 != "?" && $0 != "#" }
        guard let at = base.lastIndex(of: "@") else { return "" }
        let version = String(base[base.index(after: at)...])
        return version.removingPercentEncoding ?? version
    }
}
