package import AuspexSignals

/// What the gate makes of what it knows. Every member has a default, in code and in JSON or YAML.
package struct GatePolicy: Hashable, Sendable, Codable {
    /// What an observation leads to.
    package enum Effect: String, Hashable, Sendable, Codable, CaseIterable {
        /// It is shown and nothing else.
        case ignore
        /// The verdict is at least `warn`.
        case warn
        /// The verdict is `fail`.
        case fail
    }

    /// Something that the gate can know.
    package enum Evidence: String, Hashable, Sendable, Codable, CaseIterable {
        /// The risk of the change itself.
        case risk
        /// The health of the service.
        case health
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
    /// What must be known; otherwise the verdict is inconclusive unless what is known fails already. Default both.
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

    /// The members' names in JSON and YAML.
    package enum CodingKeys: String, CodingKey, CaseIterable {
        case name
        case warnPercentile = "warn_percentile"
        case failPercentile = "fail_percentile"
        case criticalAlert = "critical_alert"
        case warningAlert = "warning_alert"
        case anomaly, required
        case healthMaxAge = "health_max_age"
        case inconclusive
        case breakGlass = "break_glass"
        case dryRun = "dry_run"
        case validFor = "valid_for"
    }

    /// Reads a policy; what is missing has its default, what cannot be is refused.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        func read<Value: Decodable>(_ key: CodingKeys, _ standard: Value) throws -> Value {
            try container.decodeIfPresent(Value.self, forKey: key) ?? standard
        }
        func readSpan(_ key: CodingKeys, _ standard: TimeSpan) throws -> TimeSpan {
            guard let text = try container.decodeIfPresent(String.self, forKey: key) else { return standard }
            guard let span = TimeSpan(text) else {
                throw DecodingError.dataCorruptedError(
                    forKey: key, in: container,
                    debugDescription: "\(key.rawValue) is '\(text)', expected a length of time such as 10m")
            }
            return span
        }
        name = try read(.name, name)
        warnPercentile = try read(.warnPercentile, warnPercentile)
        failPercentile = try read(.failPercentile, failPercentile)
        criticalAlert = try read(.criticalAlert, criticalAlert)
        warningAlert = try read(.warningAlert, warningAlert)
        anomaly = try read(.anomaly, anomaly)
        required = try read(.required, required)
        healthMaxAge = try readSpan(.healthMaxAge, healthMaxAge)
        inconclusive = try read(.inconclusive, inconclusive)
        breakGlass = try read(.breakGlass, breakGlass)
        dryRun = try read(.dryRun, dryRun)
        validFor = try readSpan(.validFor, validFor)
        if let mistake {
            throw DecodingError.dataCorrupted(
                DecodingError.Context(codingPath: decoder.codingPath, debugDescription: mistake))
        }
    }

    /// Writes all members, lengths of time as text.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(name, forKey: .name)
        try container.encode(warnPercentile, forKey: .warnPercentile)
        try container.encode(failPercentile, forKey: .failPercentile)
        try container.encode(criticalAlert, forKey: .criticalAlert)
        try container.encode(warningAlert, forKey: .warningAlert)
        try container.encode(anomaly, forKey: .anomaly)
        try container.encode(required, forKey: .required)
        try container.encode(healthMaxAge.description, forKey: .healthMaxAge)
        try container.encode(inconclusive, forKey: .inconclusive)
        try container.encode(breakGlass, forKey: .breakGlass)
        try container.encode(dryRun, forKey: .dryRun)
        try container.encode(validFor.description, forKey: .validFor)
    }

    /// What is wrong with the policy and what would be right; nil when it can be used.
    package var mistake: String? {
        if !(0...100).contains(warnPercentile) { return "warn_percentile is \(warnPercentile), expected 0 to 100" }
        if !(0...100).contains(failPercentile) { return "fail_percentile is \(failPercentile), expected 0 to 100" }
        if warnPercentile > failPercentile {
            return "warn_percentile \(warnPercentile) is above fail_percentile \(failPercentile)"
        }
        if healthMaxAge <= .zero { return "health_max_age is \(healthMaxAge), expected more than 0s" }
        if validFor <= .zero { return "valid_for is \(validFor), expected more than 0s" }
        return nil
    }
}
