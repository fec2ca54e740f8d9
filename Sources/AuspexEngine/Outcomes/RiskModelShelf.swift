import AuspexChanges

/// The models in force that are in memory; those that were not asked for for the longest time give way.
struct RiskModelShelf {
    /// Models in memory; of about a megabyte each.
    static let capacity = 100

    /// A model in force.
    struct Entry: Sendable {
        var version: RiskModelVersion
        var model: RiskModel
    }

    private struct Place {
        /// Nil when it is known that there is none.
        var entry: Entry?
        var usedAt: Int
    }

    private var places: [String: Place] = [:]
    private var uses = 0
    /// Raised by every change of what is there.
    private(set) var stamp = 0

    /// What is known of a service: outer nil for nothing, inner nil for that there is no model.
    mutating func look(_ service: String) -> Entry?? {
        guard places[service] != nil else { return nil }
        uses += 1
        places[service]?.usedAt = uses
        return .some(places[service]?.entry)
    }

    /// Puts a model there, or that there is none.
    mutating func put(_ entry: Entry?, for service: String) {
        uses += 1
        stamp += 1
        places[service] = Place(entry: entry, usedAt: uses)
        guard places.count > Self.capacity else { return }
        if let oldest = places.min(by: { $0.value.usedAt < $1.value.usedAt })?.key { places[oldest] = nil }
    }
}
