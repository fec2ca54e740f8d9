import AuspexRules
import AuspexSignals

/// Which series belong to which service, so that a question about one service need not look at all.
///
/// A series belongs to each service that one of its labels names. Changed when a series comes or goes, or becomes ready or
/// strange; a sample that changes none of that costs a comparison.
struct ServiceIndex: Sendable {
    /// What is counted of a series.
    struct Level: Hashable, Sendable {
        var isReady: Bool
        var isAnomalous: Bool
    }

    /// The series of one service.
    struct Entry: Sendable {
        /// Those that have ended included.
        fileprivate(set) var members: Set<Labels> = []
        /// How they do, by where they are.
        fileprivate var counts: [Whereabouts: Counts] = [:]

        /// How those do that count for an environment; all for an empty one.
        func counts(in environment: String) -> Counts {
            counts.reduce(into: Counts()) { sum, part in
                guard part.key.mayBe(in: environment) else { return }
                sum.ready += part.value.ready
                sum.anomalous += part.value.anomalous
            }
        }
    }

    /// How many series are ready, and how many are strange.
    struct Counts: Hashable, Sendable {
        /// How many have a detector that has seen enough.
        var ready = 0
        /// How many of them are at or above the alert line.
        var anomalous = 0
    }

    private static let labelNames = ServiceLabelNames().services

    private var services: [String: Entry] = [:]

    /// The names of the services that labels name.
    static func services(of labels: Labels) -> Set<String> { Set(labelNames.compactMap { labels[$0] }) }

    /// The series of a service; nil when there are none.
    subscript(service: String) -> Entry? { services[service] }

    /// Takes note of what a series was and is: nil when it was not there, or is not any more.
    mutating func change(_ labels: Labels, from old: Level?, to new: Level?) {
        guard old != new else { return }
        let place = Whereabouts(of: labels)
        for name in Self.services(of: labels) {
            var entry = services.removeValue(forKey: name) ?? Entry()
            if old == nil { entry.members.insert(labels) }
            if new == nil { entry.members.remove(labels) }
            var counts = entry.counts[place] ?? Counts()
            counts.ready += Self.number(new?.isReady) - Self.number(old?.isReady)
            counts.anomalous += Self.number(new?.isAnomalous) - Self.number(old?.isAnomalous)
            entry.counts[place] = counts == Counts() ? nil : counts
            if !entry.members.isEmpty { services[name] = entry }
        }
    }

    private static func number(_ flag: Bool?) -> Int { flag ?? false ? 1 : 0 }
}

extension WatchedSeries {
    /// What is counted of it; one that has ended counts as neither ready nor strange.
    var level: ServiceIndex.Level {
        guard !hasEnded, let latest, latest.readiness == .ready else {
            return ServiceIndex.Level(isReady: false, isAnomalous: false)
        }
        return ServiceIndex.Level(isReady: true, isAnomalous: latest.isAnomalous)
    }
}
