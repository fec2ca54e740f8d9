public import AuspexSignals

/// What a detector says of a template, a parameter, a session or the whole stream.
///
/// All detectors of this folder speak in this form, so that one rule can listen to all of them.
public struct LogVerdict: Hashable, Sendable, Codable {
    /// What is unusual.
    public enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
        /// A template was never seen before.
        case newTemplate = "new_template"
        /// A template has far more lines than usual.
        case templateBurst = "template_burst"
        /// A template has far fewer lines than usual, or none.
        case templateSilence = "template_silence"
        /// A session has other templates, or other numbers of them, than sessions usually have.
        case unusualSession = "unusual_session"
        /// A number in a line is larger or smaller than it ever is.
        case unusualNumber = "unusual_number"
        /// A part of a line that always has one of a few values has a new one.
        case newValue = "new_value"
        /// The share of severe lines is far larger than usual.
        case severityRise = "severity_rise"
        /// No line comes at all.
        case streamSilence = "stream_silence"
    }

    /// What a verdict is about.
    public enum Subject: Hashable, Sendable, Codable {
        /// The whole stream.
        case stream
        /// All lines of a template.
        case template(TemplateID)
        /// The parameter of a template with this position among its `<*>`, from 0.
        case parameter(TemplateID, Int)
        /// The session with this id.
        case session(String)
        /// Lines of this severity or worse.
        case severity(LogSeverity)
    }

    /// What is unusual, or would be.
    public var kind: Kind
    /// What this is about.
    public var subject: Subject
    /// The moment in event time up to which lines were counted.
    public var time: Timestamp
    /// Whether the score counts.
    public var readiness: Reading.Readiness
    /// What was expected, in the unit of ``observed``; nil where nothing was learnt yet.
    public var expected: Double?
    /// What was seen: lines, seconds of quiet, a distance, a number or a share, as the detector says.
    public var observed: Double
    /// Chance of something this strange when nothing is wrong, 0 < p <= 1.
    public var pValue: Double
    /// log(p)/log(α), 0 or more: 1 is the alert line, the same for every detector; 0 unless ready.
    public var anomalyScore: Double
    /// Why, in a sentence.
    public var explanation: String

    /// Creates a verdict; `pValue` is brought into its range, and the score is taken from it.
    init(
        _ kind: Kind, of subject: Subject, at time: Timestamp, readiness: Reading.Readiness = .ready,
        expected: Double?, observed: Double, pValue: Double, alpha: Double, explanation: String
    ) {
        self.kind = kind
        self.subject = subject
        self.time = time
        self.readiness = readiness
        self.expected = expected
        self.observed = observed
        let isReady = readiness == .ready
        self.pValue = isReady ? AnomalyScore.chance(pValue) : 1
        anomalyScore = isReady ? AnomalyScore.of(self.pValue, alpha: alpha) : 0
        self.explanation = explanation
    }

    /// Whether the alert line is reached.
    public var isAnomalous: Bool { readiness == .ready && anomalyScore >= 1 }
}
