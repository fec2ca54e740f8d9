import AuspexSignals

extension GatePolicy: Codable {
    /// The members' names in JSON and YAML.
    package enum CodingKeys: String, CodingKey, CaseIterable {
        case name
        case warnPercentile = "warn_percentile"
        case failPercentile = "fail_percentile"
        case warnProbability = "warn_probability"
        case failProbability = "fail_probability"
        case warnPoints = "warn_points"
        case failPoints = "fail_points"
        case criticalAlert = "critical_alert"
        case warningAlert = "warning_alert"
        case anomaly
        case criticalIncident = "critical_incident"
        case warningIncident = "warning_incident"
        case dependencyIncident = "dependency_incident"
        case dependencyAnomaly = "dependency_anomaly"
        case freeze
        case noTests = "no_tests"
        case migration
        case judgeFail = "judge_fail"
        case minimumTimeSinceDeploy = "min_time_since_deploy"
        case required
        case healthMaxAge = "health_max_age"
        case inconclusive
        case breakGlass = "break_glass"
        case dryRun = "dry_run"
        case validFor = "valid_for"
    }

    /// The effects by their names in JSON and YAML.
    package static let effects: [(key: CodingKeys, member: any WritableKeyPath<GatePolicy, Effect> & Sendable)] = [
        (.criticalAlert, \.criticalAlert), (.warningAlert, \.warningAlert), (.anomaly, \.anomaly),
        (.criticalIncident, \.criticalIncident), (.warningIncident, \.warningIncident),
        (.dependencyIncident, \.dependencyIncident), (.dependencyAnomaly, \.dependencyAnomaly),
        (.freeze, \.freeze), (.noTests, \.noTests), (.migration, \.migration),
        (.judgeFail, \.judgeFail),
    ]

    /// The thresholds that null turns off, by their names in JSON and YAML.
    package static let thresholds: [(key: CodingKeys, member: any WritableKeyPath<GatePolicy, Double?> & Sendable)] = [
        (.warnProbability, \.warnProbability), (.failProbability, \.failProbability), (.warnPoints, \.warnPoints),
        (.failPoints, \.failPoints),
    ]

    /// Reads a policy; what is missing has its default, what cannot be is refused.
    package init(from decoder: any Decoder) throws {
        self.init()
        let container = try decoder.container(keyedBy: CodingKeys.self)
        func read<Value: Decodable>(_ key: CodingKeys, _ standard: Value) throws -> Value {
            try container.decodeIfPresent(Value.self, forKey: key) ?? standard
        }
        name = try read(.name, name)
        warnPercentile = try read(.warnPercentile, warnPercentile)
        failPercentile = try read(.failPercentile, failPercentile)
        // Null turns a threshold off, which is not the same as leaving it out.
        for (key, member) in Self.thresholds where container.contains(key) {
            self[keyPath: member] = try container.decode(Double?.self, forKey: key)
        }
        for (key, member) in Self.effects { self[keyPath: member] = try read(key, self[keyPath: member]) }
        minimumTimeSinceDeploy = try Self.span(.minimumTimeSinceDeploy, container)
        required = try read(.required, required)
        healthMaxAge = try Self.span(.healthMaxAge, container) ?? healthMaxAge
        inconclusive = try read(.inconclusive, inconclusive)
        breakGlass = try read(.breakGlass, breakGlass)
        dryRun = try read(.dryRun, dryRun)
        validFor = try Self.span(.validFor, container) ?? validFor
        if let mistake {
            throw DecodingError.dataCorrupted(
                DecodingError.Context(codingPath: decoder.codingPath, debugDescription: mistake))
        }
    }

    private static func span(
        _ key: CodingKeys, _ container: KeyedDecodingContainer<CodingKeys>
    ) throws -> TimeSpan? {
        guard let text = try container.decodeIfPresent(String.self, forKey: key) else { return nil }
        guard let span = TimeSpan(text) else {
            throw DecodingError.dataCorruptedError(
                forKey: key, in: container,
                debugDescription: "\(key.rawValue) is '\(text)', expected a length of time such as 10m")
        }
        return span
    }

    /// Writes all members, lengths of time as text; what is turned off is null.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(name, forKey: .name)
        try container.encode(warnPercentile, forKey: .warnPercentile)
        try container.encode(failPercentile, forKey: .failPercentile)
        for (key, member) in Self.thresholds { try container.encode(self[keyPath: member], forKey: key) }
        for (key, member) in Self.effects { try container.encode(self[keyPath: member], forKey: key) }
        try container.encode(minimumTimeSinceDeploy?.description, forKey: .minimumTimeSinceDeploy)
        try container.encode(required, forKey: .required)
        try container.encode(healthMaxAge.description, forKey: .healthMaxAge)
        try container.encode(inconclusive, forKey: .inconclusive)
        try container.encode(breakGlass, forKey: .breakGlass)
        try container.encode(dryRun, forKey: .dryRun)
        try container.encode(validFor.description, forKey: .validFor)
    }
}
