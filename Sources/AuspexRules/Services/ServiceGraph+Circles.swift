/// Which services depend on one another in a circle.
extension ServiceGraph {
    /// For each service in a circle the name of its circle, which is its first member by name: two services have the same
    /// one exactly when each is upstream of the other. Services in no circle are missing. Linear in services and edges,
    /// after sorting the names.
    package var circles: [String: String] {
        var search = CircleSearch(graph: self)
        for name in nodes.keys.sorted() { search.begin(at: name) }
        return search.circles
    }
}

/// Tarjan's search for strongly connected components (Tarjan 1972), with a stack of its own, so that a long chain of
/// services can't exhaust that of the thread.
private struct CircleSearch {
    let graph: ServiceGraph
    private(set) var circles: [String: String] = [:]

    private struct Frame {
        var name: String
        var next = 0
    }

    private var order: [String: Int] = [:]
    private var low: [String: Int] = [:]
    private var open: [String] = []
    private var isOpen: Set<String> = []

    init(graph: ServiceGraph) {
        self.graph = graph
    }

    mutating func begin(at start: String) {
        guard order[start] == nil else { return }
        var frames = [enter(start)]
        while let frame = frames.last {
            let dependencies = graph.nodes[frame.name]?.dependencies ?? []
            guard frame.next < dependencies.count else {
                frames.removeLast()
                leave(frame.name, to: frames.last?.name)
                continue
            }
            frames[frames.count - 1].next += 1
            let neighbour = dependencies[frame.next].name
            if let place = order[neighbour] {
                if isOpen.contains(neighbour) { low[frame.name] = min(low[frame.name] ?? place, place) }
            } else {
                frames.append(enter(neighbour))
            }
        }
    }

    private mutating func enter(_ name: String) -> Frame {
        let place = order.count
        order[name] = place
        low[name] = place
        open.append(name)
        isOpen.insert(name)
        return Frame(name: name)
    }

    private mutating func leave(_ name: String, to parent: String?) {
        guard let lowest = low[name] else { return }
        if let parent { low[parent] = min(low[parent] ?? lowest, lowest) }
        guard lowest == order[name] else { return }
        var members: [String] = []
        while let member = open.popLast() {
            isOpen.remove(member)
            members.append(member)
            if member == name { break }
        }
        guard members.count > 1, let first = members.min() else { return }
        for member in members { circles[member] = first }
    }
}
