import AuspexSignals

/// Which way a walk through the graph goes.
package enum ServiceDirection: String, Hashable, Sendable, Codable, CaseIterable {
    /// To what a service depends on.
    case upstream
    /// To what depends on a service.
    case downstream
}

/// Questions about who depends on whom. Each costs the edges that it reaches.
extension ServiceGraph {
    /// What `name` depends on, directly or through others, up to `depth` steps away: the nearest first, then in the order in
    /// which the walk, which follows edges in order of their names, finds them. Never `name` itself.
    package func upstream(of name: String, depth: Int = .max) -> [ServiceReach] {
        reached(from: name, .upstream, depth: depth)
    }

    /// What depends on `name`, directly or through others, up to `depth` steps away, in the order of
    /// ``upstream(of:depth:)``.
    package func downstream(of name: String, depth: Int = .max) -> [ServiceReach] {
        reached(from: name, .downstream, depth: depth)
    }

    /// Everything that may suffer when `name` fails: all that is downstream of it.
    package func blastRadius(of name: String) -> [ServiceReach] { downstream(of: name) }

    /// What lies in one direction of `name`; see ``upstream(of:depth:)``.
    package func reached(from name: String, _ direction: ServiceDirection, depth: Int) -> [ServiceReach] {
        let start = canonicalName(name)
        guard nodes[start] != nil, depth > 0 else { return [] }
        var seen: Set<String> = [start]
        var found: [ServiceReach] = []
        var next = 0
        func visit(_ service: String, _ distance: Int) {
            forEachNeighbour(of: service, direction) { neighbour in
                if seen.insert(neighbour).inserted {
                    found.append(ServiceReach(service: neighbour, distance: distance + 1))
                }
            }
        }
        visit(start, 0)
        while next < found.count {
            let reach = found[next]
            if reach.distance < depth { visit(reach.service, reach.distance) }
            next += 1
        }
        return found
    }

    /// The shortest way from `name` along its dependencies to `target`, both ends included; nil if there is none. Of several
    /// the one whose names come first.
    package func path(from name: String, to target: String) -> [String]? {
        let (start, end) = (canonicalName(name), canonicalName(target))
        guard nodes[start] != nil, nodes[end] != nil else { return nil }
        var cameFrom: [String: String] = [start: start]
        var queue = [start]
        var next = 0
        while next < queue.count, cameFrom[end] == nil {
            let service = queue[next]
            next += 1
            forEachNeighbour(of: service, .upstream) { neighbour in
                guard cameFrom[neighbour] == nil else { return }
                cameFrom[neighbour] = service
                queue.append(neighbour)
            }
        }
        guard cameFrom[end] != nil else { return nil }
        var path = [end]
        while let last = path.last, last != start, let previous = cameFrom[last] { path.append(previous) }
        return path.reversed()
    }

    /// Whether `name` depends on `target`, directly or through others, in at most `steps` steps. A service depends on itself
    /// only where a circle leads back to it, and one that is not in the graph on nothing.
    package func depends(_ name: String, on target: String, steps: Int = .max) -> Bool {
        let (start, end) = (canonicalName(name), canonicalName(target))
        guard nodes[start] != nil, nodes[end] != nil, steps > 0 else { return false }
        var seen: Set<String> = []
        var front = [start]
        var distance = 0
        while !front.isEmpty, distance < steps, !seen.contains(end) {
            var next: [String] = []
            for service in front {
                forEachNeighbour(of: service, .upstream) { if seen.insert($0).inserted { next.append($0) } }
            }
            front = next
            distance += 1
        }
        return seen.contains(end)
    }

    func forEachNeighbour(of service: String, _ direction: ServiceDirection, _ body: (String) -> Void) {
        guard let node = nodes[service] else { return }
        switch direction {
        case .upstream: for dependency in node.dependencies { body(dependency.name) }
        case .downstream: for dependent in node.dependents { body(dependent) }
        }
    }
}
