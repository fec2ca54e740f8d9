/// Tells from a commit's message whether it fixes a defect.
///
/// It does if one of the words below stands in it as a word of its own, in whatever case: `fix: …`, `Fixes #12`,
/// `hotfix`. `prefix` and `fixture` are no such words. The heuristic errs both ways ("fix typo" counts, a fix that
/// does not say so doesn't); it is one of two measures whose sign is the same in all the public data sets.
package enum FixMessage {
    /// The words that count, after the lists in Mockus and Votta (ICSM 2000) and in Kamei et al. (TSE 2013).
    package static let words: Set<String> = [
        "fix", "fixes", "fixed", "fixing", "bugfix", "bugfixes", "hotfix", "bug", "bugs", "defect", "defects", "fault",
        "faults", "faulty", "regression", "regressions", "crash", "crashes",
    ]

    private static let longestWord = 16

    /// Whether the message says so.
    package static func tells(_ message: String) -> Bool {
        var word = ""
        for scalar in message.unicodeScalars {
            if scalar.properties.isAlphabetic || scalar == "_" {
                if word.unicodeScalars.count <= longestWord { word.unicodeScalars.append(scalar) }
            } else {
                if isFix(word) { return true }
                word = ""
            }
        }
        return isFix(word)
    }

    private static func isFix(_ word: String) -> Bool {
        !word.isEmpty && words.contains(word.lowercased())
    }
}
