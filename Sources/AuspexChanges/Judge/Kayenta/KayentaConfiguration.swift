/// A canary configuration of kayenta, as far as it says how to judge; where the data comes from is no matter here.
package struct KayentaConfiguration: Hashable, Sendable {
    /// The judge's name.
    package var judge = KayentaConfiguration.judgeName
    /// The metrics.
    package var metrics: [KayentaMetric] = []
    /// The groups' shares in the score, in percent. Groups that are not named share what is left.
    package var groupWeights: [String: Double] = [:]
    /// From this score on the change passes. Default 95.
    package var pass = 95.0
    /// From this score on it is marginal. Default 75.
    package var marginal = 75.0
    /// The classifier's parameters.
    package var classifier = KayentaClassifier()

    /// The name of the judge that is followed here.
    package static let judgeName = "NetflixACAJudge-v1.0"

    /// Creates the defaults: no metric is configured, so that all are judged alike.
    package init() {}

    /// How to look at a metric; the defaults when it is not configured.
    package func metric(_ name: String) -> KayentaMetric {
        metrics.first { $0.name == name } ?? KayentaMetric(name: name)
    }
}
