import AuspexSignals
import Foundation

/// What the faults of one kind say about one change.
struct KindBallot: Hashable, Sendable {
    /// How long after the change each fault came that votes for it, ascending.
    let ages: [TimeSpan]
    /// How many faults were there before the change.
    let vetoes: Int
    /// Steps from the faulty service to the changed one.
    let distance: Int
    /// The share of the faulty places that had the change; nil when nothing can be compared.
    let spread: Double?
    /// What the faults come to; 0 when they don't count.
    let score: Double

    /// Nil when the kind's service has nothing to do with the change, or no fault came after it.
    init?(_ kind: FaultKind, on candidate: BlameCandidate, _ policy: BlamePolicy) {
        guard let distance = candidate.distances[kind.service], distance >= 0 else { return nil }
        let longest = policy.longestWindow(of: candidate)
        let after = kind.faults.filter { fault in candidate.age(of: fault.time).map { $0 <= longest } ?? false }
        guard !after.isEmpty else { return nil }
        let start = candidate.change.startedAt
        ages = after.compactMap { candidate.age(of: $0.time) }.sorted()
        vetoes = kind.faults.count { $0.time < start && start - $0.time <= policy.vetoWindow }
        self.distance = distance
        spread = Self.spread(of: after, on: candidate, isSameService: distance == 0)
        score = Self.score(ages, vetoes, distance, spread, candidate, policy)
    }

    private static func score(
        _ ages: [TimeSpan], _ vetoes: Int, _ distance: Int, _ spread: Double?, _ candidate: BlameCandidate,
        _ policy: BlamePolicy
    ) -> Double {
        var space = 1.0
        if let least = policy.leastShare, let spread {
            guard spread >= least else { return 0 }
            space = spread
        }
        let against = policy.usesVetoes ? vetoes : 0
        let time = policy.windows(of: candidate).reduce(0.0) { sum, window in
            let votes = ages.count { $0 <= window.length }
            guard votes > against else { return sum }
            return sum + window.weight * log(Double(votes - against + 1) / Double(against + 1))
        }
        let decay = policy.halfLife.map { half in
            exp2(-Double(ages[0].milliseconds) / Double(max(1, half.milliseconds)))
        }
        // Fewer votes than vetoes make the logarithm negative; a change is never less than not to blame.
        return max(0, time) * space * (decay ?? 1) * pow(policy.factorPerStep, Double(distance))
    }

    /// Of each kind of place that is known of the change and of the faults, the share of faulty ones that had it; the least
    /// of these shares. Of another service only places that it can share with the changed one count.
    private static func spread(
        of faults: [Fault], on candidate: BlameCandidate, isSameService: Bool
    ) -> Double? {
        let kinds = Set(candidate.places.map(\.kind))
        let faulty = faults.reduce(into: Set<Place>()) { $0.formUnion($1.places) }
            .filter { kinds.contains($0.kind) && (isSameService || $0.isShared) }
        return Dictionary(grouping: faulty, by: \.kind).values.map { places in
            Double(places.count { candidate.places.contains($0) }) / Double(places.count)
        }.min()
    }
}

extension BlamePolicy {
    /// The windows for a change.
    func windows(of candidate: BlameCandidate) -> [Window] {
        guard let previous = candidate.previous, previous < candidate.change.startedAt else { return windows }
        return windows + [Window(candidate.change.startedAt - previous, weight: sincePreviousWeight)]
    }

    /// A fault that came later says nothing about the change.
    func longestWindow(of candidate: BlameCandidate) -> TimeSpan {
        windows(of: candidate).map(\.length).max() ?? .zero
    }
}
