import AuspexRules
import AuspexSignals

/// A forecaster that draws a line through the last two values of a series: what a rule's test needs, if its series are
/// straight where it asks.
struct StraightLine: FactForecasting {
    private struct Course {
        var last: Reading
        /// How much the value changes in a millisecond; nil before there are two values.
        var slope: Double?
    }

    /// As far as is looked.
    private static let horizon = TimeSpan.hours(720)

    private var courses: [Labels: Course] = [:]

    mutating func answers(to questions: Set<ForecastQuestion>, of fact: MetricFact) -> ForecastAnswers {
        var course = Course(last: fact.reading)
        if let before = courses[fact.labels]?.last {
            let step = fact.reading.time.milliseconds - before.time.milliseconds
            course.slope = (fact.reading.value - before.value) / Double(step)
        }
        courses[fact.labels] = course
        return Dictionary(uniqueKeysWithValues: questions.map { ($0.text, Self.answer(to: $0, course)) })
    }

    private static func answer(to question: ForecastQuestion, _ course: Course) -> ForecastAnswer {
        guard let slope = course.slope else { return .none(reason: "one value is no line") }
        let value = course.last.value
        switch question {
        case .value(let horizon):
            let ahead = value + slope * Double(horizon.milliseconds)
            return .value(Expectation(value: ahead, lower: ahead, upper: ahead))
        case .rise(let threshold): return time(until: threshold - value, slope)
        case .fall(let threshold): return time(until: value - threshold, -slope)
        }
    }

    /// How long it takes to go a distance.
    private static func time(until distance: Double, _ speed: Double) -> ForecastAnswer {
        let milliseconds = distance <= 0 ? 0 : speed > 0 ? distance / speed : .infinity
        let time = milliseconds <= Double(horizon.milliseconds) ? TimeSpan(milliseconds: Int64(milliseconds)) : nil
        return .time(earliest: time, expected: time, latest: time, horizon: horizon)
    }
}
