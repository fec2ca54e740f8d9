import AuspexSignals

/// Tells the series of a new version from those of the one before, where both run at the same time.
struct VersionSplit: Hashable, Sendable, Codable {
    private static let trackLabels = ["track", "role", "canary", "deployment_track"]
    private static let versionLabels = [
        "version", "app_version", "service_version", "service.version", "app.kubernetes.io/version",
        "app_kubernetes_io_version",
    ]
    private static let hashLabels = ["pod_template_hash", "pod-template-hash", "rollouts_pod_template_hash"]
    private static let canaryWords: Set<String> = ["canary", "preview", "experiment", "true"]
    private static let stableWords: Set<String> = ["stable", "primary", "baseline", "control", "active", "false"]
    /// Values of a label that are remembered; a service with more has no versions in it.
    private static let mostValues = 64

    /// The side of the comparison that a series is on.
    enum Side {
        case canary
        case baseline
    }

    private let version: String
    private let previous: String
    /// The values that labels had before the change.
    private var known: [String: Set<String>] = [:]

    init(version: String, previous: String) {
        self.version = version
        self.previous = previous
    }

    /// Takes note of what ran before the change.
    mutating func learn(_ labels: Labels) {
        for name in Self.versionLabels + Self.hashLabels {
            guard let value = labels[name], known[name, default: []].count < Self.mostValues else { continue }
            known[name, default: []].insert(value)
        }
    }

    /// The side of a series; nil when its labels do not tell.
    func side(of labels: Labels) -> Side? {
        for name in Self.trackLabels {
            guard let word = labels[name]?.lowercased() else { continue }
            if Self.canaryWords.contains(word) { return .canary }
            if Self.stableWords.contains(word) { return .baseline }
        }
        for name in Self.versionLabels {
            guard let value = labels[name], !value.isEmpty else { continue }
            if !version.isEmpty { return VersionName.isSame(value, version) ? .canary : .baseline }
            if VersionName.isSame(value, previous) { return .baseline }
            return known[name]?.contains(value) == true ? .baseline : .canary
        }
        for name in Self.hashLabels {
            guard let value = labels[name], let before = known[name], !before.isEmpty else { continue }
            return before.contains(value) ? .baseline : .canary
        }
        return nil
    }
}
