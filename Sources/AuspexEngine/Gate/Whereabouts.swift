import AuspexSignals

/// In which environment something is, as far as its labels say so.
enum Whereabouts: Hashable, Sendable {
    /// The labels say nothing.
    case unknown
    /// They say this one.
    case environment(String)
    /// They name several, so that it is in none for certain.
    case contradictory

    private static let labels = ["environment", "env", "deployment_environment", "deployment.environment"]

    /// Where something with these labels is.
    init(of labels: Labels) {
        self = .unknown
        for case let name? in Self.labels.map({ labels[$0] }) where !name.isEmpty {
            switch self {
            case .unknown: self = .environment(name)
            case .environment(let known) where known != name: self = .contradictory
            case .environment, .contradictory: break
            }
        }
    }

    /// Whether it counts for an environment: not when it says that it is in another. Everything counts for an empty one,
    /// which is not known.
    func mayBe(in environment: String) -> Bool {
        switch self {
        case .unknown: true
        case .environment(let name): environment.isEmpty || name == environment
        case .contradictory: environment.isEmpty
        }
    }
}

extension Labels {
    /// Whether what has these labels counts for an environment, see ``Whereabouts``.
    func mayBe(in environment: String) -> Bool { environment.isEmpty || Whereabouts(of: self).mayBe(in: environment) }
}
