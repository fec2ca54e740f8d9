import AuspexDocuments

/// Makes identifiers of the names of alerts, each once.
struct RuleIdentifiers {
    /// What an identifier may have.
    private static let longest = 64
    /// What stands before a name that begins with no letter, and for one that has none.
    private static let prefix = "alert"

    private var used: Set<String> = []
    /// How often each name was asked for, so that a thousand alerts of one name take no million tries.
    private var counts: [String: Int] = [:]

    /// `kube-pod-crash-looping` for `KubePodCrashLooping`, with a number behind it for the second one.
    mutating func identifier(for name: String) -> String {
        let base = Self.identifier(name)
        var candidate = base
        var count = counts[base] ?? 1
        while !used.insert(candidate).inserted {
            count += 1
            let suffix = "-\(count)"
            candidate = Self.trimmed(base.prefix(Self.longest - suffix.count)) + suffix
        }
        counts[base] = count
        return candidate
    }

    /// The words of a name, in small letters, with hyphens between them.
    private static func identifier(_ name: String) -> String {
        var text = ""
        let scalars = Array(name.unicodeScalars)
        for (place, scalar) in scalars.enumerated() {
            guard isLetter(scalar) || ("0"..."9").contains(scalar) else {
                if !text.isEmpty, text.last != "-" { text += "-" }
                continue
            }
            if beginsWord(scalars, place), text.last != "-", !text.isEmpty { text += "-" }
            text += String(scalar).lowercased()
        }
        let words = trimmed(text.prefix(longest))
        if isIdentifier(words) { return words }
        return words.isEmpty ? prefix : trimmed("\(prefix)-\(words)".prefix(longest))
    }

    /// Whether a word begins with this capital: after a small letter or digit, or before a small letter that ends a row of
    /// capitals (the `E` in `HTTPError`).
    private static func beginsWord(_ scalars: [Unicode.Scalar], _ place: Int) -> Bool {
        guard isCapital(scalars[place]), place > 0 else { return false }
        guard isCapital(scalars[place - 1]) else { return true }
        return place + 1 < scalars.count && isLetter(scalars[place + 1]) && !isCapital(scalars[place + 1])
    }

    private static func trimmed(_ text: some StringProtocol) -> String {
        var text = String(text)
        while text.last == "-" { text.removeLast() }
        return text
    }

    private static func isCapital(_ scalar: Unicode.Scalar) -> Bool { ("A"..."Z").contains(scalar) }

    private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
        isCapital(scalar) || ("a"..."z").contains(scalar)
    }
}
