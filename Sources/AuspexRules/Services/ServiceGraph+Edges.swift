import AuspexSignals

/// How services and edges come into the graph and leave it.
extension ServiceGraph {
    /// Everything in a graph, in the order in which it is to be taken in again: the strongest first, of what was learned
    /// the latest first.
    struct Contents {
        var services: [(service: ServiceDescription, provenance: ServiceProvenance)]
        var edges: [ServiceEdge]

        /// Takes the declarations away; what nothing else vouches for goes with them.
        mutating func retractDeclarations() {
            for place in services.indices {
                services[place].provenance.isDeclared = false
                services[place].service = ServiceDescription(name: services[place].service.name)
            }
            for place in edges.indices { edges[place].provenance.isDeclared = false }
            services.removeAll { $0.provenance.isVoid }
            edges.removeAll { $0.provenance.isVoid }
        }
    }

    var contents: Contents {
        let services = nodes.keys.sorted().compactMap { nodes[$0] }
            .map { (service: $0.service, provenance: $0.provenance) }
        return Contents(
            services: services.sorted { Self.precedes($0.provenance, $0.service.name, $1.provenance, $1.service.name) },
            edges: edges.sorted {
                Self.precedes(
                    $0.provenance, $0.link.service + "\u{0}" + $0.link.dependency,
                    $1.provenance, $1.link.service + "\u{0}" + $1.link.dependency)
            })
    }

    private static func precedes(
        _ one: ServiceProvenance, _ name: String, _ other: ServiceProvenance, _ otherName: String
    ) -> Bool {
        func rank(_ provenance: ServiceProvenance) -> Int {
            switch provenance.origin {
            case .declared: 0
            case .told: 1
            case .learned: 2
            }
        }
        if rank(one) != rank(other) { return rank(one) < rank(other) }
        let (seen, otherSeen) = (one.lastSeen, other.lastSeen)
        if seen != otherSeen { return (seen?.milliseconds ?? .min) > (otherSeen?.milliseconds ?? .min) }
        return name < otherName
    }

    /// Builds the graph anew.
    mutating func rebuild(_ contents: Contents) {
        nodes = [:]
        edgeCount = 0
        canonicalNames = [:]
        selectors = ServiceSelectors()
        let names = Set(contents.services.lazy.filter(\.provenance.isDeclared).map(\.service.name))
        for (service, provenance) in contents.services where provenance.isDeclared {
            for alias in service.aliases where !names.contains(alias) && canonicalNames[alias] == nil {
                canonicalNames[alias] = service.name
            }
            selectors.add(service)
        }
        for (service, provenance) in contents.services { add(service, provenance) }
        for edge in contents.edges { add(edge.link, edge.provenance) }
        version &+= 1
    }

    /// Adds a service or what else is known of it; false if there is no room or the name is none.
    @discardableResult
    mutating func add(_ service: ServiceDescription, _ provenance: ServiceProvenance) -> Bool {
        let name = canonicalName(service.name)
        if nodes[name] != nil {
            nodes[name]?.provenance.formUnion(provenance)
            return true
        }
        guard Self.isName(name) else {
            statistics.refusedNames += 1
            return false
        }
        guard nodes.count < Self.mostServices else {
            statistics.refusedServices += 1
            return false
        }
        nodes[name] = Node(service: service, provenance: provenance)
        version &+= 1
        return true
    }

    /// Adds an edge or what else is known of it, with its services; false if there is no room, or if it leads from a service
    /// to itself.
    @discardableResult
    mutating func add(_ link: ServiceLink, _ provenance: ServiceProvenance) -> Bool {
        let (from, to) = (canonicalName(link.service), canonicalName(link.dependency))
        guard from != to else { return false }
        // A declared edge between services that are only learned must not make these declared.
        var presence = provenance
        presence.isDeclared = false
        let areThere = [from, to].allSatisfy { nodes[$0] != nil || add(ServiceDescription(name: $0), provenance) }
        guard areThere else {
            statistics.refusedEdges += 1
            return false
        }
        for name in [from, to] { nodes[name]?.provenance.formUnion(presence) }
        let place = place(of: to, from: from)
        if place.isTaken {
            nodes[from]?.dependencies[place.index].provenance.formUnion(provenance)
            return true
        }
        guard edgeCount < Self.mostEdges else {
            statistics.refusedEdges += 1
            return false
        }
        nodes[from]?.dependencies.insert(Dependency(name: to, provenance: provenance), at: place.index)
        if var dependents = nodes[to]?.dependents {
            nodes[to]?.dependents = []
            let index = sortedPlace(of: from, count: dependents.count) { dependents[$0] }
            dependents.insert(from, at: index)
            nodes[to]?.dependents = dependents
        }
        edgeCount += 1
        version &+= 1
        return true
    }

    /// Changes what is known of an edge, and takes it away when nothing vouches for it any more.
    mutating func change(_ from: String, _ to: String, _ body: (inout ServiceProvenance) -> Void) {
        let place = place(of: to, from: from)
        guard place.isTaken, var dependency = nodes[from]?.dependencies[place.index] else { return }
        body(&dependency.provenance)
        nodes[from]?.dependencies[place.index] = dependency
        guard dependency.provenance.isVoid else { return }
        nodes[from]?.dependencies.remove(at: place.index)
        nodes[to]?.dependents.removeAll { $0 == from }
        edgeCount -= 1
        version &+= 1
    }

    /// Takes a service away that nothing vouches for and that has no edges; whether it did.
    @discardableResult
    mutating func removeIfVoid(_ name: String) -> Bool {
        guard let node = nodes[name], node.provenance.isVoid, node.dependencies.isEmpty, node.dependents.isEmpty
        else { return false }
        nodes[name] = nil
        version &+= 1
        return true
    }

    /// Whether an edge of the service was told.
    func hasToldEdge(_ name: String) -> Bool {
        guard let node = nodes[name] else { return false }
        return node.dependencies.contains { $0.provenance.toldAt != nil }
            || node.dependents.contains { dependent in
                let place = place(of: name, from: dependent)
                return place.isTaken && nodes[dependent]?.dependencies[place.index].provenance.toldAt != nil
            }
    }

    /// Whether a text can name a service: not empty, not too long, and with a letter, so that addresses don't become
    /// services.
    package static func isName(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.count <= longestName && name.contains(where: \.isLetter)
    }

    private func place(of dependency: String, from name: String) -> (index: Int, isTaken: Bool) {
        guard let dependencies = nodes[name]?.dependencies else { return (0, false) }
        let index = sortedPlace(of: dependency, count: dependencies.count) { dependencies[$0].name }
        return (index, index < dependencies.count && dependencies[index].name == dependency)
    }

    /// Where `name` stands or would have to stand in a list that is in order.
    private func sortedPlace(of name: String, count: Int, _ element: (Int) -> String) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = low + (high - low) / 2
            if element(middle) < name { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
