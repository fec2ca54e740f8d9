package import AuspexSignals

/// Something that went wrong once: an alert that fired.
package struct Fault: Hashable, Sendable {
    /// What went wrong, the same text whenever the same thing does; of an alert its rule and group.
    package var signature: String
    /// The service that it was seen at; empty when nothing names one.
    package var service: String
    /// Where it was seen; empty when nothing says.
    package var places: Set<Place>
    /// When.
    package var time: Timestamp

    /// Creates a fault.
    package init(signature: String, service: String, places: Set<Place> = [], time: Timestamp) {
        self.signature = signature
        self.service = service
        self.places = places
        self.time = time
    }
}

/// Where something runs or goes wrong, such as the instance `web-3` or the zone `eu-1`.
package struct Place: Hashable, Sendable {
    /// What kind of place: `instance`, `host`, `zone`…
    package var kind: String
    /// Its name.
    package var name: String

    /// Creates a place.
    package init(kind: String, name: String) {
        self.kind = kind
        self.name = name
    }

    /// Places of these kinds hold several services; those of other kinds, such as instances, belong to one.
    private static let sharedKinds: Set<String> = ["zone", "region", "cluster", "environment"]

    /// Whether another service can be in the same place.
    var isShared: Bool { Self.sharedKinds.contains(kind) }
}
