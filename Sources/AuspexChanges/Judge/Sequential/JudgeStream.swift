import Foundation

/// Judges while samples arrive: look after every interval and stop as soon as it says so, either way.
///
/// A canary that is not worse is ever called worse with the chance ``Settings/alpha`` at most, over all metrics and all
/// looks together (the mean of e-values is one, however they hang together: Vovk and Wang 2021). A canary that is worse
/// by more than ``Settings/tolerated`` in some metric is ever called safe with the chance ``Settings/beta`` at most.
package struct JudgeStream: Hashable, Sendable, Codable {
    /// How to decide.
    package struct Settings: Hashable, Sendable, Codable {
        /// The chance of ever failing a canary that is not worse. Default 0.02.
        package var alpha = 0.02
        /// The chance of ever passing one that is worse than tolerated. Default 0.05.
        package var beta = 0.05
        /// How many times as high (or low) a metric may be; over 1. Default 1.5.
        package var tolerated = 1.5

        /// Whether a pass stays, as a failure does. Whoever goes on looking after one had better know of what comes later.
        /// Default yes.
        package var isPassFinal = true

        /// Creates the defaults.
        package init() {}
    }

    /// One metric.
    package struct Metric: Hashable, Sendable, Codable {
        /// Its name.
        package var name: String
        /// What its values are.
        package var kind: MetricKind
        /// Which difference speaks against the change.
        package var direction: MetricDirection
        /// How levels are compared; no matter for counts and ratios. Default ratio.
        package var scale: Scale
        /// Whether a level is compared with what ``JudgeStream/learn(_:of:)`` was given, not interval by interval. Default
        /// no.
        package var isAgainstPast: Bool

        /// Creates a metric.
        package init(
            name: String, kind: MetricKind, direction: MetricDirection, scale: Scale = .ratio,
            isAgainstPast: Bool = false
        ) {
            self.name = name
            self.kind = kind
            self.direction = direction
            self.scale = scale
            self.isAgainstPast = isAgainstPast
        }
    }

    /// How two levels are compared.
    package enum Scale: String, Hashable, Sendable, Codable, CaseIterable {
        /// By their ratio, as latencies and sizes are; a level that is not over 0 makes the interval a gap.
        case ratio
        /// By their difference, for levels that may be 0 or less. Whether it is within what is tolerated can't be told
        /// then.
        case difference
    }

    /// The values of a metric in one interval; NaN for missing.
    package struct Interval: Hashable, Sendable {
        /// The baseline's value.
        package var baseline: Double
        /// The canary's value.
        package var canary: Double
        /// What the baseline's events are held against: its traffic, or what was expected. 1 when time is all there is.
        package var baselineExposure: Double
        /// The same of the canary.
        package var canaryExposure: Double

        /// Creates an interval.
        package init(
            baseline: Double, canary: Double, baselineExposure: Double = 1, canaryExposure: Double = 1
        ) {
            self.baseline = baseline
            self.canary = canary
            self.baselineExposure = baselineExposure
            self.canaryExposure = canaryExposure
        }
    }

    /// What is known so far.
    package struct State: Hashable, Sendable, Codable {
        /// `inconclusive` while it must go on, then `fail` or `pass`, which stay, a pass if ``Settings/isPassFinal``.
        package var verdict: Verdict.Outcome
        /// How many intervals there were.
        package var intervals: Int
        /// The evidence that something is worse, all metrics together: at 1/alpha it fails.
        package var evidence: Double
        /// Each metric's evidence that it is worse, in the order of the metrics.
        package var worse: [Double]
        /// Each metric's evidence that it is within what is tolerated; nil where that can't be told, see
        /// ``Scale``. At 1/beta for all it passes.
        package var safe: [Double?]
    }

    /// How to decide.
    package let settings: Settings
    /// The metrics.
    package let metrics: [Metric]
    private var evidence: [MetricEvidence]
    private var intervals = 0
    private var decided: Verdict.Outcome?

    /// Starts without evidence; settings out of their ranges are taken at the nearest end.
    package init(metrics: [Metric], settings: Settings = Settings()) {
        var settings = settings
        settings.alpha = min(max(settings.alpha, 1e-9), 1)
        settings.beta = min(max(settings.beta, 1e-9), 1)
        settings.tolerated = max(settings.tolerated, 1)
        self.settings = settings
        self.metrics = metrics
        evidence = metrics.map { MetricEvidence($0, tolerated: settings.tolerated) }
    }

    private enum CodingKeys: String, CodingKey {
        case settings, metrics, evidence, intervals, decided
    }

    /// Reads a snapshot; one that can't be is refused.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        settings = try container.decode(Settings.self, forKey: .settings)
        metrics = try container.decode([Metric].self, forKey: .metrics)
        evidence = try container.decode([MetricEvidence].self, forKey: .evidence)
        intervals = try container.decode(Int.self, forKey: .intervals)
        decided = try container.decodeIfPresent(Verdict.Outcome.self, forKey: .decided)
        guard evidence.count == metrics.count, intervals >= 0 else {
            throw DecodingError.dataCorruptedError(
                forKey: .evidence, in: container, debugDescription: "expected evidence of \(metrics.count) metrics")
        }
    }

    /// Takes in what a level was before, in order of time, NaN for missing; of the intervals the canary's value alone
    /// counts then. To be called once for each metric that is compared so, before the first interval.
    package mutating func learn(_ values: [Double], of name: String) {
        for (index, metric) in metrics.enumerated() where metric.name == name { evidence[index].learn(values) }
    }

    /// Takes in an interval, by the metrics' names; a metric that is not there has a gap.
    package mutating func update(_ values: [String: Interval]) -> State {
        intervals = min(intervals, .max - 1) + 1
        for (index, metric) in metrics.enumerated() {
            evidence[index].update(values[metric.name] ?? Interval(baseline: .nan, canary: .nan))
        }
        let state = state
        let stays = state.verdict == .fail || state.verdict == .pass && settings.isPassFinal
        if decided == nil, stays { decided = state.verdict }
        return state
    }

    /// What is known so far.
    package var state: State {
        let worse = evidence.map(\.worse)
        let safe = evidence.map(\.safe)
        let together = worse.isEmpty ? 0 : LogMean.of(worse)
        let isSafe = !safe.isEmpty && safe.allSatisfy { ($0 ?? -.infinity) >= -log(settings.beta) }
        let verdict: Verdict.Outcome = together >= -log(settings.alpha) ? .fail : (isSafe ? .pass : .inconclusive)
        return State(
            verdict: decided ?? verdict, intervals: intervals, evidence: exp(min(together, Self.mostLog)),
            worse: worse.map { exp(min($0, Self.mostLog)) }, safe: safe.map { $0.map { exp(min($0, Self.mostLog)) } })
    }

    /// Evidence beyond all doubt is shown as a number that JSON has.
    private static let mostLog = 700.0
}
