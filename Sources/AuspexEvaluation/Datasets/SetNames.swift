/// The names of the sets that files belong to: a folder is a set.
struct SetNames {
    /// How many parts of their paths all folders have in common.
    private let shared: Int

    /// - Parameter folders: the folders of all files.
    init(folders: [String]) {
        var common = folders.first.map { Self.parts($0)[...] } ?? []
        for folder in folders {
            common = common.prefix(zip(common, Self.parts(folder)).prefix { $0 == $1 }.count)
        }
        shared = common.count
    }

    /// What tells a folder from the others: its path beneath the folder that all lie in, or that folder's own name.
    func name(of folder: String) -> String {
        let parts = Self.parts(folder)
        let rest = parts.dropFirst(shared)
        guard rest.isEmpty else { return rest.joined(separator: "/") }
        return parts.last { !$0.isEmpty }.map(String.init) ?? "."
    }

    /// The folder of a path, as it is written; empty for a name alone.
    static func folder(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
    }

    private static func parts(_ path: String) -> [Substring] {
        path.isEmpty ? [] : path.split(separator: "/", omittingEmptySubsequences: false).filter { $0 != "." }
    }
}
