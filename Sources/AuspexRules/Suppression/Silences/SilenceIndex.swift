import AuspexSignals

/// Finds the silences that may fit an alert without trying them all.
///
/// A silence is filed under one of its matchers: the label's values where the matcher lists them, else the text with which
/// they all begin, else the label's name where a missing label does not pass. A set of matchers always has one of these.
struct SilenceIndex: Sendable {
    /// Where a silence is filed.
    private enum Place: Sendable {
        case values(name: String, values: [String])
        case prefix(name: String, prefix: String)
        case name(String)
    }

    /// The silences that are filed under one label.
    private struct Drawer: Sendable {
        var byValue: [String: Set<String>] = [:]
        var byPrefix: [String: Set<String>] = [:]
        /// The lengths of the prefixes, in bytes, with how many prefixes have them.
        var prefixLengths: [Int: Int] = [:]
        var others: Set<String> = []

        var isEmpty: Bool { byValue.isEmpty && byPrefix.isEmpty && others.isEmpty }

        mutating func insert(_ id: String, prefix: String) {
            if byPrefix[prefix] == nil { prefixLengths[prefix.utf8.count, default: 0] += 1 }
            byPrefix[prefix, default: []].insert(id)
        }

        mutating func remove(_ id: String, value: String) {
            byValue[value]?.remove(id)
            if byValue[value]?.isEmpty ?? false { byValue[value] = nil }
        }

        mutating func remove(_ id: String, prefix: String) {
            byPrefix[prefix]?.remove(id)
            guard byPrefix[prefix]?.isEmpty ?? false else { return }
            byPrefix[prefix] = nil
            let length = prefix.utf8.count
            let count = prefixLengths[length, default: 0] - 1
            prefixLengths[length] = count > 0 ? count : nil
        }

        /// False when `body` has seen enough.
        func forEachCandidate(for value: String, _ body: (_ id: String) -> Bool) -> Bool {
            for id in byValue[value] ?? [] where !body(id) { return false }
            for length in prefixLengths.keys where length <= value.utf8.count {
                let prefix = String(Substring(value.utf8.prefix(length)))
                for id in byPrefix[prefix] ?? [] where !body(id) { return false }
            }
            return others.allSatisfy(body)
        }
    }

    private var places: [String: Place] = [:]
    private var drawers: [String: Drawer] = [:]

    /// Files the silence `id`, which must not be filed yet.
    mutating func insert(_ id: String, _ matchers: LabelMatchers) {
        guard let place = place(for: matchers) else { return }
        places[id] = place
        switch place {
        case .values(let name, let values):
            for value in values { drawers[name, default: Drawer()].byValue[value, default: []].insert(id) }
        case .prefix(let name, let prefix):
            drawers[name, default: Drawer()].insert(id, prefix: prefix)
        case .name(let name):
            drawers[name, default: Drawer()].others.insert(id)
        }
    }

    /// Takes the silence `id` out; nothing happens when it is not filed.
    mutating func remove(_ id: String) {
        guard let place = places.removeValue(forKey: id) else { return }
        let label: String
        switch place {
        case .values(let name, let values):
            label = name
            for value in values { drawers[name]?.remove(id, value: value) }
        case .prefix(let name, let prefix):
            label = name
            drawers[name]?.remove(id, prefix: prefix)
        case .name(let name):
            label = name
            drawers[name]?.others.remove(id)
        }
        if drawers[label]?.isEmpty ?? false { drawers[label] = nil }
    }

    /// The silences that may fit `labels`, each once, until `body` says that it has seen enough. A few look-ups a label.
    func forEachCandidate(for labels: Labels, _ body: (_ id: String) -> Bool) {
        for pair in labels.pairs {
            guard let drawer = drawers[pair.name] else { continue }
            guard drawer.forEachCandidate(for: pair.value, body) else { return }
        }
    }

    /// The matcher under which the fewest are filed, of those that list values; else the longest prefix; else the first
    /// matcher that needs its label.
    private func place(for matchers: LabelMatchers) -> Place? {
        var best: (place: Place, crowd: Int)?
        for matcher in matchers.matchers {
            guard let values = matcher.literals else { continue }
            let crowd = values.reduce(0) { $0 + (drawers[matcher.name]?.byValue[$1]?.count ?? 0) }
            if crowd < best?.crowd ?? .max { best = (.values(name: matcher.name, values: values), crowd) }
        }
        if let best { return best.place }
        let prefixes = matchers.matchers.compactMap { matcher in matcher.prefix.map { (matcher.name, $0) } }
        if let (name, prefix) = prefixes.max(by: { $0.1.utf8.count < $1.1.utf8.count }) {
            return .prefix(name: name, prefix: prefix)
        }
        return matchers.matchers.first { !$0.matchesEmpty }.map { .name($0.name) }
    }
}
