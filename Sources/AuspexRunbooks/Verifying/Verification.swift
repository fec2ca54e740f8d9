package import AuspexSignals

/// What must hold, and for how long, before a run counts as having helped. A program that ended well is not enough.
package struct Verification: Hashable, Sendable, Codable {
    /// The series that a name in the condition stands for.
    package struct Selector: Hashable, Sendable, Codable {
        /// The metric's name.
        package var metric: String
        /// Labels that the series must have, each with this very value.
        package var labels: [String: String]

        /// Creates a selector.
        package init(metric: String, labels: [String: String] = [:]) {
            self.metric = metric
            self.labels = labels
        }
    }

    /// The alerts of a rule that must be clear.
    package struct AlertSelector: Hashable, Sendable, Codable {
        /// The rule's id.
        package var rule: String
        /// Only alerts with these labels count.
        package var labels: [String: String]

        /// Creates a selector.
        package init(rule: String, labels: [String: String] = [:]) {
            self.rule = rule
            self.labels = labels
        }
    }

    /// The age over which a reading counts as missing, where the runbook says nothing: four of Prometheus' usual scrape
    /// intervals of 15 s to 30 s.
    package static let defaultMaxAge = TimeSpan.minutes(2)
    /// How long the condition must hold, where the runbook says nothing (rule 8 of the safety defaults: 3 min at
    /// least).
    package static let defaultSoak = TimeSpan.minutes(3)
    /// The time between two looks.
    package static let defaultInterval = TimeSpan.seconds(10)

    /// The names that ``condition`` may use; each stands for the list of its series' newest readings.
    package var readings: [String: Selector]
    /// A CEL condition over ``readings`` and `params`.
    package var condition: String?
    /// Alerts that must be clear.
    package var clearAlerts: [AlertSelector]
    /// How long all of it must hold without a break.
    package var soak: TimeSpan
    /// The time after which it counts as failed.
    package var within: TimeSpan
    /// The time between two looks.
    package var interval: TimeSpan
    /// The age over which a reading counts as missing.
    package var maxAge: TimeSpan
    /// The longest time between what two looks in a row go by, as long as both find it new enough.
    var longestGap: TimeSpan { TimeSpan(milliseconds: interval.milliseconds + maxAge.milliseconds) }
    /// The service of which no alert may have begun to fire since the run began to change something; nil for none.
    package var calmService: String?

    /// Creates a verification.
    package init(
        readings: [String: Selector] = [:], condition: String? = nil, clearAlerts: [AlertSelector] = [],
        soak: TimeSpan = Self.defaultSoak, within: TimeSpan, interval: TimeSpan = Self.defaultInterval,
        maxAge: TimeSpan = Self.defaultMaxAge, calmService: String? = nil
    ) {
        self.readings = readings
        self.condition = condition
        self.clearAlerts = clearAlerts
        self.soak = soak
        self.within = within
        self.interval = interval
        self.maxAge = maxAge
        self.calmService = calmService
    }
}

/// What the detectors and rules say at one moment of what a ``Verification`` asks about.
package struct Observation: Hashable, Sendable {
    /// The newest reading of one series.
    package struct SeriesReading: Hashable, Sendable {
        /// The series.
        package var labels: Labels
        /// What its detector says.
        package var reading: Reading
        /// Whether its source has said since that it ended.
        package var hasEnded: Bool

        /// Creates a reading.
        package init(labels: Labels, reading: Reading, hasEnded: Bool = false) {
            self.labels = labels
            self.reading = reading
            self.hasEnded = hasEnded
        }
    }

    /// How the alerts that a selector means stand.
    package struct AlertReading: Hashable, Sendable {
        /// Whether any of them is raised.
        package enum State: String, Hashable, Sendable { case clear, pending, firing, unknown }

        /// An alert of which the end shows nothing.
        package struct Unheard: Hashable, Sendable {
            /// The labels by which its rule groups.
            package var labels: Labels
            /// When it was over.
            package var at: Timestamp

            /// Creates an end.
            package init(labels: Labels, at: Timestamp) {
                self.labels = labels
                self.at = at
            }
        }

        /// The worst of them; `unknown` when the rule does not exist, or nothing shows that no alert should be raised.
        package var state: State
        /// Up to when what the rule looks at has been seen, in event time; nil where it is not known.
        package var evaluatedAt: Timestamp?
        /// Why the state is not known, in words; nil where it is, and where nobody says.
        package var reason: String?
        /// Those that are over because nothing was heard of them, and of which nothing has been heard since.
        package var unheard: [Unheard]

        /// Creates a reading.
        package init(state: State, evaluatedAt: Timestamp?, reason: String? = nil, unheard: [Unheard] = []) {
            self.state = state
            self.evaluatedAt = evaluatedAt
            self.reason = reason
            self.unheard = unheard
        }
    }

    /// The alerts of a service that have begun to fire since the moment that was asked about.
    package struct Firings: Hashable, Sendable {
        /// One alert.
        package struct Firing: Hashable, Sendable {
            /// The rule's id.
            package var rule: String
            /// When it began to fire.
            package var at: Timestamp

            /// Creates a firing.
            package init(rule: String, at: Timestamp) {
                self.rule = rule
                self.at = at
            }
        }

        /// Those that fire, and those that are over.
        package var alerts: [Firing]
        /// Up to when the service itself has been heard, by its series and log records, in event time; nil when nothing of it
        /// is heard.
        package var evaluatedAt: Timestamp?

        /// Creates firings.
        package init(alerts: [Firing], evaluatedAt: Timestamp?) {
            self.alerts = alerts
            self.evaluatedAt = evaluatedAt
        }
    }

    /// By the names of ``Verification/readings``: the newest reading of each series that matches, also of those that
    /// have ended or fallen silent.
    package var readings: [String: [SeriesReading]]
    /// In the order of ``Verification/clearAlerts``.
    package var alerts: [AlertReading]
    /// Those of ``Verification/calmService``; nil where nobody knows.
    package var firings: Firings?

    /// Creates an observation.
    package init(readings: [String: [SeriesReading]] = [:], alerts: [AlertReading] = [], firings: Firings? = nil) {
        self.readings = readings
        self.alerts = alerts
        self.firings = firings
    }
}

/// Who can say how things stand: the running engine.
package protocol ObservationSource: Sendable {
    /// Looks up what `verification` asks about. What is not known is left out, never made up.
    ///
    /// - Parameter since: How far back to look for alerts that have begun to fire, or have ended because nothing is heard of
    ///   them any more, by when they did; however long ago that is.
    /// - Throws: ``NoDetectors`` where nothing will ever be known; anything else is tried again.
    func observe(_ verification: Verification, since: Timestamp) async throws -> Observation
}

/// There are no detectors that could be asked.
package struct NoDetectors: Error, Hashable, Sendable, CustomStringConvertible {
    /// Creates the error.
    package init() {}

    package var description: String { "there are no detectors here" }
}
