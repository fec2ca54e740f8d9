package import AuspexSignals

/// How changes are delivered in a span of time: DORA's metrics, with what they rest on.
package struct DeliveryFigures: Hashable, Sendable, Codable {
    /// The first moment of the span.
    package var since: Timestamp
    /// The first moment after it.
    package var until: Timestamp
    /// Deploys that were over in the span.
    package var finished: Int
    /// Deploys that began in it and are not known to be over.
    package var pending: Int
    /// How often was deployed.
    package var frequency: Frequency
    /// From the oldest commit to the end of the deploy.
    package var leadTime: Durations
    /// Finished deploys that did harm.
    package var changeFailure: Share
    /// Finished deploys of which it is not known yet whether they did harm; they count as harmless above.
    package var undecided: Int
    /// From the harm to its end.
    package var restore: Durations
    /// Deploys that were the first after a harmful one of the same service and environment.
    package var rework: Share
    /// What DORA calls such figures.
    package var bands: DeliveryBands

    private enum CodingKeys: String, CodingKey {
        case since, until, finished, pending, frequency, undecided, restore, rework, bands
        case leadTime = "lead_time"
        case changeFailure = "change_failure"
    }

    /// How often something happens.
    package struct Frequency: Hashable, Sendable, Codable {
        /// Deploys whose version ran.
        package var deploys: Int
        /// The span in days.
        package var days: Double
        /// Days (UTC) with at least one.
        package var activeDays: Int
        /// Deploys a day; 0 for an empty span.
        package var perDay: Double

        private enum CodingKeys: String, CodingKey {
            case deploys, days
            case activeDays = "active_days"
            case perDay = "per_day"
        }
    }

    /// Lengths of time, as far as they are known.
    package struct Durations: Hashable, Sendable, Codable {
        /// How many are known.
        package var known: Int
        /// Of how many.
        package var of: Int
        /// The median in seconds; nil when none is known.
        package var median: Double?
        /// Nine in ten are no longer, in seconds (interpolated); nil when none is known.
        package var p90: Double?
    }

    /// A part of a number of deploys.
    package struct Share: Hashable, Sendable, Codable {
        /// The part.
        package var count: Int
        /// The whole.
        package var of: Int
        /// The one over the other; nil when there is none.
        package var rate: Double?
        /// The lower end of the interval that holds the true rate in 95 of 100 cases (Wilson 1927); nil as above.
        package var low: Double?
        /// Its upper end.
        package var high: Double?
    }
}
