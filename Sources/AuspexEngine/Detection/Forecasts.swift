import AuspexDetection
package import AuspexRules
import AuspexSignals

extension SeriesForecaster {
    /// The answers to what rules ask.
    func answers(to questions: Set<ForecastQuestion>) -> ForecastAnswers {
        var answers: ForecastAnswers = [:]
        for question in questions {
            answers[question.text] =
                switch question {
                case .value(let horizon): Self.answer(forecast(at: horizon)) { .value($0) }
                case .rise(let threshold): Self.answer(timeToReach(threshold, .rising), Self.time)
                case .fall(let threshold): Self.answer(timeToReach(threshold, .falling), Self.time)
                }
        }
        return answers
    }

    private static func time(_ arrival: Arrival) -> ForecastAnswer {
        .time(
            earliest: arrival.earliest, expected: arrival.expected, latest: arrival.latest, horizon: arrival.horizon)
    }

    private static func answer<Answer>(
        _ outlook: Outlook<Answer>, _ known: (Answer) -> ForecastAnswer
    ) -> ForecastAnswer {
        switch outlook {
        case .known(let answer): known(answer)
        case .warmingUp(let seen, let needed):
            .none(reason: "warming up, \(seen) of \(needed) forecasts of this length compared with what came")
        case .tooFar(let longest): .none(reason: "nothing is forecast further ahead than \(longest) for this series")
        }
    }
}

/// The forecasters of the series in a rule's test.
package struct TestForecasts: FactForecasting {
    private var forecasters: [Labels: SeriesForecaster] = [:]

    /// None yet.
    package init() {}

    package mutating func answers(to questions: Set<ForecastQuestion>, of fact: MetricFact) -> ForecastAnswers {
        forecasters[fact.labels, default: SeriesForecaster()].update(
            time: fact.reading.time, value: fact.reading.value)
        return forecasters[fact.labels]?.answers(to: questions) ?? [:]
    }
}
