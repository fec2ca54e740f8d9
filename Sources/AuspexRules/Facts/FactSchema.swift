import AuspexExpressions

/// What the expressions of a rule can see: the one place where it is written down.
///
/// A field that is marked optional is missing from the fact when there is nothing to say; `has(m.expected)` asks for it.
package enum FactSchema {
    /// One field of a fact.
    package struct Field: Hashable, Sendable, Codable {
        /// Its name.
        package let name: String
        /// Its type in the words of the expression language.
        package let type: String
        /// Whether it may be missing.
        package let isOptional: Bool
        /// What it says.
        package let meaning: String

        init(_ name: String, _ type: String, isOptional: Bool = false, _ meaning: String) {
            self.name = name
            self.type = type
            self.isOptional = isOptional
            self.meaning = meaning
        }
    }

    /// The fields of a source's facts. A condition's expression sees the fact under the condition's own name and under the
    /// source's ``FactSource/alias``.
    package static func fields(of source: FactSource) -> [Field] {
        switch source {
        case .metric: metric
        case .log: log
        case .logAnomaly: logAnomaly
        case .change: change
        case .alert: outsideAlert
        case .health: health
        case .incident: incident
        }
    }

    static let metric = [
        Field("name", "string", "the metric's name"),
        Field("labels", "map(string)", "the series' labels without the name"),
        Field("value", "double", "the value in the series' own unit"),
        Field("expected", "double", isOptional: true, "the value that the detector expected"),
        Field("lower", "double", isOptional: true, "lower end of the band that counts as normal"),
        Field("upper", "double", isOptional: true, "upper end of the band that counts as normal"),
        Field("score", "double", isOptional: true, "raw score on the detector's scale; missing in warm-up"),
        Field("anomaly_score", "double", isOptional: true, "1 is the alert line of every detector; missing in warm-up"),
        Field(
            "p_value", "double", isOptional: true, "chance of such a score when nothing is wrong; missing in warm-up"),
        Field("anomalous", "bool", isOptional: true, "whether the alert line is reached; missing in warm-up"),
        Field("ready", "bool", "whether the detector has seen enough to be asked"),
        Field("time", "timestamp", "when it was measured"),
    ]

    static let log = [
        Field("body", "string", "the message"),
        Field("severity", "string", "the severity as the source wrote it; empty when unknown"),
        Field("template", "string", "the mined template; empty when there is none"),
        Field("template_id", "string", "the template's stable identifier; empty when there is none"),
        Field(
            "is_new", "bool",
            "whether its template was never seen before, where the stream is known well enough to say so"),
        Field("labels", "map(string)", "the attributes of resource and stream"),
        Field("time", "timestamp", "when it happened"),
    ]

    static let logAnomaly = [
        Field(
            "kind", "string",
            "new_template, template_burst, template_silence, unusual_number, new_value, unusual_session, severity_rise "
                + "or stream_silence"),
        Field("labels", "map(string)", "the service and what else the stream's records have in common"),
        Field("template", "string", "the template that it is about; empty when it is about no single one"),
        Field("template_id", "string", "the template's stable identifier; empty when there is none"),
        Field("subject", "string", "the session or severity that it is about; else empty"),
        Field("severity", "string", "the severity of the record with which it was noticed; empty when unknown"),
        Field("observed", "double", "what was seen: records, seconds of quiet, a number, a share or a distance"),
        Field("expected", "double", isOptional: true, "what was expected"),
        Field("p_value", "double", "chance of this when nothing is wrong"),
        Field("anomaly_score", "double", "1 is the alert line of every detector"),
        Field("explanation", "string", "why, in a sentence"),
        Field("time", "timestamp", "up to when records were counted"),
    ]

    static let change = [
        Field("id", "string", "the change's identifier"),
        Field("kind", "string", "deploy, config or flag"),
        Field("service", "string", "the service that it touches"),
        Field("environment", "string", "where; empty when unknown"),
        Field("version", "string", "the version after it; empty when unknown"),
        Field("previous_version", "string", "the version before it; empty when unknown"),
        Field("author", "string", "who made it; empty when unknown"),
        Field("title", "string", "what it says of itself"),
        Field("outcome", "string", "pending, success, failure or rolled_back"),
        Field("source", "string", "where the report came from"),
        Field("commits", "int", isOptional: true, "how many commits it brings"),
        Field("committed_at", "timestamp", isOptional: true, "when the oldest of them was made"),
        Field("started_at", "timestamp", "when it was announced or begun"),
        Field("ended_at", "timestamp", isOptional: true, "when it was over"),
        Field("time", "timestamp", "its end, or its beginning until it has one"),
    ]

    static let outsideAlert = [
        Field("name", "string", "the alert's name in the other system"),
        Field("labels", "map(string)", "what it is about"),
        Field("severity", "string", "the severity in the other system's words; empty when unknown"),
        Field("state", "string", "firing; one that is resolved ends the condition without being asked"),
        Field("time", "timestamp", "when it began to stand like this"),
    ]

    static let health = [
        Field("check", "string", "the check's name, also the label 'check'; empty when there is only one"),
        Field("status", "string", "healthy, degraded, unhealthy or unknown, which is not that all is well"),
        Field("message", "string", "what the check says of it; empty when it says nothing"),
        Field("labels", "map(string)", "what was checked: service, instance and what else there is"),
        Field("time", "timestamp", "when it was checked"),
    ]

    static let incident = [
        Field("id", "string", "the incident's identifier, also the label 'incident'"),
        Field("state", "string", "open or acknowledged; one that is resolved ends the condition without being asked"),
        Field("severity", "string", "the highest severity of its alerts"),
        Field("title", "string", "what it is about, in a line"),
        Field("services", "list(string)", "its services, in order"),
        Field("alert_count", "int", "all its alerts"),
        Field("firing_count", "int", "those of them that fire"),
        Field("is_storm", "bool", "whether it holds the alerts of a storm"),
        Field("acknowledged_by", "string", "who has taken it on; empty when nobody has"),
        Field("started_at", "timestamp", "when its first alert fired"),
        Field("suspects", "list(suspect)", "changes that it may come from, the most suspected first"),
        Field("labels", "map(string)", "its own, and 'service' when it has exactly one"),
        Field("time", "timestamp", "when it began to stand like this"),
    ]

    /// The fields of each of the `suspects` of an incident.
    package static let suspect = [
        Field("service", "string", "the service that was changed"),
        Field("version", "string", "the version after it; empty when unknown"),
        Field("kind", "string", "deploy, config or flag"),
        Field("id", "string", "the change's identifier"),
        Field("score", "double", "how much it is suspected, from 0 to 1"),
        Field("evidence", "string", "why, in a sentence"),
    ]

    /// The moment that a rule goes by.
    package static let moment = Field(
        momentName, "timestamp",
        "the time of the fact, by the clock that the rule goes by; in 'then' and 'risk' when the alert began to fire")

    static let momentName = "now"

    /// The fields of `alert` in the expressions of `then`: the alert that has begun to fire.
    package static let ownAlert = [
        Field("id", "string", "the alert's identifier"),
        Field("rule", "string", "the rule's identifier"),
        Field("title", "string", "the rule's title"),
        Field("severity", "string", "the rule's severity"),
        Field("labels", "map(string)", "the labels of the group and of the rule"),
        Field("started_at", "timestamp", "when the condition began to hold"),
        Field("fired_at", "timestamp", "when it had held long enough"),
    ]

    /// What is known about the variables of a condition's expression, whose facts have `more` besides their own fields.
    static func conditionVariables(
        _ source: FactSource, named name: String, more: [Field] = []
    ) -> [String: CELShape] {
        let fact = shape(fields(of: source) + more)
        // They may be the same name.
        return [name: fact].merging([source.alias: fact, momentName: .timestamp]) { first, _ in first }
    }

    /// What is known about the variables of the expressions in `then`: the fact, its labels and the alert. `alert` is the
    /// rule's own one, also where the source is alerts of other systems.
    static func responseVariables(_ conditions: ArraySlice<Condition>, hasRisk: Bool) -> [String: CELShape] {
        var variables: [String: CELShape] = [:]
        for condition in conditions {
            let more = condition.count == nil ? [] : [count]
            variables.merge(conditionVariables(condition.source, named: condition.name, more: more)) { first, _ in
                first
            }
        }
        variables["labels"] = .map(of: .string)
        variables["alert"] = shape(ownAlert)
        if hasRisk { variables["risk"] = shape(risk) }
        return variables
    }

    /// What the facts of a condition with `count` have besides, in the expressions of `then` and `risk`.
    package static let count = Field(
        "count", "int",
        "how many facts there were within the window when the alert fired, or series, or different values")

    /// What is known about the variables of expressions about an alert of any rule.
    static var alertVariables: [String: CELShape] { ["alert": shape(ownAlert), momentName: .timestamp] }

    /// The fields of `risk` in the expressions of `then`, for rules that have a risk.
    package static let risk = [
        Field("score", "double", "the points that counted, from zero to the cap"),
        Field("band", "string", "the band in which the score lies, such as low, medium or high"),
        Field("reasons", "list(string)", "why the points counted"),
    ]

    /// Names that a condition can't have, because its expressions use them for something else.
    static func reservedNames(_ source: FactSource) -> Set<String> {
        Set(FactSource.allCases.map(\.alias) + ["alert", "labels", "risk", momentName]).subtracting([source.alias])
            .union(source == .alert ? ["alert"] : [])
    }

    private static func shape(_ fields: [Field]) -> CELShape {
        .object(
            Dictionary(
                uniqueKeysWithValues: fields.map { field in
                    switch field.type {
                    case "string": (field.name, .string)
                    case "double": (field.name, .double)
                    case "bool": (field.name, .bool)
                    case "int": (field.name, .int)
                    case "timestamp": (field.name, .timestamp)
                    case "list(string)": (field.name, .list(of: .string))
                    case "list(suspect)": (field.name, .list(of: shape(suspect)))
                    default: (field.name, .map(of: .string))
                    }
                }))
    }
}
