import AuspexSignals

/// Finds the silences that may fit an alert without trying them all.
///
/// A silence is filed under one of its matchers: the label's values where the matcher lists them, else the label's name
/// where a missing label does not pass. A set of matchers always has one of these.
struct SilenceIndex: Sendable {
    /// Where a silence is filed.
    private enum Place: Sendable {
        case values(name: String, values: [String])
        case name(String)
    }

    private var places: [String: Place] = [:]
    private var byValue: [String: [String: Set<String>]] = [:]
    private var byName: [String: Set<String>] = [:]

    /// Files the silence `id`, which must not be filed yet.
    mutating func insert(_ id: String, _ matchers: LabelMatchers) {
        guard let place = place(for: matchers) else { return }
        places[id] = place
        switch place {
        case .values(let name, let values):
            for value in values { byValue[name, default: [:]][value, default: []].insert(id) }
        case .name(let name):
            byName[name, default: []].insert(id)
        }
    }

    /// Takes the silence `id` out; nothing happens when it is not filed.
    mutating func remove(_ id: String) {
        switch places.removeValue(forKey: id) {
        case .values(let name, let values):
            for value in values {
                byValue[name]?[value]?.remove(id)
                if byValue[name]?[value]?.isEmpty ?? false { byValue[name]?[value] = nil }
            }
            if byValue[name]?.isEmpty ?? false { byValue[name] = nil }
        case .name(let name):
            byName[name]?.remove(id)
            if byName[name]?.isEmpty ?? false { byName[name] = nil }
        case nil:
            break
        }
    }

    /// The silences that may fit `labels`, each once, until `body` says that it has seen enough. Two look-ups a label.
    func forEachCandidate(for labels: Labels, _ body: (_ id: String) -> Bool) {
        for pair in labels.pairs {
            for id in byValue[pair.name]?[pair.value] ?? [] where !body(id) { return }
            for id in byName[pair.name] ?? [] where !body(id) { return }
        }
    }

    /// The matcher under which the fewest are filed, of those that list values; else the first that needs the label.
    private func place(for matchers: LabelMatchers) -> Place? {
        var best: (place: Place, crowd: Int)?
        for matcher in matchers.matchers {
            guard let values = matcher.literals else { continue }
            let crowd = values.reduce(0) { $0 + (byValue[matcher.name]?[$1]?.count ?? 0) }
            if crowd < best?.crowd ?? .max { best = (.values(name: matcher.name, values: values), crowd) }
        }
        if let best { return best.place }
        return matchers.matchers.first { !$0.matchesEmpty }.map { .name($0.name) }
    }
}
