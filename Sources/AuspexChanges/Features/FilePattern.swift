/// A path in lower case, cut where patterns look at it.
struct FilePlace {
    /// The directories above the file, the outermost first.
    let directories: [Substring]
    /// The file's own name.
    let name: Substring

    init(_ path: String) {
        let parts = path.lowercased().split(separator: "/")
        directories = Array(parts.dropLast())
        name = parts.last ?? ""
    }
}

/// A row of ``FileKind/table``: paths that have one of these.
struct FilePattern: Sendable {
    let kind: FileKind
    /// Names of a directory somewhere above the file.
    let directories: Set<Substring>
    /// Names of the file.
    let names: Set<Substring>
    /// Ends of its name.
    let endings: [String]
    /// Beginnings of its name.
    let prefixes: [String]
    /// Parts within its name.
    let infixes: [String]

    init(
        _ kind: FileKind, directories: Set<Substring> = [], names: Set<Substring> = [], endings: [String] = [],
        prefixes: [String] = [], infixes: [String] = []
    ) {
        self.kind = kind
        self.directories = directories
        self.names = names
        self.endings = endings
        self.prefixes = prefixes
        self.infixes = infixes
    }

    func fits(_ place: FilePlace) -> Bool {
        names.contains(place.name) || place.directories.contains { directories.contains($0) }
            || endings.contains { place.name.hasSuffix($0) } || prefixes.contains { place.name.hasPrefix($0) }
            || infixes.contains { place.name.contains($0) }
    }
}
