import AuspexSignals

/// The graph with the walks that have been made through it, which are the same for every alert of a service. Holds no state
/// that matters: it can be thrown away at any time.
struct ServiceScope: Sendable {
    /// Steps in all walks that are kept; over that they are thrown away and made again.
    static let mostKept = 200_000

    let graph: ServiceGraph
    /// How far the walks go.
    let depth: Int
    private var upstream: [String: [ServiceReach]] = [:]
    private var downstream: [String: [ServiceReach]] = [:]
    private var kept = 0

    init(_ graph: ServiceGraph, depth: Int) {
        self.graph = graph
        self.depth = depth
    }

    /// What a service depends on.
    mutating func upstream(of service: String) -> [ServiceReach] {
        if let known = upstream[service] { return known }
        let walk = graph.upstream(of: service, depth: depth)
        makeRoom(for: walk.count)
        upstream[service] = walk
        return walk
    }

    /// What depends on a service.
    mutating func downstream(of service: String) -> [ServiceReach] {
        if let known = downstream[service] { return known }
        let walk = graph.downstream(of: service, depth: depth)
        makeRoom(for: walk.count)
        downstream[service] = walk
        return walk
    }

    private mutating func makeRoom(for count: Int) {
        kept += count + 1
        guard kept > Self.mostKept else { return }
        upstream = [:]
        downstream = [:]
        kept = count + 1
    }
}
