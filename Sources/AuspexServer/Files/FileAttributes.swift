import AuspexEngine
import AuspexSignals
import AuspexWire

/// The attributes that all records of a file have.
enum FileAttributes {
    /// Path and name, what the kubelet puts into the paths of containers' logs, and what the configuration adds.
    static func base(path: String, added: Labels, limits: LogLimits) -> LogAttributes {
        var attributes = LogAttributes(limits: limits)
        attributes.set("log.file.path", path)
        attributes.set("log.file.name", path.split(separator: "/").last.map(String.init))
        for (name, value) in kubernetes(path) { attributes.set(name, value) }
        for pair in added.pairs { attributes.set(pair.name, pair.value) }
        return attributes
    }

    /// `/var/log/pods/<namespace>_<pod>_<uid>/<container>/0.log`, or
    /// `/var/log/containers/<pod>_<namespace>_<container>-<64 digits>.log`.
    private static func kubernetes(_ path: String) -> [(name: String, value: String)] {
        if let match = path.firstMatch(of: /\/pods\/([^\/_]+)_([^\/_]+)_([^\/_]+)\/([^\/]+)\/[^\/]+$/) {
            return [
                ("k8s.namespace.name", String(match.1)), ("k8s.pod.name", String(match.2)),
                ("k8s.pod.uid", String(match.3)), ("k8s.container.name", String(match.4)),
            ]
        }
        if let match = path.firstMatch(of: /\/containers\/([^\/_]+)_([^\/_]+)_([^\/]+)-([0-9a-f]{64})\.log$/) {
            return [
                ("k8s.pod.name", String(match.1)), ("k8s.namespace.name", String(match.2)),
                ("k8s.container.name", String(match.3)), ("container.id", String(match.4)),
            ]
        }
        return []
    }
}
