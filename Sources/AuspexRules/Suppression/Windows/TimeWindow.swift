package import AuspexSignals

/// A time in which nobody is told of some alerts, or nothing is changed by itself.
package struct TimeWindow: Hashable, Sendable, Identifiable {
    /// What it does.
    package enum Effect: String, Hashable, Sendable, Codable, CaseIterable {
        /// Notices are held back, and runbooks that would start by themselves are proposed instead; those that wait for an
        /// approval too with ``TimeWindow/blocksRemediation``.
        case maintenance
        /// Runbooks that would start by themselves are proposed instead. Notices go on.
        case freeze
    }

    /// Which alerts it is about.
    package enum Scope: Hashable, Sendable {
        /// All; it has to be said.
        case all
        /// Those with these labels.
        case matching(LabelMatchers)

        /// Whether an alert with these labels (``Alert/matchedLabels``) is one of them.
        package func contains(_ labels: Labels) -> Bool {
            switch self {
            case .all: true
            case .matching(let matchers): matchers.matches(labels)
            }
        }
    }

    /// When it is.
    package enum Schedule: Hashable, Sendable {
        /// Once, from the first of these moments to the second, which does not belong to it.
        case once(Range<Timestamp>)
        /// Again and again.
        case recurring(Recurrence)
    }

    /// Unique and stable.
    package let id: String
    /// One line for people.
    package let title: String
    /// Who answers for it.
    package let owner: String
    /// What it does.
    package let effect: Effect
    /// Whether a maintenance also keeps runbooks from being started.
    package let blocksRemediation: Bool
    /// Which alerts it is about.
    package let scope: Scope
    /// When it is.
    package let schedule: Schedule
    /// Where it is written.
    package let location: SourceLocation

    /// Whether it is open at `moment`, for whatever alerts.
    package func isActive(at moment: Timestamp) -> Bool {
        switch schedule {
        case .once(let times): times.contains(moment)
        case .recurring(let recurrence): recurrence.isActive(at: moment)
        }
    }

    /// Whether it is open at `moment` and about an alert with these labels (``Alert/matchedLabels``).
    package func isActive(at moment: Timestamp, labels: Labels) -> Bool {
        scope.contains(labels) && isActive(at: moment)
    }

    /// When it next opens or closes after `moment`; nil for never.
    package func nextChange(after moment: Timestamp) -> Timestamp? {
        switch schedule {
        case .once(let times): [times.lowerBound, times.upperBound].first { $0 > moment }
        case .recurring(let recurrence): recurrence.nextChange(after: moment)
        }
    }
}
