import AuspexChanges
import AuspexSignals
import AuspexTesting
import Foundation

/// Three weeks of a made-up company: 40 services in layers, deploys of all of them, some of which do harm after a minute to
/// a day, and faults that come and go whatever is deployed.
struct BlameSimulation {
    /// An incident, and the change that it comes from; nil when it comes from none.
    struct Incident {
        var faults: [Fault]
        var culprit: String?
        var first: Timestamp { faults.map(\.time).min() ?? Timestamp(milliseconds: 0) }
    }

    static let services = 40
    static let layer = 8
    static let instances = 10
    static let days = 21
    static let chronicSignatures = 60
    static let shareHarmful = 0.06
    static let shareCanary = 0.3
    static let hour: Int64 = 3_600_000

    /// What a ranking is given of an incident, and what it must not see.
    struct Question {
        var incident: Incident
        /// Its faults and, for the vetoes, earlier ones of the same kinds.
        var faults: [Fault]
        /// The changes of the 72 hours before it.
        var candidates: [BlameCandidate]
    }

    private(set) var changes: [Change] = []
    private(set) var questions: [Question] = []
    private var incidents: [Incident] = []
    private var lots: SplitMix64
    private var dependencies: [[Int]] = []
    private var places: [String: Set<Place>] = [:]
    /// Everything that ever went wrong, for the vetoes.
    private var background: [Fault] = []

    init(seed: UInt64) {
        lots = SplitMix64(seed: seed)
        makeServices()
        makeChronicFaults()
        makeDeploys()
        for _ in 0..<incidents.count { makeIncidentOfNobody() }
        let distances = Dictionary(
            uniqueKeysWithValues: (0..<Self.services).map { (name($0), self.distances(to: name($0))) })
        questions = incidents.map { incident in
            Question(
                incident: incident, faults: faults(of: incident), candidates: candidates(for: incident, distances))
        }
    }

    private func name(_ service: Int) -> String { "service-\(service)" }

    /// Each service depends on up to three of the layer below.
    private mutating func makeServices() {
        dependencies = (0..<Self.services).map { service in
            let below = service / Self.layer * Self.layer
            guard below > 0 else { return [] }
            return Array(
                Set(
                    (0..<1 + Int(lots.next() % 3)).map { _ in
                        below - Self.layer + Int(lots.next() % UInt64(Self.layer))
                    })
            ).sorted()
        }
    }

    /// Faults that recur by themselves, some from the first day, others from any day on.
    private mutating func makeChronicFaults() {
        for number in 0..<Self.chronicSignatures {
            let service = Int(lots.next() % UInt64(Self.services))
            let from = lots.uniform() < 0.5 ? 0 : lots.uniform() * Double(Self.days) * 24
            let perHour = exp(log(0.02) + lots.uniform() * log(20))
            var at = from + wait(perHour)
            while at < Double(Self.days) * 24 {
                background.append(
                    fault("chronic-\(number)", service, at, on: Self.allPlaces(service).randomElement(using: &lots)))
                at += wait(perHour)
            }
        }
    }

    private mutating func wait(_ perHour: Double) -> Double { -log(1 - lots.uniform()) / perHour }

    private mutating func makeDeploys() {
        for service in 0..<Self.services {
            let perHour = exp(log(0.005) + lots.uniform() * log(20))
            var at = wait(perHour)
            while at < Double(Self.days) * 24 { deploy(service, at); at += wait(perHour) }
        }
    }

    private mutating func deploy(_ service: Int, _ at: Double) {
        let id = "d-\(changes.count)"
        let start = Timestamp(milliseconds: Int64(at * Double(Self.hour)))
        let minutes = 1 + Int64(lots.next() % 20)
        changes.append(
            Change(
                id: id, service: name(service), startedAt: start, endedAt: start + .minutes(minutes),
                outcome: .success))
        let all = Self.allPlaces(service)
        let isCanary = lots.uniform() < Self.shareCanary
        places[id] = isCanary ? Set(all.shuffled(using: &lots).prefix(3)) : Set(all)
        guard lots.uniform() < Self.shareHarmful else { return }
        // A minute to a day, evenly over the logarithm.
        let lag = exp(log(1.0 / 60) + lots.uniform() * log(24 * 60))
        makeIncident(of: id, service, at: at + Double(minutes) / 60 + lag)
    }

    /// Errors of the service and perhaps of what depends on it; where it already had some, perhaps more of these.
    private mutating func makeIncident(of id: String, _ service: Int, at onset: Double) {
        var faults: [Fault] = []
        let known = background.filter { $0.service == name(service) }.map(\.signature).first
        for kind in 0..<1 + Int(lots.next() % 2) {
            let isKnown = known != nil && lots.uniform() < 0.25
            let signature = isKnown ? known ?? "" : "new-\(id)-\(kind)"
            for number in 0..<2 + Int(lots.next() % 8) {
                let at = onset + (number == 0 ? 0 : lots.uniform())
                faults.append(
                    fault(
                        signature, service, at, on: places[id]?.sorted { $0.name < $1.name }.randomElement(using: &lots)
                    ))
            }
        }
        for dependent in 0..<Self.services where dependencies[dependent].contains(service) && lots.uniform() < 0.4 {
            for _ in 0..<1 + Int(lots.next() % 4) {
                faults.append(
                    fault(
                        "calls-fail", dependent, onset + 0.02 + lots.uniform(),
                        on: Self.allPlaces(dependent).randomElement(using: &lots)))
            }
        }
        add(faults, culprit: id)
    }

    /// A burst that no deploy has led to: of a chronic signature, or of one that nobody has seen.
    private mutating func makeIncidentOfNobody() {
        let onset = (3 + lots.uniform() * Double(Self.days - 4)) * 24
        let service = Int(lots.next() % UInt64(Self.services))
        var faults: [Fault] = []
        if lots.uniform() < 0.75 {
            guard let one = background.randomElement(using: &lots) else { return }
            faults = background.filter {
                $0.signature == one.signature && $0.time >= one.time && $0.time - one.time <= .hours(1)
            }
        } else {
            for _ in 0..<2 + Int(lots.next() % 8) {
                faults.append(
                    fault(
                        "weather-\(onset)", service, onset + lots.uniform(),
                        on: Self.allPlaces(service).randomElement(using: &lots)))
            }
        }
        add(faults, culprit: nil)
    }

    /// What else goes wrong nearby in the same hour belongs to the incident as well.
    private mutating func add(_ faults: [Fault], culprit: String?) {
        guard let first = faults.map(\.time).min() else { return }
        let services = Set(faults.map(\.service))
        let others = background.filter {
            services.contains($0.service) && $0.time >= first && $0.time - first <= .hours(1) && !faults.contains($0)
        }
        incidents.append(Incident(faults: faults + others, culprit: culprit))
        if culprit != nil { background += faults }
    }

    private func fault(_ signature: String, _ service: Int, _ hours: Double, on place: Place?) -> Fault {
        Fault(
            signature: signature, service: name(service), places: place.map { [$0] } ?? [],
            time: Timestamp(milliseconds: Int64(hours * Double(Self.hour))))
    }

    private static func allPlaces(_ service: Int) -> [Place] {
        (0..<instances).map { Place(kind: "instance", name: "service-\(service)-\($0)") }
    }

    // MARK: What a ranking is given

    private func faults(of incident: Incident) -> [Fault] {
        let kinds = Set(incident.faults.map { [$0.signature, $0.service] })
        let own = Set(incident.faults)
        let last = incident.faults.map(\.time).max() ?? incident.first
        return incident.faults
            + background.filter {
                $0.time <= last && incident.first - $0.time <= .hours(144)
                    && kinds.contains([$0.signature, $0.service])
                    && !own.contains($0)
            }
    }

    private func candidates(
        for incident: Incident, _ distances: [String: [String: Int]]
    ) -> [BlameCandidate] {
        let last = incident.faults.map(\.time).max() ?? incident.first
        return changes.filter { $0.startedAt <= last && incident.first - $0.startedAt <= .hours(72) }.map { change in
            BlameCandidate(
                change, places: places[change.id] ?? [], distances: distances[change.service],
                previous: changes.filter { $0.service == change.service && $0.startedAt < change.startedAt }
                    .map(\.startedAt).max())
        }
    }

    /// Steps from each service that depends on another to that one.
    private func distances(to service: String) -> [String: Int] {
        var found = [service: 0]
        for step in 1...3 {
            for dependent in 0..<Self.services where found[name(dependent)] == nil {
                if dependencies[dependent].contains(where: { found[name($0)] == step - 1 }) {
                    found[name(dependent)] = step
                }
            }
        }
        return found
    }
}
