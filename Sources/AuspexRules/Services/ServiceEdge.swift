/// That one service depends on another.
package struct ServiceLink: Hashable, Sendable, Codable {
    /// The service that depends.
    package var service: String
    /// What it depends on.
    package var dependency: String

    /// Creates a link.
    package init(_ service: String, dependsOn dependency: String) {
        self.service = service
        self.dependency = dependency
    }
}

/// A link with where it comes from.
package struct ServiceEdge: Hashable, Sendable, Codable {
    /// Which service depends on which.
    package var link: ServiceLink
    /// Where that comes from.
    package var provenance: ServiceProvenance

    /// The strongest place that it comes from.
    package var origin: ServiceOrigin { provenance.origin }
}

/// A service that a walk through the graph reached.
package struct ServiceReach: Hashable, Sendable, Codable {
    /// The service.
    package var service: String
    /// Steps from where the walk began, at least 1.
    package var distance: Int
}
