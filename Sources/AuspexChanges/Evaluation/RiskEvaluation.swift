import AuspexNumerics
package import AuspexSignals

/// How well a model trained on the older changes of a table foretells the newer ones.
package struct RiskEvaluation: Hashable, Sendable {
    /// The file.
    package var dataset: String
    /// How many changes it has.
    package var rows: Int
    /// The share of older changes, on which the model is trained.
    package var split: Double
    /// The model's name.
    package var model: String
    /// The share of harm among the older changes.
    package var trainingRate: Double
    /// The share of harm among the newer changes.
    package var testRate: Double
    /// After how long the outcome of a newer change counts as known; nil for never.
    package var labelDelay: TimeSpan?
    /// The model as it was trained: no outcome of a newer change is used.
    package var frozen: RiskMetrics
    /// The model with a ``RiskTracker`` that learns the outcomes of newer changes once they are older than the delay;
    /// nil without a delay.
    package var followed: RiskMetrics?
    /// A logistic regression on the logarithm of lines added, as it was trained.
    package var linesAdded: RiskMetrics

    /// Trains on the first `split` of the changes in the order of time and judges the others, each by what was known
    /// when it was made.
    ///
    /// Outcomes of the older changes count as known at the split, as is usual with these data sets, though some came to
    /// light later.
    ///
    /// - Throws: ``RiskModelError`` when one of the parts is too small.
    package init(
        of table: RiskTable, dataset: String, split: Double, labelDelay: TimeSpan?
    ) throws(RiskModelError) {
        let changes = table.changes
        let count = Int(Double(changes.count) * min(max(split, 0), 1))
        let (older, newer) = (Array(changes[..<count]), Array(changes[count...]))
        guard !newer.isEmpty else { throw .nothingToJudge(changes: changes.count, split: split) }
        let model = try RiskTrainer.train(older, service: dataset)
        let judge = TimeOrderedJudge(model: model, labelDelay: labelDelay)
        let judged = judge.judge(newer)
        self.dataset = dataset
        rows = changes.count
        self.split = split
        self.model = model.name
        trainingRate = model.training.baseRate
        testRate = Double(newer.count { $0.isHarmful }) / Double(newer.count)
        self.labelDelay = labelDelay
        frozen = RiskMetrics(judged.map { .init($0.frozen, $0.isHarmful) })
        followed = labelDelay == nil ? nil : RiskMetrics(judged.map { .init($0.followed, $0.isHarmful) })
        linesAdded = RiskMetrics(judged.map { .init($0.linesAdded, $0.isHarmful) })
    }
}

extension RiskEvaluation {
    /// ``labelDelay`` in days.
    var labelDelayDays: Double? { labelDelay.map { Double($0.milliseconds) / 86_400_000 } }
}

extension RiskEvaluation: Encodable {
    private enum CodingKeys: String, CodingKey {
        case dataset, rows, split, model, metrics, baselines
        case trainingRate = "base_rate_training"
        case testRate = "base_rate_test"
        case usesTestLabels = "metrics_use_test_labels"
        case labelDelay = "label_delay_days"
        case frozen = "metrics_without_test_labels"
    }

    /// Writes the metrics of the model as it would run, with the base rate followed, as `metrics`, and those of the
    /// model as it was trained beside them. Without a label delay there is only the latter, and it is `metrics`.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(dataset, forKey: .dataset)
        try container.encode(rows, forKey: .rows)
        try container.encode(split, forKey: .split)
        try container.encode(model, forKey: .model)
        try container.encode(trainingRate, forKey: .trainingRate)
        try container.encode(testRate, forKey: .testRate)
        try container.encode(followed ?? frozen, forKey: .metrics)
        try container.encode(followed != nil, forKey: .usesTestLabels)
        try container.encode(labelDelayDays, forKey: .labelDelay)
        try container.encode(frozen, forKey: .frozen)
        try container.encode(["lines_added": linesAdded], forKey: .baselines)
    }
}
