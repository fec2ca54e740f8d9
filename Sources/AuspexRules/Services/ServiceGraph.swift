package import AuspexSignals

/// Which services there are and which depends on which.
///
/// `upstream` of a service is what it depends on, directly or through others; `downstream` is what depends on it. Circles
/// are allowed, because they happen; a walk visits each service once.
///
/// What documents declare is stronger than what was told, and that stronger than what was learned from labels: when there
/// is no room for all, the weaker is left out. Learned services and edges are forgotten when nothing shows them for
/// ``learnedFor``. The same calls in the same order give the same graph, and every answer is in a defined order.
///
/// Memory: at most ``mostServices`` services and ``mostEdges`` edges.
package struct ServiceGraph: Sendable {
    /// Services that a graph may have; those beyond are counted in ``ServiceGraphStatistics/refusedServices``.
    package static let mostServices = 10_000
    /// Edges that a graph may have; those beyond are counted in ``ServiceGraphStatistics/refusedEdges``.
    package static let mostEdges = 100_000
    /// The longest name in bytes.
    package static let longestName = 256

    /// How long something learned is kept after it was last seen.
    package let learnedFor: TimeSpan
    /// Which labels name services and dependencies.
    package let labelNames: ServiceLabelNames
    /// What could not be taken in.
    package internal(set) var statistics = ServiceGraphStatistics()
    /// Raised by every change of the services or edges, not by seeing them again; for caches of answers.
    package internal(set) var version: UInt64 = 0
    /// How many edges there are.
    package internal(set) var edgeCount = 0

    var nodes: [String: Node] = [:]
    /// The service that goes by another name.
    var canonicalNames: [String: String] = [:]
    var selectors = ServiceSelectors()

    /// One service with its edges, both lists in order of the names so that walks need no sorting.
    struct Node: Sendable {
        var service: ServiceDescription
        var provenance: ServiceProvenance
        var dependencies: [Dependency] = []
        var dependents: [String] = []
    }

    /// The far end of an edge.
    struct Dependency: Sendable {
        var name: String
        var provenance: ServiceProvenance
    }

    /// Starts without services.
    package init(learnedFor: TimeSpan = .hours(7 * 24), labelNames: ServiceLabelNames = ServiceLabelNames()) {
        self.learnedFor = learnedFor
        self.labelNames = labelNames
    }

    /// Starts with what documents declare.
    package init(declaring declarations: ServiceDeclarations) {
        self.init()
        declare(declarations)
    }

    // MARK: Looking

    /// How many services there are.
    package var serviceCount: Int { nodes.count }

    /// All services in order of their names. Sorts them.
    package var services: [ServiceDescription] { nodes.values.map(\.service).sorted { $0.name < $1.name } }

    /// All edges in order of their names. Sorts them.
    package var edges: [ServiceEdge] { nodes.keys.sorted().flatMap { edges(from: $0) } }

    /// The service that goes by `name` or has it as an alias; nil if there is none.
    package func service(_ name: String) -> ServiceDescription? { nodes[canonicalName(name)]?.service }

    /// Where the knowledge of a service comes from; nil for one that there is not.
    package func provenance(of name: String) -> ServiceProvenance? { nodes[canonicalName(name)]?.provenance }

    /// The dependencies of a service in order of their names.
    package func edges(from name: String) -> [ServiceEdge] {
        let name = canonicalName(name)
        return (nodes[name]?.dependencies ?? []).map {
            ServiceEdge(link: ServiceLink(name, dependsOn: $0.name), provenance: $0.provenance)
        }
    }

    /// The name under which a service is kept: `name` itself unless it is an alias.
    package func canonicalName(_ name: String) -> String { canonicalNames[name] ?? name }

    // MARK: Declaring and telling

    /// Puts `declarations` in place of everything declared before. What was told and learned stays; what goes by an alias
    /// now becomes part of the service that has it. Linear in the size of the graph.
    package mutating func declare(_ declarations: ServiceDeclarations) {
        var contents = contents
        contents.retractDeclarations()
        contents.services.insert(
            contentsOf: declarations.services.map { ($0, ServiceProvenance(isDeclared: true)) }, at: 0)
        contents.edges.insert(
            contentsOf: declarations.links.map {
                ServiceEdge(link: $0, provenance: ServiceProvenance(isDeclared: true))
            },
            at: 0)
        rebuild(contents)
    }

    /// Takes in dependencies that another program knows of. They stay until ``forget(_:)``.
    ///
    /// - Returns: How many could not be taken in; the statistics say why.
    package mutating func tell(_ links: [ServiceLink], at time: Timestamp) -> Int {
        links.count { !add($0, ServiceProvenance(.told, at: time)) }
    }

    /// Takes back what was told. What is declared or learned as well stays as that.
    package mutating func forget(_ links: [ServiceLink]) {
        for link in links { change(canonicalName(link.service), canonicalName(link.dependency)) { $0.toldAt = nil } }
        let ends = Set(links.flatMap { [canonicalName($0.service), canonicalName($0.dependency)] })
        for name in ends.sorted() where !hasToldEdge(name) {
            nodes[name]?.provenance.toldAt = nil
            removeIfVoid(name)
        }
    }

    /// Forgets what was learned and not seen since ``learnedFor`` before `now`. Linear in the size of the graph; once an
    /// hour is often enough.
    package mutating func expire(now: Timestamp) {
        let oldest = now - learnedFor
        for name in nodes.keys.sorted() {
            for edge in edges(from: name) {
                let before = edgeCount
                change(name, edge.link.dependency) { $0.forgetLearned(before: oldest) }
                statistics.expiredEdges += before - edgeCount
            }
        }
        for name in nodes.keys.sorted() {
            nodes[name]?.provenance.forgetLearned(before: oldest)
            if removeIfVoid(name) { statistics.expiredServices += 1 }
        }
    }
}
