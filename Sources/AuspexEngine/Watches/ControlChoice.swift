import AuspexChanges
import AuspexRules
import AuspexSignals

/// Chooses services that a changed one is held against: none of them was changed of late, and none depends on it or it on
/// them, so that what all of them show is not of the change's doing.
struct ControlChoice {
    /// More add little.
    private static let mostControls = 5

    private let graph: ServiceGraph
    private let changed: Set<String>

    /// Chooses from a graph, leaving out what was changed.
    init(_ graph: ServiceGraph, changed: Set<String>) {
        self.graph = graph
        self.changed = Set(changed.map { graph.canonicalName($0) })
    }

    /// The services that have most metrics in common with `service`, by name where that does not decide; none when the
    /// graph does not know the service. Looks at every series.
    func controls(of service: String, _ detection: DetectionStage) -> [String] {
        let own = graph.canonicalName(service)
        guard graph.service(own) != nil else { return [] }
        let related = Set((graph.upstream(of: own) + graph.downstream(of: own)).map(\.service) + [own])
        let others = Set(graph.services.map(\.name)).subtracting(related).subtracting(changed)
        guard !others.isEmpty else { return [] }
        var names: [String: Set<String>] = [:]
        for series in detection.series(where: { _ in true }) {
            for name in ServiceIndex.services(of: series.labels) {
                if name == service || name == own {
                    names[own, default: []].insert(series.labels.name)
                } else if others.contains(name) {
                    names[name, default: []].insert(series.labels.name)
                }
            }
        }
        let wanted = names[own] ?? []
        let shared = others.compactMap { name -> (name: String, count: Int)? in
            let count = names[name]?.intersection(wanted).count ?? 0
            return count > 0 ? (name, count) : nil
        }
        return shared.sorted { ($1.count, $0.name) < ($0.count, $1.name) }.prefix(Self.mostControls).map(\.name)
    }
}
