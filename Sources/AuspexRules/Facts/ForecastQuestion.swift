package import AuspexSignals

/// What a rule asks of a series' future.
package enum ForecastQuestion: Hashable, Sendable {
    /// Where it will be after so long.
    case value(after: TimeSpan)
    /// When it will have risen to a threshold.
    case rise(to: Double)
    /// When it will have fallen to a threshold.
    case fall(to: Double)

    /// The question as evidence shows it, such as `in 4h` or `rises to 100.0`.
    package var text: String {
        switch self {
        case .value(let horizon): "in \(horizon)"
        case .rise(let threshold): "rises to \(threshold)"
        case .fall(let threshold): "falls to \(threshold)"
        }
    }
}

/// What a forecaster says to a question.
package enum ForecastAnswer: Hashable, Sendable, Codable {
    /// The value to expect, and its band.
    case value(Expectation)
    /// How long it takes at the earliest, expectedly and at the latest; nil where that lies beyond `horizon`, which is as
    /// far as was looked.
    case time(earliest: TimeSpan?, expected: TimeSpan?, latest: TimeSpan?, horizon: TimeSpan)
    /// There is no answer yet, and why.
    case none(reason: String)
}

/// The answers to what rules ask of a series' future, by the question's text.
package typealias ForecastAnswers = [String: ForecastAnswer]

/// Answers what the rules of a test ask of the future of the series in it.
package protocol FactForecasting: Sendable {
    /// Learns a reading and answers `questions` from it and from those of the same series before it.
    mutating func answers(to questions: Set<ForecastQuestion>, of fact: MetricFact) -> ForecastAnswers
}

/// What rules ask of the future, by the name of the metric.
package struct ForecastNeeds: Hashable, Sendable {
    private var named: [String: Set<ForecastQuestion>] = [:]
    /// Asked of every series.
    private var open: Set<ForecastQuestion> = []

    /// Nothing.
    package init() {}

    /// What `rules` ask.
    init(_ rules: [Rule]) {
        for rule in rules {
            let conditions = rule.conditions.filter { $0.source == .metric }
            let expressions =
                conditions.map(\.expression) + rule.responses.compactMap(\.condition)
                + rule.responses.flatMap { $0.parameters.map(\.expression) } + (rule.risk?.expressions ?? [])
            let questions = expressions.reduce(into: Set()) { $0.formUnion($1.questions) }
            guard !questions.isEmpty else { continue }
            for condition in conditions {
                guard let names = condition.names else {
                    open.formUnion(questions)
                    continue
                }
                for name in names { named[name, default: []].formUnion(questions) }
            }
        }
    }

    /// What is asked of series of this metric.
    package func questions(ofMetric name: String) -> Set<ForecastQuestion> {
        guard let named = named[name] else { return open }
        return open.isEmpty ? named : named.union(open)
    }
}
