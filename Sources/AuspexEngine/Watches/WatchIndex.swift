import AuspexChanges
import AuspexRules
import AuspexSignals

/// Which watches look at which service, so that an error line costs the watches that it concerns.
struct WatchIndex: Sendable {
    private var ids: [String: Set<String>] = [:]
    /// The version of the graph whose names it has; nil when watches have begun or ended since.
    private var version: UInt64?

    /// Takes note that a watch has begun or ended.
    mutating func reset() { version = nil }

    /// The ids of the changes whose watches look at one of these services, in order.
    mutating func ids(
        ofServices services: Set<String>, among changes: [String: WatchedChange], _ graph: ServiceGraph
    ) -> [String] {
        if version != graph.version {
            version = graph.version
            ids = [:]
            for (id, change) in changes {
                guard let watch = change.watch else { continue }
                for name in graph.names(of: watch.change.service) { ids[name, default: []].insert(id) }
            }
        }
        guard !ids.isEmpty else { return [] }
        return services.reduce(into: Set<String>()) { $0.formUnion(ids[$1] ?? []) }.sorted()
    }
}
