import AuspexRules
import AuspexSignals
import Foundation

/// Alerts, changes and what people do, on their way into incidents, with what is known of services.
struct IncidentStage: Sendable {
    /// How often what was learned of services is looked through for what nothing shows any more.
    private static let forgetEvery = TimeSpan.hours(1)

    /// The incidents.
    private(set) var tracker: IncidentTracker
    /// Whether there was a storm of alerts at any moment that the incidents were last settled for.
    private(set) var hadStorm = false
    /// The services and what they depend on.
    private(set) var graph: ServiceGraph
    /// What has happened since the incidents were last settled.
    private var waiting: [IncidentEvent] = []
    private var waitingAlerts: Set<String> = []
    private var acts: [IncidentAct] = []
    /// The version of the graph that incidents go by.
    private var followed: UInt64
    private var forgotAt: Timestamp?
    private var sightings = ServiceSightings()
    /// Whether a checkpoint would hold something else than the last one.
    private var areIncidentsChanged = true
    private var areServicesChanged = true

    /// A stage without incidents that knows the declared services.
    init(_ settings: IncidentSettings, services: ServiceDeclarations) {
        graph = ServiceGraph()
        graph.declare(services)
        followed = graph.version
        tracker = IncidentTracker(settings: settings, graph: graph)
    }

    // MARK: Taking in

    /// Whether something has been taken in since the incidents were last settled.
    var isWaiting: Bool { !waiting.isEmpty || !acts.isEmpty }

    /// Takes in an alert of a rule. One that nobody is told of because of a maintenance or a silence, and one that is about
    /// incidents, makes no incident, but if it is in one already its end counts.
    mutating func take(_ alert: Alert) {
        learn(alert.evidence.series, at: alert.evidence.time)
        let isLeftOut = alert.isQuiet || alert.looksAtIncidents ?? false
        guard !isLeftOut || waitingAlerts.contains(alert.id) || tracker.incident(ofAlert: alert.id) != nil else {
            return
        }
        waiting.append(.alert(alert))
        waitingAlerts.insert(alert.id)
    }

    /// Takes in a change.
    mutating func take(_ change: Change) {
        learn(Labels(["service": change.service]), at: change.startedAt)
        waiting.append(.change(change))
    }

    /// Takes in what a person does.
    mutating func take(_ act: IncidentAct) { acts.append(act) }

    /// Takes in dependencies that another program knows of, or takes them back.
    mutating func take(_ report: LinkReport) {
        if report.isWithdrawn {
            graph.forget(report.links)
        } else {
            // What there is no room for is counted in the graph's statistics.
            _ = graph.tell(report.links, at: report.at)
        }
        areServicesChanged = true
    }

    /// Learns of services and dependencies from labels that were seen.
    mutating func learn(_ labels: Labels, at time: Timestamp) {
        guard sightings.isNew(labels, at: time) else { return }
        graph.learn(labels, at: time)
        areServicesChanged = true
    }

    /// Puts other declarations in place of those there are.
    mutating func declare(_ services: ServiceDeclarations) {
        graph.declare(services)
        areServicesChanged = true
    }

    /// Takes in the alerts that fire and are in no incident, as after a restart in which the incidents were lost.
    mutating func takeMissing(_ alerts: [Alert]) {
        for alert in alerts where alert.state == .firing && tracker.incident(ofAlert: alert.id) == nil { take(alert) }
    }

    /// Whether the graph is another than at the last call.
    mutating func followGraph() -> Bool {
        guard graph.version != followed else { return false }
        followed = graph.version
        tracker.use(graph)
        return true
    }

    /// What has become of incidents.
    ///
    /// - Parameter now: The moment that rules go by.
    mutating func settle(now: Timestamp) -> [IncidentUpdate] {
        if forgotAt.map({ now - $0 >= Self.forgetEvery }) ?? true {
            graph.expire(now: now)
            forgotAt = now
            areServicesChanged = true
        }
        var updates = tracker.handle(waiting, now: now)
        hadStorm = tracker.hadStorm
        for var act in acts {
            // Time does not go back for incidents: what a person looks at has happened.
            act.at = max(act.at, tracker.moment ?? act.at)
            do throws(IncidentError) {
                updates += try tracker.perform(act, now: now)
            } catch {
                // It was possible when it was asked for; whoever waits for it sees that it was not done.
            }
        }
        if isWaiting || !updates.isEmpty { areIncidentsChanged = true }
        waiting = []
        waitingAlerts = []
        acts = []
        return updates
    }

    // MARK: Saving and restoring

    private static let incidentsName = "incidents"
    private static let servicesName = "services"

    /// The states that have changed since the last call, by name.
    mutating func takeChangedSnapshots() -> [String: StateEncoding] {
        var states: [String: StateEncoding] = [:]
        if areIncidentsChanged { states[Self.incidentsName] = { [tracker] in try Self.encoded(tracker.snapshot) } }
        if areServicesChanged { states[Self.servicesName] = { [graph] in try Self.encoded(graph) } }
        (areIncidentsChanged, areServicesChanged) = (false, false)
        return states
    }

    private static func encoded(_ state: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return [UInt8](try encoder.encode(state))
    }

    /// Goes on from the states of a checkpoint.
    ///
    /// - Returns: what could not be restored, and why.
    mutating func restore(_ states: [String: [UInt8]], services: ServiceDeclarations) -> [String] {
        var problems: [String] = []
        if let bytes = states[Self.servicesName] {
            do {
                graph = try JSONDecoder().decode(ServiceGraph.self, from: Data(bytes))
                graph.declare(services)
                tracker.use(graph)
            } catch {
                problems.append("what was learned of services: \(error)")
            }
        }
        if let bytes = states[Self.incidentsName] {
            do {
                let snapshot = try JSONDecoder().decode(IncidentSnapshot.self, from: Data(bytes))
                tracker = IncidentTracker(restoring: snapshot, settings: tracker.settings, graph: graph)
            } catch {
                problems.append("incidents: \(error)")
            }
        }
        followed = graph.version
        return problems
    }
}
