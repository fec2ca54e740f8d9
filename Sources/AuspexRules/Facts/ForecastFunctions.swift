import AuspexExpressions
import AuspexSignals

/// The functions by which expressions ask of a series' future. What they ask for must stand in the expression as a
/// literal, so that it is known which series have to be forecast, and how far, before any sample comes.
///
/// | function | result |
/// |---|---|
/// | `forecast(m, "4h")` | the value to expect in four hours; `forecast(m, "4h", "lower")` and `"upper"`: the band's ends |
/// | `time_to_rise(m, 100.0)` | how long until it has risen to 100; a third argument `"earliest"` or `"latest"` |
/// | `time_to_fall(m, 0.02)` | how long until it has fallen to 0.02; likewise |
///
/// A time is zero when the threshold has been passed already, and the longest that there is (292 years) when it is not
/// reached as far as can be looked ahead. While the forecaster warms up there is no value, and the condition no answer.
enum ForecastFunctions {
    /// The member of a fact in which the answers stand; no field of it, so that expressions cannot name it.
    static let member = "forecasts"

    /// The functions for facts of `sources`.
    static func functions(of sources: Set<FactSource>) -> [CELFunction] {
        sources.contains(.metric) ? all : []
    }

    /// The functions, for people.
    static let catalogue = [
        FactSchema.Field(
            "forecast(m, \"4h\")", "double", isOptional: true,
            "the value to expect in four hours; a third argument \"lower\" or \"upper\" for the band's ends"),
        FactSchema.Field(
            "time_to_rise(m, 100.0)", "duration", isOptional: true,
            "how long until it has risen so far; a third argument \"earliest\" or \"latest\""),
        FactSchema.Field(
            "time_to_fall(m, 0.02)", "duration", isOptional: true,
            "how long until it has fallen so far; a third argument \"earliest\" or \"latest\""),
    ]

    private static let all = [
        function("forecast", .double), function("time_to_rise", .duration), function("time_to_fall", .duration),
    ]

    /// The words that the third argument may be; the first of them is meant without one.
    private static let words = [
        "forecast": ["expected", "lower", "upper"], "time_to_rise": ["expected", "earliest", "latest"],
        "time_to_fall": ["expected", "earliest", "latest"],
    ]

    private static func function(_ name: String, _ result: CELShape) -> CELFunction {
        CELFunction(name, arity: 2...3, result: result) { arguments throws(CELError) -> CELValue in
            guard let question = question(name, arguments[1]) else {
                throw CELError(.invalidArgument, "'\(name)' has an argument that it can't work with")
            }
            guard case .map(let fact) = arguments[0] else {
                throw CELError(.invalidArgument, "'\(name)' takes the fact itself first, as in \(name)(m, …)")
            }
            var word = words[name]?.first ?? ""
            if arguments.count > 2, case .string(let text) = arguments[2] { word = text }
            guard case .map(let answers)? = fact[name: member], let answer = answers[name: question.text] else {
                throw CELError(.noSuchKey, "there is no forecast of this series")
            }
            if case .string(let reason) = answer { throw CELError(.noSuchKey, reason) }
            guard case .map(let parts) = answer, let value = parts[name: word] else {
                throw CELError(.noSuchKey, "'\(name)' has no '\(word)'")
            }
            return value
        }
    }

    // MARK: Reading expressions

    /// A call that asks for something that can't be forecast.
    struct Mistake: Error {
        let reason: String
        let position: TextPosition
    }

    /// What `expression` asks of the future.
    static func questions(in expression: CELExpression) throws(Mistake) -> Set<ForecastQuestion> {
        var found: Set<ForecastQuestion> = []
        if case .call(nil, let name, let arguments) = expression.syntax, let words = words[name], arguments.count > 1 {
            guard let asked = literal(arguments[1]), let question = question(name, asked) else {
                let right =
                    name == "forecast"
                    ? "a length of time in quotes, such as \"4h\"" : "a number, such as 100.0"
                throw Mistake(
                    reason: "the second argument of '\(name)' must be \(right), written out",
                    position: arguments[1].position)
            }
            if arguments.count > 2 {
                guard case .string(let word)? = literal(arguments[2]), words.contains(word) else {
                    let known = words.map { "\"\($0)\"" }.joined(separator: ", ")
                    throw Mistake(
                        reason: "the third argument of '\(name)' must be one of \(known)",
                        position: arguments[2].position)
                }
            }
            found.insert(question)
        }
        for part in FieldUse.parts(of: expression.syntax) { found.formUnion(try questions(in: part)) }
        return found
    }

    private static func literal(_ expression: CELExpression) -> CELValue? {
        switch expression.syntax {
        case .literal(let value): value
        case .unary(.minus, let operand):
            switch literal(operand) {
            case .double(let number): .double(-number)
            case .int(let number): .int(0 &- number)
            default: nil
            }
        default: nil
        }
    }

    private static func question(_ name: String, _ asked: CELValue) -> ForecastQuestion? {
        if name == "forecast" {
            guard case .string(let text) = asked, let span = TimeSpan(text), span > .zero else { return nil }
            return .value(after: span)
        }
        let threshold: Double
        switch asked {
        case .double(let number): threshold = number
        case .int(let number): threshold = Double(number)
        default: return nil
        }
        guard threshold.isFinite else { return nil }
        return name == "time_to_rise" ? .rise(to: threshold) : .fall(to: threshold)
    }
}

extension ForecastAnswer {
    /// The answer as the functions read it: its parts by their words, or why there is none.
    var value: CELValue {
        switch self {
        case .value(let band):
            .map(["expected": .double(band.value), "lower": .double(band.lower), "upper": .double(band.upper)])
        case .time(let earliest, let expected, let latest, horizon: _):
            .map(["earliest": Self.value(earliest), "expected": Self.value(expected), "latest": Self.value(latest)])
        case .none(let reason): .string(reason)
        }
    }

    /// What is not reached takes the longest time that there is, so that "within four hours" is false of it.
    private static func value(_ span: TimeSpan?) -> CELValue {
        CELValue(span ?? TimeSpan(milliseconds: .max))
    }

    /// Whether it is none yet.
    var isMissing: Bool { if case .none = self { true } else { false } }
}
