/// Which labels name services and dependencies.
package struct ServiceLabelNames: Hashable, Sendable, Codable {
    /// Two labels that name the ends of an edge.
    package struct Pair: Hashable, Sendable, Codable {
        /// The label of the service that depends; nil for the service that the label set names by itself.
        package var service: String?
        /// The label of what it depends on.
        package var dependency: String

        /// Creates a pair.
        package init(service: String?, dependency: String) {
            self.service = service
            self.dependency = dependency
        }
    }

    /// Labels that name a service; the first one that is there counts.
    package var services: [String]
    /// Labels that name an edge; each pair that is there counts.
    package var edges: [Pair]
    /// Values that mean that the name isn't known, in lower case.
    package var placeholders: [String]

    /// Creates a list; the defaults are the names of OpenTelemetry, Kubernetes and Prometheus, and those of the service
    /// graphs of Istio and Tempo.
    package init(
        services: [String] = [
            "service", "service.name", "service_name", "app", "app.kubernetes.io/name", "app_kubernetes_io_name",
            "application", "job",
        ],
        edges: [Pair] = [
            Pair(service: "source_service", dependency: "destination_service"),
            Pair(service: "source_canonical_service", dependency: "destination_canonical_service"),
            Pair(service: "source_workload", dependency: "destination_workload"),
            Pair(service: "source_app", dependency: "destination_app"),
            Pair(service: "client", dependency: "server"),
            Pair(service: nil, dependency: "upstream"),
            Pair(service: nil, dependency: "peer.service"),
            Pair(service: nil, dependency: "peer_service"),
        ],
        placeholders: [String] = ["unknown", "none", "null"]
    ) {
        self.services = services
        self.edges = edges
        self.placeholders = placeholders
    }
}
