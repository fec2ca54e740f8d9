package import AuspexSignals

/// That one alert keeps another quiet, and why.
package struct Inhibition: Hashable, Sendable, Codable {
    /// What the two have to do with one another.
    package enum Cause: Hashable, Sendable, Codable {
        /// They have these labels in common; those that both lack are not listed.
        case labels(Labels)
        /// The services from the target's to the source's, one step each.
        case topology(ServiceDirection, path: [String])
    }

    /// The alert that is kept quiet.
    package var target: String
    /// The alert that keeps it quiet: of several the one that fired first, then the nearest, then the first by identifier.
    package var source: String
    /// The title of the source.
    package var sourceTitle: String
    /// What they have to do with one another.
    package var cause: Cause
    /// When the later of the two fired.
    package var since: Timestamp
    /// When it ends even if the source still fires.
    package var until: Timestamp

    /// The reason in a clause: `inhibited by 'Database down' (a1b2): shop depends on api, api depends on db`.
    package var text: String {
        "inhibited by '\(sourceTitle)' (\(source)): \(reason)"
    }

    private var reason: String {
        switch cause {
        case .labels(let labels):
            return labels.pairs.isEmpty ? "no label has to be equal" : "the same \(labels)"
        case .topology(let direction, let path):
            let steps = zip(path, path.dropFirst())
            switch direction {
            case .upstream: return steps.map { "\($0) depends on \($1)" }.joined(separator: ", ")
            case .downstream: return steps.map { "\($1) depends on \($0)" }.joined(separator: ", ")
            }
        }
    }
}
