package import AuspexSignals

/// How often a runbook may run and how much of a fleet it may touch, besides what holds for all: it can make less possible,
/// never more.
package struct RunbookLimits: Hashable, Sendable, Codable {
    /// Most of its runs at work at once; nil for what holds for all.
    package var mostAtOnce: Int?
    /// Most of its runs started in any hour; nil likewise.
    package var mostPerHour: Int?
    /// How long a target is left alone after a run on it was made; nil likewise.
    package var coolDown: TimeSpan?
    /// What of a fleet has to be left; nil for no fleet.
    package var fleet: FleetLimit?

    /// Creates limits.
    package init(
        mostAtOnce: Int? = nil, mostPerHour: Int? = nil, coolDown: TimeSpan? = nil, fleet: FleetLimit? = nil
    ) {
        self.mostAtOnce = mostAtOnce
        self.mostPerHour = mostPerHour
        self.coolDown = coolDown
        self.fleet = fleet
    }

    /// The limits as they stand in a file, with parameters in them.
    package struct Template: Sendable {
        /// A text with parameters in it.
        package typealias Text = AuspexRunbooks.Template

        /// All but the fleet.
        package var limits = RunbookLimits()
        /// The fleet with parameters in its names; its own names are empty.
        package var fleet: (limit: FleetLimit, service: Text?, selector: [String: Text])?
    }
}

/// What of a fleet has to be left while a run works on one of its instances (rule 4 of the safety defaults).
package struct FleetLimit: Hashable, Sendable, Codable {
    /// A part of a fleet.
    package enum Share: Hashable, Sendable, Codable {
        /// So many instances.
        case instances(Int)
        /// This share of them, from 0 to 1; always at least one instance.
        case share(Double)

        /// How many of `total` that is.
        package func count(of total: Int) -> Int {
            switch self {
            case .instances(let count): count
            // A tenth of thirty is three, though a tenth as a binary number is a little more.
            case .share(let share): max(1, Int((share * Double(total) + 1e-9).rounded(.down)))
            }
        }
    }

    /// Less than this share of healthy instances is never enough, whatever a runbook says: more than half.
    package static let leastHealthy = 0.51
    /// The share that may be worked on at once where a runbook says nothing.
    package static let usualShare = Share.share(0.1)
    /// How long a fleet may settle where a runbook says nothing.
    package static let usualSettling = TimeSpan.minutes(3)

    /// The service whose instances they are; nil where labels select them.
    package var service: String?
    /// The labels that the instances' series `up` have; empty where a service is named.
    package var selector: [String: String]
    /// The share of instances that has to be healthy before a run, from ``leastHealthy`` to 1.
    package var minHealthy: Double
    /// How many may be worked on at once.
    package var mostAtOnce: Share
    /// How long nothing begins after a run on the fleet has ended.
    package var settle: TimeSpan

    /// Creates a limit.
    package init(
        service: String? = nil, selector: [String: String] = [:], minHealthy: Double = leastHealthy,
        mostAtOnce: Share = usualShare, settle: TimeSpan = usualSettling
    ) {
        self.service = service
        self.selector = selector
        self.minHealthy = minHealthy
        self.mostAtOnce = mostAtOnce
        self.settle = settle
    }

    /// The fleet for people, and for knowing it from others: the service's name or the selector.
    package var name: String {
        service
            ?? "{" + selector.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ", ")
            + "}"
    }
}
