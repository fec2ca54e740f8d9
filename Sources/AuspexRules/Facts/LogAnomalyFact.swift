package import AuspexSignals

/// Something unusual in a stream of log records: a kind of message that is new, comes too often or not at all, a strange
/// value in one, a session unlike others, more severe records than usual.
package struct LogAnomalyFact: Hashable, Sendable, Codable {
    /// What is unusual, such as `template_burst`.
    package var kind: String
    /// Where: what the records of the stream have in common, and of the record those attributes that name a place.
    package var labels: Labels
    /// The template that it is about; empty when it is about no single one.
    package var template: String
    /// The template's stable identifier; empty when it is about no single one.
    package var templateID: String
    /// What it is about where that is no template: a session's identifier, a severity; else empty.
    package var subject: String
    /// The severity of the record with which it was noticed; empty when unknown.
    package var severity: String
    /// What was seen, in the unit of the explanation.
    package var observed: Double
    /// What was expected; nil where nothing was.
    package var expected: Double?
    /// Chance of this when nothing is wrong.
    package var pValue: Double
    /// 1 is the alert line.
    package var anomalyScore: Double
    /// Why, in a sentence.
    package var explanation: String
    /// The moment in event time up to which records were counted.
    package var time: Timestamp

    /// Creates a fact.
    package init(
        kind: String, labels: Labels, template: String = "", templateID: String = "", subject: String = "",
        severity: String = "", observed: Double, expected: Double? = nil, pValue: Double, anomalyScore: Double,
        explanation: String, time: Timestamp
    ) {
        self.kind = kind
        self.labels = labels
        self.template = template
        self.templateID = templateID
        self.subject = subject
        self.severity = severity
        self.observed = observed
        self.expected = expected
        self.pValue = pValue
        self.anomalyScore = anomalyScore
        self.explanation = explanation
        self.time = time
    }
}
