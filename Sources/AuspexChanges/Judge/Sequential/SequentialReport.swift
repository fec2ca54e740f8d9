import Foundation

/// What looking after every interval came to.
package struct SequentialReport: Hashable, Sendable, Codable {
    /// What is known of one metric.
    package struct Metric: Hashable, Sendable, Codable {
        /// The metric's name.
        package var name: String
        /// What its values are.
        package var kind: MetricKind
        /// Which difference speaks against the change.
        package var direction: MetricDirection
        /// In how many intervals both sides had a value.
        package var intervals: Int
        /// The evidence that it is worse; 1 is none.
        package var worse: Double
        /// The evidence that it is within what is tolerated; nil (null) where that can't be told.
        package var safe: Double?

        private enum CodingKeys: String, CodingKey { case name, kind, direction, intervals, worse, safe }

        /// Writes all members; what is not known is null.
        package func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(name, forKey: .name)
            try container.encode(kind, forKey: .kind)
            try container.encode(direction, forKey: .direction)
            try container.encode(intervals, forKey: .intervals)
            try container.encode(worse, forKey: .worse)
            try container.encode(safe, forKey: .safe)
        }
    }

    /// The decision; `inconclusive` when it never stopped.
    package var verdict: Verdict.Outcome
    /// After which interval it would have stopped, from 1; nil (null) when it never did.
    package var stoppedAt: Int?
    /// How many intervals both tables have.
    package var intervals: Int
    /// The evidence that something is worse, all metrics together.
    package var evidence: Double
    /// The evidence from which on it fails: 1/alpha.
    package var failsFrom: Double
    /// The evidence that each metric needs for a pass: 1/beta.
    package var passesFrom: Double
    /// How many times as high or low a metric may be.
    package var tolerated: Double
    /// What decided, or what would still be needed, as sentences.
    package var reasons: [String]
    /// Every metric, in the order of the tables.
    package var metrics: [Metric]

    private enum CodingKeys: String, CodingKey {
        case verdict, stoppedAt, intervals, evidence, failsFrom, passesFrom, tolerated, reasons, metrics
    }

    /// Writes all members; what is not known is null.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(verdict, forKey: .verdict)
        try container.encode(stoppedAt, forKey: .stoppedAt)
        try container.encode(intervals, forKey: .intervals)
        try container.encode(evidence, forKey: .evidence)
        try container.encode(failsFrom, forKey: .failsFrom)
        try container.encode(passesFrom, forKey: .passesFrom)
        try container.encode(tolerated, forKey: .tolerated)
        try container.encode(reasons, forKey: .reasons)
        try container.encode(metrics, forKey: .metrics)
    }

    /// Sums up a stream that has looked at `rows` intervals, or at fewer when it stopped.
    init(_ stream: JudgeStream, measured: [Int], rows: Int, stoppedAt: Int?) {
        let state = stream.state
        verdict = state.verdict
        self.stoppedAt = stoppedAt
        intervals = rows
        evidence = state.evidence
        failsFrom = 1 / stream.settings.alpha
        passesFrom = 1 / stream.settings.beta
        tolerated = stream.settings.tolerated
        metrics = stream.metrics.indices.map { index in
            let metric = stream.metrics[index]
            return Metric(
                name: metric.name, kind: metric.kind, direction: metric.direction, intervals: measured[index],
                worse: state.worse[index], safe: state.safe[index])
        }
        reasons = []
        reasons = sentences
    }

    private static let namedAtMost = 5

    private var sentences: [String] {
        guard !metrics.isEmpty else { return ["there is no metric that could be judged"] }
        let number = JudgeSentence.number
        let together =
            "the evidence that something is worse is \(number(evidence)), and \(number(failsFrom)) are needed to fail"
        let gravest = metrics.filter { $0.worse > 1 }.sorted { ($1.worse, $0.name) < ($0.worse, $1.name) }
            .prefix(Self.namedAtMost)
            .map { "\($0.name): evidence \(number($0.worse)) that it is worse, over \($0.intervals) intervals" }
        switch verdict {
        case .fail: return [together] + gravest
        case .pass:
            return [
                "every metric is shown to be within \(number(tolerated)) times: at least \(number(passesFrom)) each"
            ]
        case .warn, .inconclusive: return [together] + gravest + stillNeeded
        }
    }

    /// What keeps it from passing.
    private var stillNeeded: [String] {
        let number = JudgeSentence.number
        let open = metrics.filter { ($0.safe ?? 0) < passesFrom }
        let named = open.prefix(Self.namedAtMost).map { metric in
            guard metric.intervals > 0 else { return "\(metric.name): no interval has a value on both sides" }
            guard let safe = metric.safe else {
                return "\(metric.name): has values that are 0 or less, so that no pass can be shown"
            }
            return "\(metric.name): evidence \(number(safe)) that it is within \(number(tolerated)) times, and "
                + "\(number(passesFrom)) are needed to pass"
        }
        return named + (open.count > named.count ? ["and \(open.count - named.count) more metrics"] : [])
    }
}

extension SequentialReport {
    /// The decision in a few lines, then a table of the metrics.
    package var table: String {
        let stop = stoppedAt.map { "after interval \($0) of \(intervals)" } ?? "not within \(intervals) intervals"
        let lines =
            ["verdict   \(verdict.rawValue.uppercased())", "stopped   \(stop)"] + reasons.map { "reason    " + $0 }
        var table = TextTable([
            ("metric", .left), ("kind", .left), ("worse if", .left), ("intervals", .right), ("evidence worse", .right),
            ("evidence safe", .right),
        ])
        for metric in metrics {
            table.append([
                metric.name, metric.kind.rawValue, metric.direction.rawValue, "\(metric.intervals)",
                JudgeSentence.number(metric.worse), metric.safe.map(JudgeSentence.number) ?? "",
            ])
        }
        return lines.map { TextTable.printable($0) + "\n" }.joined() + "\n" + table.text
    }
}
