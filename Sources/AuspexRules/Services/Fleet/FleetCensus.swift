/// How many instances of a service there are, and how they are.
package struct FleetCensus: Hashable, Sendable {
    /// Those that do their work, be it worse than they should.
    package internal(set) var healthy = 0
    /// Those that don't.
    package internal(set) var unhealthy = 0
    /// Those of which that isn't known.
    package internal(set) var unknown = 0

    /// All of them.
    package var total: Int { healthy + unhealthy + unknown }

    /// The share that is healthy, from 0 to 1; unknown ones are not. Nil when there is no instance, because all of none are
    /// not all well.
    package var healthyRatio: Double? { total == 0 ? nil : Double(healthy) / Double(total) }

    /// Counts `change` instances more that stand like `standing`; nil for one that isn't there.
    mutating func count(_ standing: FleetStanding?, _ change: Int) {
        switch standing {
        case .healthy: healthy += change
        case .unhealthy: unhealthy += change
        case .unknown: unknown += change
        case nil: break
        }
    }
}

/// How an instance is.
package enum FleetStanding: String, Hashable, Sendable, Codable, CaseIterable {
    /// It does its work.
    case healthy
    /// It doesn't.
    case unhealthy
    /// That isn't known.
    case unknown
}
