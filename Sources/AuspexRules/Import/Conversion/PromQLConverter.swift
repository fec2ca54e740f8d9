import AuspexSignals

/// Says a PromQL expression as a condition on one series at a time.
///
/// What Prometheus computes for one series from its newest value and its labels can be said: selectors, comparisons and
/// arithmetic with numbers, and `and`, `or` and `unless` between filters of one metric, which name the same series on both
/// sides. Everything else is refused where it stands.
enum PromQLConverter {
    /// What a part of an expression is.
    enum Operand {
        /// A number that is known now.
        case number(Double)
        /// Series.
        case series(SeriesFilter)
    }

    /// The series for which an alert with this expression is active.
    static func filter(_ expression: PromQLExpression) throws(ImportObstacle) -> SeriesFilter {
        switch try operand(expression) {
        case .series(let filter): return filter
        case .number: throw constant(at: expression.offset)
        }
    }

    private static func constant(at offset: Int) -> ImportObstacle {
        let reason =
            "a number and no series: in Prometheus this alert is always active, and a rule needs a series to look at"
        return ImportObstacle(reason: reason, offset: offset)
    }

    /// What a part of an expression is.
    static func operand(_ expression: PromQLExpression) throws(ImportObstacle) -> Operand {
        let offset = expression.offset
        switch expression.syntax {
        case .number(let number): return .number(number)
        case .selector(let selector):
            guard selector.namesSomething else {
                let reason = "PromQL needs a name or a matcher that a series without the label does not pass"
                throw ImportObstacle(reason: reason, offset: offset)
            }
            return .series(SeriesFilter(selector))
        case .negated(let inner):
            switch try operand(inner) {
            case .number(let number): return .number(-number)
            case .series(let filter): return .series(filter.negated)
            }
        case .binary(let binary): return try operand(binary, at: offset)
        case .call(let name, let arguments): return try call(name, arguments, at: offset)
        case .text: throw ImportObstacle(reason: "a text has no value that could be compared", offset: offset)
        case .aggregation(let name, _):
            throw .computed(
                "\(name)() puts series together, and a condition looks at one series at a time", at: offset)
        case .range:
            throw ImportObstacle(
                reason: "the samples of a length of time have no single value that could be compared", offset: offset)
        case .subquery: throw .computed("a subquery looks back, and a condition looks at the newest value", at: offset)
        case .modified(_, let word):
            throw .computed("'\(word)' looks at another time, and a condition looks at the newest value", at: offset)
        }
    }

    // MARK: Functions

    private static func call(
        _ name: String, _ arguments: [PromQLExpression], at offset: Int
    ) throws(ImportObstacle) -> Operand {
        guard let kind = PromQLFunctionKind(name) else {
            let reason = "no function of PromQL that is known here is called '\(name)'"
            throw ImportObstacle(reason: reason + PromQLFunctionKind.hint(for: name), offset: offset)
        }
        switch kind {
        case .value: return try value(name, arguments, at: offset)
        case .overTime:
            throw .computed(
                "\(name)() looks at the samples of a length of time, and a condition at the newest value", at: offset)
        case .histogram:
            throw .computed("\(name)() reads a histogram, and a condition looks at one series at a time", at: offset)
        case .labels: throw .computed("\(name)() has no counterpart in rules", at: offset)
        case .conversion where name == "pi" && arguments.isEmpty: return .number(.pi)
        case .conversion where name == "vector": throw constant(at: offset)
        case .conversion: throw .computed("\(name)() turns series into numbers or back, which rules can't", at: offset)
        case .clock:
            throw .computed(
                "\(name)() asks the clock, and a condition sees only m.time, the moment of the newest value", at: offset
            )
        case .absence:
            let reason =
                "\(name)() asks for series that are not there, and a condition looks at those that are; a rule about them "
                + "with 'missing_data: fire' fires when one that was there falls silent"
            throw ImportObstacle(reason: reason, offset: offset)
        case .prediction: throw ImportObstacle(reason: prediction(arguments), offset: offset)
        }
    }

    /// Both forecast, but along different lines, so that an import would not be the same alert.
    private static func prediction(_ arguments: [PromQLExpression]) -> String {
        var horizon = "4h"
        if arguments.count == 2, case .number(let seconds)? = try? operand(arguments[1]), seconds >= 1,
            let milliseconds = Int64(exactly: (seconds * 1_000).rounded())
        {
            horizon = TimeSpan(milliseconds: milliseconds).description
        }
        return
            "predict_linear() draws one line through the samples of a length of time; forecast(m, \"\(horizon)\") in a "
            + "rule is meant for the same, but weighs lines by how well they did, so that it is left to you to write it"
    }

    /// Functions that both languages compute alike to the last bit.
    private static let exactFunctions: Set<String> = ["abs", "ceil", "floor", "sqrt"]

    private static func value(
        _ name: String, _ arguments: [PromQLExpression], at offset: Int
    ) throws(ImportObstacle) -> Operand {
        guard exactFunctions.contains(name), arguments.count == 1 else {
            throw .computed("rules have no function that computes the same as \(name)()", at: offset)
        }
        guard case .series(let filter) = try operand(arguments[0]) else {
            throw ImportObstacle(reason: "\(name)() takes series, not a number", offset: offset)
        }
        return .series(filter.calling(name))
    }
}
