import AuspexNumerics

/// How far a service's newer changes have moved away from what its model was trained on.
package struct RiskDrift: Hashable, Sendable, Codable {
    /// How many changes were looked at.
    package var changes: Int
    /// The population stability index of each measure, by its name: under 0.1 is nothing, over 0.25 is by custom a
    /// marked move.
    package var stability: [String: Double]
    /// The share of harm in the training.
    package var trainingRate: Double
    /// The share of harm among the newer changes.
    package var rate: Double
    /// The mean probability that the model gives them; beside ``rate`` the calibration in the large.
    package var expectedRate: Double

    private enum CodingKeys: String, CodingKey {
        case changes
        case stability = "population_stability_index"
        case trainingRate = "base_rate_training"
        case rate = "base_rate"
        case expectedRate = "mean_probability"
    }

    /// An index from here on is marked.
    package static let marked = 0.25

    /// Measures how far the changes have moved; they come in whatever order. Nil when there is none.
    package init?(of changes: [LabelledChange], from model: RiskModel) {
        guard !changes.isEmpty else { return nil }
        let judged = TimeOrderedJudge(model: model, labelDelay: nil).judge(RiskTrainer.inTimeOrder(changes))
        let count = Double(changes.count)
        self.changes = changes.count
        stability = [:]
        for (feature, profile) in zip(ChangeFeature.allCases, model.profile) {
            stability[feature.rawValue] = profile.stabilityIndex(of: changes.map { $0.measures[feature] })
        }
        trainingRate = model.training.baseRate
        rate = Double(changes.count { $0.isHarmful }) / count
        expectedRate = judged.reduce(0) { $0 + $1.frozen } / count
    }

    /// The measures with a marked index, the furthest first.
    package var moved: [String] {
        stability.filter { $0.value >= Self.marked }.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map(\.key)
    }
}
