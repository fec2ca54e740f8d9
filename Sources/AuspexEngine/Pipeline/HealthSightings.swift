import AuspexRules
import AuspexSignals

/// When what is checked was last checked with a result. Of more than ``most`` checks, those heard of longest ago are forgotten.
struct HealthSightings: Sendable {
    static let most = 10_000

    private struct Check: Hashable {
        var labels: Labels
        var name: String
    }

    private var facts: [Check: HealthFact] = [:]
    /// The time of the newest result; nil before the first.
    private(set) var newest: Timestamp?

    /// The newest result of each check, in no order.
    var all: some Collection<HealthFact> { facts.values }

    /// Takes the outcome of a check in. That a check came to no result shows nothing.
    mutating func take(_ fact: HealthFact) {
        guard fact.status != .unknown else { return }
        newest = max(newest ?? fact.time, fact.time)
        let check = Check(labels: fact.labels, name: fact.check)
        guard facts[check].map({ $0.time <= fact.time }) ?? true else { return }
        facts[check] = fact
        guard facts.count > Self.most else { return }
        // A tenth at a time, so that not every outcome sorts them all.
        for old in facts.sorted(by: { $0.value.time < $1.value.time }).prefix(Self.most / 10) { facts[old.key] = nil }
    }
}
