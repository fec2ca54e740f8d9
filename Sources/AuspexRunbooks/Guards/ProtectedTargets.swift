/// Hosts and services that no rule may have touched (rule 22 of the safety defaults).
package struct ProtectedTargets: Hashable, Sendable {
    /// Those that the configuration names; nothing that a rule asks for is done to them, with approval or without.
    package var listed: [String]
    /// The names and addresses of the engine's own host; nothing is done to it without a person.
    package var own: [String]
    /// Directories of the engine's own; nothing is done to what is in them without a person.
    package var ownDirectories: [String]

    /// Protects these.
    package init(listed: [String] = [], own: [String] = [], ownDirectories: [String] = []) {
        self.listed = listed
        self.own = own
        self.ownDirectories = ownDirectories
    }

    /// The first of what is the engine's own that `words`, in lower case, name.
    func ownMatch(in words: Set<String>) -> String? {
        if let name = Self.match(own, in: words) { return name }
        return ownDirectories.first { directory in
            let directory = directory.lowercased()
            return words.contains { $0 == directory || $0.contains(directory + "/") || $0.hasSuffix(directory) }
        }
    }

    /// The first of `names` that `words`, in lower case, contain.
    static func match(_ names: [String], in words: Set<String>) -> String? {
        guard !names.isEmpty, !words.isEmpty else { return nil }
        let hosts = Set(words.compactMap(Self.hostName))
        return names.first { name in
            let name = name.lowercased()
            // A host is protected under its short name, too, and under its long one when the short one is listed.
            return words.contains(name) || hosts.contains(name) || hostName(name).map(words.contains) ?? false
        }
    }

    /// The part of a host's name before its domain; nil for what is no such name.
    private static func hostName(_ text: String) -> String? {
        guard let dot = text.firstIndex(of: "."), dot > text.startIndex, text.contains(where: \.isLetter) else {
            return nil
        }
        return String(text[..<dot])
    }
}
