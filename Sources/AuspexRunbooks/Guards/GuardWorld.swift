/// How things stand outside of the journal, at the moment at which the guards are asked.
package struct GuardWorld: Hashable, Sendable {
    /// How an alert stands.
    package enum AlertStanding: String, Hashable, Sendable {
        /// It fires.
        case firing
        /// It is over.
        case over
        /// Nothing is known of it.
        case unknown
    }

    /// Another run on a service that this run's service depends on, or that depends on it.
    package struct Relation: Hashable, Sendable {
        /// The other run.
        package var run: String
        /// This run's service.
        package var service: String
        /// The other run's service.
        package var other: String

        /// Creates a relation.
        package init(run: String, service: String, other: String) {
            self.run = run
            self.service = service
            self.other = other
        }
    }

    /// Whether there is a storm of alerts.
    package var isStorm: Bool
    /// The ids of the freeze and maintenance windows that are open for what the run is about.
    package var windows: [String]
    /// How the alert stands that the run is for; nil when there is none.
    package var alert: AlertStanding?
    /// The labels of that alert.
    package var labels: [String: String]
    /// How often alerts of the same rule and group have fired within the window of flapping, this one included; nil when
    /// there is none.
    package var firings: Int?
    /// The runs at work on services that are related by dependency, the first one found of each.
    package var related: [Relation]
    /// How the fleets stand that the plan's limits name, by their names, as far as that is known.
    package var fleets: [String: FleetCount]

    /// Gathers what is known.
    package init(
        isStorm: Bool = false, windows: [String] = [], alert: AlertStanding? = nil, labels: [String: String] = [:],
        firings: Int? = nil, related: [Relation] = [], fleets: [String: FleetCount] = [:]
    ) {
        self.isStorm = isStorm
        self.windows = windows
        self.alert = alert
        self.labels = labels
        self.firings = firings
        self.related = related
        self.fleets = fleets
    }
}

/// Whether anybody knows how things stand outside.
package enum GuardView: Hashable, Sendable {
    /// There is nobody to ask, because no engine is around; guards that would need to know are not asked.
    case absent
    /// Whoever should know does not, for this reason; guards that need to know say no.
    case unknown(String)
    /// This is how things stand.
    case known(GuardWorld)
}

/// Who knows how things stand outside.
package protocol GuardSurroundings: Sendable {
    /// How things stand for a run of `plan` for an alert, beside runs that are at work.
    ///
    /// - Parameters:
    ///   - alert: The alert that is the reason; nil for none.
    ///   - others: The other runs that are at work.
    /// - Throws: Why that cannot be told.
    func world(for plan: Plan, alert: String?, beside others: [RunRecord]) async throws -> GuardWorld
}
