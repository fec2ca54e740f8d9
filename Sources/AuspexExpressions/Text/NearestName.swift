/// Finds the name that a mistyped one was probably meant to be.
enum NearestName {
    /// The candidate with the smallest edit distance to `name`, if it is near enough to be a typing mistake: at most a
    /// third of the letters, and at most three. Ties go to the first in alphabetical order.
    static func suggestion(for name: String, among candidates: some Sequence<String>) -> String? {
        let letters = Array(name.lowercased().unicodeScalars)
        // A hostile name of 100,000 letters must not cost a matrix of that size.
        guard letters.count <= longestName else { return nil }
        let allowed = min(3, max(1, letters.count / 3))
        var best: (name: String, distance: Int)?
        for candidate in candidates.sorted() where candidate != name {
            let other = Array(candidate.lowercased().unicodeScalars)
            guard abs(other.count - letters.count) <= allowed else { continue }
            let distance = editDistance(letters, other)
            if distance <= allowed, distance < (best?.distance ?? .max) { best = (candidate, distance) }
        }
        return best?.name
    }

    private static let longestName = 64

    /// Insertions, deletions, replacements and swaps of neighbours (Damerau 1964, restricted form). O(n·m).
    private static func editDistance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
        var beforeLast = [Int](repeating: 0, count: right.count + 1)
        var last = Array(0...right.count)
        for i in left.indices {
            var row = [i + 1]
            for j in right.indices {
                var distance = min(last[j] + (left[i] == right[j] ? 0 : 1), last[j + 1] + 1, row[j] + 1)
                if i > 0, j > 0, left[i] == right[j - 1], left[i - 1] == right[j] {
                    distance = min(distance, beforeLast[j - 1] + 1)
                }
                row.append(distance)
            }
            (beforeLast, last) = (last, row)
        }
        return last[right.count]
    }
}
