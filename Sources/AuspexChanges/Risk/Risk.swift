/// How likely a change is to do harm, as far as that is known. The `risk` member of a ``Verdict``.
package struct Risk: Hashable, Sendable, Codable {
    /// The chance that the change does harm, 0 to 1; nil (null in JSON) when the model knows no outcomes.
    package var probability: Double?
    /// Where the change lies among the repository's earlier changes, 0 to 100; higher is riskier.
    package var percentile: Double
    /// The probability over the share of harmful changes in the training; of a model that knows no outcomes its raw
    /// score over that of the median earlier change. Nil when that is zero.
    package var lift: Double?
    /// The model's name.
    package var model: String
    /// How many changes with a known outcome the model was trained on.
    package var trainedOn: Int
    /// Whether ``probability`` was compared with outcomes and put right.
    package var calibrated: Bool

    /// Creates a risk.
    package init(
        probability: Double?, percentile: Double, lift: Double?, model: String, trainedOn: Int, calibrated: Bool
    ) {
        self.probability = probability
        self.percentile = percentile
        self.lift = lift
        self.model = model
        self.trainedOn = trainedOn
        self.calibrated = calibrated
    }

    private enum CodingKeys: String, CodingKey {
        case probability, percentile, lift, model, trainedOn, calibrated
    }

    /// Reads a risk that somebody else has computed and refuses one that cannot be.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        probability = try container.decodeIfPresent(Double.self, forKey: .probability)
        percentile = try container.decode(Double.self, forKey: .percentile)
        lift = try container.decodeIfPresent(Double.self, forKey: .lift)
        model = try container.decode(String.self, forKey: .model)
        trainedOn = try container.decode(Int.self, forKey: .trainedOn)
        calibrated = try container.decode(Bool.self, forKey: .calibrated)
        func refuse(_ key: CodingKeys, _ range: String) -> DecodingError {
            .dataCorruptedError(forKey: key, in: container, debugDescription: "expected a number \(range)")
        }
        if let probability, !(0...1).contains(probability) { throw refuse(.probability, "from 0 to 1") }
        if !(0...100).contains(percentile) { throw refuse(.percentile, "from 0 to 100") }
        if let lift, !(lift >= 0) || !lift.isFinite { throw refuse(.lift, "of at least 0") }
        if trainedOn < 0 { throw refuse(.trainedOn, "of at least 0") }
    }

    /// Writes all members; what is not known is null.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(probability, forKey: .probability)
        try container.encode(percentile, forKey: .percentile)
        try container.encode(lift, forKey: .lift)
        try container.encode(model, forKey: .model)
        try container.encode(trainedOn, forKey: .trainedOn)
        try container.encode(calibrated, forKey: .calibrated)
    }
}

/// One thing that speaks for or against a change.
package struct Reason: Hashable, Sendable, Codable {
    /// The whole of it in words.
    package var text: String
    /// What was measured; nil when it is no number.
    package var value: Double?
    /// What is usual; nil when nothing is.
    package var baseline: Double?
    /// Its part in the decision, 0 (shown only) to 1 (decides alone).
    package var weight: Double

    /// Creates a reason.
    package init(text: String, value: Double? = nil, baseline: Double? = nil, weight: Double) {
        self.text = text
        self.value = value
        self.baseline = baseline
        self.weight = weight
    }

    private enum CodingKeys: String, CodingKey {
        case text, value, baseline, weight
    }

    /// Writes all members; what is no number is null.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(text, forKey: .text)
        try container.encode(value, forKey: .value)
        try container.encode(baseline, forKey: .baseline)
        try container.encode(weight, forKey: .weight)
    }
}

/// A risk with what it rests on and what it lacks: what a client sends to the gate.
package struct RiskAssessment: Hashable, Sendable, Codable {
    /// The risk; nil when there is too little to compare with.
    package var risk: Risk?
    /// Why it is what it is, the measure that counts first.
    package var reasons: [Reason]
    /// What is lacking, for a person to read.
    package var missing: [String]
    /// What the change consists of besides its measures; nil when unknown.
    package var content: ChangeContent?

    /// Creates an assessment.
    package init(risk: Risk?, reasons: [Reason] = [], missing: [String] = [], content: ChangeContent? = nil) {
        self.risk = risk
        self.reasons = reasons
        self.missing = missing
        self.content = content
    }
}
