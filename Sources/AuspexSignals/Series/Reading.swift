/// What a detector says of one sample.
public struct Reading: Hashable, Sendable, Codable {
    /// Whether the detector has seen enough to be asked.
    public enum Readiness: Hashable, Sendable, Codable {
        /// It has seen `seen` of the `needed` samples; its score is 0.
        case warmingUp(seen: Int, needed: Int)
        /// Its score counts.
        case ready
        /// The value was missing or not a number; nothing was learned, the score is 0.
        case missing
    }

    /// When.
    public var time: Timestamp
    /// What was measured.
    public var value: Double
    /// The detector's own scale, larger = stranger, 0 or more, never NaN.
    public var rawScore: Double
    /// Chance of a raw score this high when nothing is wrong, 0 < p <= 1.
    public var pValue: Double
    /// 1 is the alert line, the same for every detector: log(p)/log(α), from which a stream takes off what its own alerts have
    /// moved its line by.
    public var anomalyScore: Double
    /// How strange in units of a usual sample, comparable between detectors: about 1 on average when nothing is wrong, 0 or
    /// more, 0 unless ready. What groups of series are judged by.
    public var strangeness: Double
    /// What was expected, if the detector expects a value.
    public var expectation: Expectation?
    /// Whether the score counts.
    public var readiness: Readiness
    /// What made it anomalous, in the detector's words; nil below the alert line, and when value and expectation say all.
    public var reason: String?

    /// Creates a reading.
    public init(
        time: Timestamp, value: Double, rawScore: Double = 0, pValue: Double = 1, anomalyScore: Double = 0,
        strangeness: Double = 0, expectation: Expectation? = nil, readiness: Readiness = .ready, reason: String? = nil
    ) {
        self.time = time
        self.value = value
        self.rawScore = rawScore
        self.pValue = pValue
        self.anomalyScore = anomalyScore
        self.strangeness = strangeness
        self.expectation = expectation
        self.readiness = readiness
        self.reason = reason
    }

    /// Reads what encoding wrote; a reading that was written before there was ``strangeness`` has none.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        time = try container.decode(Timestamp.self, forKey: .time)
        value = try container.decode(Double.self, forKey: .value)
        rawScore = try container.decode(Double.self, forKey: .rawScore)
        pValue = try container.decode(Double.self, forKey: .pValue)
        anomalyScore = try container.decode(Double.self, forKey: .anomalyScore)
        strangeness = try container.decodeIfPresent(Double.self, forKey: .strangeness) ?? 0
        expectation = try container.decodeIfPresent(Expectation.self, forKey: .expectation)
        readiness = try container.decode(Readiness.self, forKey: .readiness)
        reason = try container.decodeIfPresent(String.self, forKey: .reason)
    }

    /// Whether the alert line is reached.
    public var isAnomalous: Bool { readiness == .ready && anomalyScore >= 1 }
}
