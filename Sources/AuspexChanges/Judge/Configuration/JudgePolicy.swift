/// How the judge decides. Every member has a default.
package struct JudgePolicy: Hashable, Sendable {
    /// The chance of a failing verdict when nothing is worse, over all metrics together. Default 0.02.
    package var alpha = 0.02
    /// The chance of a warning or worse when nothing is worse. Default 0.1.
    package var warnAlpha = 0.1
    /// How large a difference must be to count, 0.1 for a tenth. Default 0.1.
    package var minimumEffect = 0.1
    /// How many values of a gauge each side needs. Default 5.
    package var minimumSamples = 5
    /// The chance with which the intervals that are shown cover the effect. Default 0.95.
    package var confidence = 0.95
    /// What templates of log lines that are more frequent lead to. Default warn: their numbers come without times, and
    /// a single mishap can write many lines.
    package var templates = GatePolicy.Effect.warn
    /// The metrics to judge; empty judges all there are.
    /// Setting them costs a pass over all.
    package var metrics: [MetricPolicy] {
        get { listed }
        set {
            listed = newValue
            let named = newValue.enumerated().map { ($1.name, $0) }
            places = Dictionary(named, uniquingKeysWith: { first, _ in first })
        }
    }
    private var listed: [MetricPolicy] = []
    /// Where each metric is in the list, by name.
    private var places: [String: Int] = [:]

    /// Creates the default policy.
    package init() {}

    /// How to look at a metric; of several with one name the first is taken.
    package func metric(_ name: String) -> MetricPolicy {
        places[name].map { listed[$0] } ?? MetricPolicy(name: name)
    }
}
