import Foundation

/// The name of a repository in a URL of it.
enum RepositoryName {
    /// `owner/name` of `https://github.com/owner/name.git`, `git@host:owner/name.git` or `ssh://git@host:22/owner/name`;
    /// nil when the text is none of these.
    static func of(_ url: String) -> String? {
        var path: Substring
        if let scheme = url.range(of: "://") {
            let rest = url[scheme.upperBound...]
            guard let slash = rest.firstIndex(of: "/") else { return nil }
            path = rest[rest.index(after: slash)...]
        } else if let at = url.firstIndex(of: "@"), let colon = url[at...].firstIndex(of: ":") {
            path = url[url.index(after: colon)...]
        } else {
            return nil
        }
        path = path.prefix { $0 != "?" && $0 != "#" }
        while path.last == "/" { path.removeLast() }
        if path.hasSuffix(".git") { path = path.dropLast(4) }
        guard path.contains("/"), path.utf8.count <= HookLimits.identifierBytes else { return nil }
        return String(path)
    }
}
