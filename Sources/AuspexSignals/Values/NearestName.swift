/// The name among `candidates` that `name` is most likely a misspelling of; nil if none is near.
///
/// Near means an optimal string alignment distance (insertions, deletions, substitutions and swaps of neighbours) of at
/// most a third of the longer name, at least 1. Ties go to the first in alphabetical order, whatever order the candidates
/// come in. Names over 64 characters have none: the cost is the product of the lengths.
package func nearestName(to name: String, among candidates: some Sequence<String>) -> String? {
    let longest = 64
    let written = Array(name.lowercased())
    guard !written.isEmpty, written.count <= longest else { return nil }
    var best: (name: String, distance: Int)?
    for candidate in candidates.sorted() where candidate.count <= longest && candidate != name {
        let meant = Array(candidate.lowercased())
        let limit = max(1, max(written.count, meant.count) / 3)
        let distance = alignmentDistance(written, meant)
        if distance <= limit, distance < (best?.distance ?? .max) { best = (candidate, distance) }
    }
    return best?.name
}

/// `; did you mean 'status'?`, or `; known: a, b, c` when nothing is near; empty without candidates.
package func suggestion(for name: String, among candidates: some Collection<String>) -> String {
    if let nearest = nearestName(to: name, among: candidates) { return "; did you mean '\(nearest)'?" }
    return candidates.isEmpty ? "" : "; known: \(candidates.joined(separator: ", "))"
}

private func alignmentDistance(_ one: [Character], _ other: [Character]) -> Int {
    var beforeLast: [Int] = []
    var last = Array(0...other.count)
    for row in 0..<one.count {
        var current = [row + 1]
        for column in 0..<other.count {
            let cost = one[row] == other[column] ? 0 : 1
            var distance = min(last[column + 1] + 1, current[column] + 1, last[column] + cost)
            if row > 0, column > 0, one[row] == other[column - 1], one[row - 1] == other[column] {
                distance = min(distance, beforeLast[column - 1] + 1)
            }
            current.append(distance)
        }
        (beforeLast, last) = (last, current)
    }
    return last[other.count]
}
