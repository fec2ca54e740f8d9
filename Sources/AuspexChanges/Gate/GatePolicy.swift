package import AuspexSignals

/// What the gate makes of what it knows. Every member has a default, in code and in JSON or YAML.
package struct GatePolicy: Hashable, Sendable {
    /// What an observation leads to.
    package enum Effect: String, Hashable, Comparable, Sendable, Codable, CaseIterable {
        /// It is shown and nothing else.
        case ignore
        /// The verdict is at least `warn`.
        case warn
        /// The verdict is `fail`.
        case fail

        private var rank: Int {
            switch self {
            case .ignore: 0
            case .warn: 1
            case .fail: 2
            }
        }

        /// Orders by how much it stops.
        package static func < (left: Effect, right: Effect) -> Bool { left.rank < right.rank }
    }

    /// Something that the gate can know.
    package enum Evidence: String, Hashable, Sendable, Codable, CaseIterable {
        /// The risk of the change itself.
        case risk
        /// The health of the service.
        case health
        /// The points of rules: that every rule about changes could be asked.
        case points
    }

    /// What a caller is told when the verdict is inconclusive.
    package enum Inconclusive: String, Hashable, Sendable, Codable, CaseIterable {
        /// Stop.
        case fail
        /// Go on.
        case pass
    }

    /// Whether somebody may go on whatever the verdict is.
    package enum Override: String, Hashable, Sendable, Codable, CaseIterable {
        /// With a reason, and audited.
        case allow
        /// Never; the attempt is audited.
        case refuse
    }

    /// Its name, to be told apart.
    package var name = "default"
    /// From this percentile of risk on the verdict is at least `warn`. Default 90: the riskiest tenth by size held
    /// 24 % of the defect-inducing changes in the public data sets, at a precision of 44 %.
    package var warnPercentile = 90.0
    /// From this percentile of risk on the verdict is `fail`. Default 99: size alone is no proof, so only what is
    /// extraordinary for the repository is stopped.
    package var failPercentile = 99.0
    /// What a firing critical alert of the service leads to. Default fail: nobody deploys into a fire.
    package var criticalAlert = Effect.fail
    /// What a firing warning alert leads to. Default warn.
    package var warningAlert = Effect.warn
    /// What a series at or above the alert line leads to. Default warn.
    package var anomaly = Effect.warn
    /// From this probability of harm on, 0 to 1, the verdict is at least `warn`. Default nil, off: only a model that
    /// outcomes have calibrated gives one, and what is too likely depends on what harm costs.
    package var warnProbability: Double?
    /// From this probability of harm on the verdict is `fail`. Default nil, off.
    package var failProbability: Double?
    /// From so many points of a rule on the verdict is at least `warn`. Default 70, where a rule's band `high` begins
    /// unless it says otherwise.
    package var warnPoints: Double? = 70
    /// From so many points of a rule on the verdict is `fail`. Default nil, off: points are somebody's opinion, and who
    /// lets them stop a deployment should say so.
    package var failPoints: Double?
    /// What an open critical incident of the service leads to. Default fail, as for an alert.
    package var criticalIncident = Effect.fail
    /// What an open warning incident of the service leads to. Default warn.
    package var warningIncident = Effect.warn
    /// What an open incident, warning or critical, of something that the service depends on leads to. Default warn: the
    /// change may be the repair, but its health can't be judged well meanwhile.
    package var dependencyIncident = Effect.warn
    /// What anomalous series of something that the service depends on lead to. Default ignore: among many series some
    /// are always strange.
    package var dependencyAnomaly = Effect.ignore
    /// What a freeze in force leads to. Default fail: that is what it was declared for.
    package var freeze = Effect.fail
    /// What a change of the program without a change of its tests leads to. Default ignore: many repositories keep
    /// their tests elsewhere.
    package var noTests = Effect.ignore
    /// What a migration leads to. Default warn, which stops nobody: the version before it may not be able to run with
    /// the new schema, so that the way back is not a deploy.
    package var migration = Effect.warn
    /// A deploy sooner than this after the last one of the service to the same environment makes the verdict at least
    /// `warn`: what the last one does may not have shown yet. Default nil, off.
    package var minimumTimeSinceDeploy: TimeSpan?
    /// What a change leads to after which a service was found to be worse. Default fail.
    package var judgeFail = Effect.fail
    /// What must be known; otherwise the verdict is inconclusive unless what is known fails already. Default risk and
    /// health.
    package var required: [Evidence] = [.risk, .health]
    /// How old the newest sample of the service may be to count. Default 10 minutes.
    package var healthMaxAge = TimeSpan.minutes(10)
    /// What an inconclusive verdict means to a caller. Default fail.
    package var inconclusive = Inconclusive.fail
    /// Whether somebody may go on whatever the verdict is. Default allow: in an emergency people find a way around a
    /// gate that has no door, and that way leaves no trace.
    package var breakGlass = Override.allow
    /// Whether verdicts are only shown. Default no.
    package var dryRun = false
    /// How long a verdict may be acted on. Default 1 hour.
    package var validFor = TimeSpan.hours(1)

    /// Creates the default policy.
    package init() {}

    /// What is wrong with the policy and what would be right; nil when it can be used.
    package var mistake: String? {
        Self.mistake("percentile", warnPercentile, failPercentile, in: 0...100)
            ?? Self.mistake("probability", warnProbability, failProbability, in: 0...1)
            ?? Self.mistake("points", warnPoints, failPoints, in: 0...Self.mostPoints)
            ?? mistakeOfTimes
    }

    /// No rule gives more.
    private static let mostPoints = 1_000.0

    private var mistakeOfTimes: String? {
        if healthMaxAge <= .zero { return "health_max_age is \(healthMaxAge), expected more than 0s" }
        if validFor <= .zero { return "valid_for is \(validFor), expected more than 0s" }
        if let span = minimumTimeSinceDeploy, span <= .zero {
            return "min_time_since_deploy is \(span), expected more than 0s; leave it out to turn it off"
        }
        return nil
    }

    private static func mistake(
        _ name: String, _ warn: Double?, _ fail: Double?, in range: ClosedRange<Double>
    ) -> String? {
        for (key, value) in [("warn_\(name)", warn), ("fail_\(name)", fail)] {
            if let value, !range.contains(value) {
                return "\(key) is \(value), expected \(NumberText.short(range.lowerBound))"
                    + " to \(NumberText.short(range.upperBound))"
            }
        }
        guard let warn, let fail, warn > fail else { return nil }
        return "warn_\(name) \(warn) is above fail_\(name) \(fail)"
    }
}
