import AuspexSignals
import AuspexTesting
import Testing

@testable import AuspexRules

@Suite("What imported rules mean, by a plain reading of PromQL")
struct ImportedMeaningPropertyTests {
    @Test("an alert holds for the series that the expression lets through, whatever the expression")
    func sameSeries() throws {
        var random = SplitMix64(seed: 21)
        var (accepted, holding) = (0, 0)
        for _ in 0..<800 {
            let text = Self.expression(depth: 3, &random)
            let result = try imported(alertFile(text))
            guard let id = result.rules.first?.id else { continue }
            let series = Self.series(&random)
            let plain = try PlainPromQL.series(of: PromQLParser.parse(text), among: series)
            var engine = RuleEngine(try result.loaded())
            var found: [Labels] = []
            for (labels, value) in series where !engine.handle(reading(labels, 1, value), now: second(1)).isEmpty {
                found.append(labels)
            }
            #expect(Set(found) == Set(plain), "\(text)")
            #expect(engine.statistics(of: id)?.errors == 0, "\(text)")
            accepted += 1
            holding += found.count
        }
        // Else the test would compare nothing.
        #expect(accepted > 250 && holding > 500, "\(accepted), \(holding)")
    }

    // MARK: Random expressions

    private static func expression(depth: Int, _ random: inout SplitMix64) -> String {
        guard depth > 0 else { return selector(&random) }
        func operand() -> String { "(" + expression(depth: depth - 1, &random) + ")" }
        let comparison = ["==", "!=", "<", "<=", ">", ">="][Int.random(in: 0..<6, using: &random)]
        switch Int.random(in: 0..<9, using: &random) {
        case 0: return selector(&random)
        case 1, 2: return "\(operand()) \(comparison) \(number(&random))"
        case 3: return "\(number(&random)) \(comparison) \(operand())"
        case 4: return "\(operand()) \(["+", "-", "*", "/"][Int.random(in: 0..<4, using: &random)]) \(number(&random))"
        case 5: return "\(number(&random)) \(["+", "-", "*", "/"][Int.random(in: 0..<4, using: &random)]) \(operand())"
        case 6: return "-\(operand())"
        default: return "\(operand()) \(["and", "or", "unless"][Int.random(in: 0..<3, using: &random)]) \(operand())"
        }
    }

    private static func number(_ random: inout SplitMix64) -> String {
        let number = "\(Int.random(in: -3...3, using: &random))"
        return Bool.random(using: &random) ? number : "(\(number) + 1)"
    }

    private static func selector(_ random: inout SplitMix64) -> String {
        let matchers = (0..<Int.random(in: 0...2, using: &random)).map { _ in
            let comparison = ["=", "!=", "=~", "!~"][Int.random(in: 0..<4, using: &random)]
            let value = ["", "x", "y", "x|y", ".*", ".+", "x.*"][Int.random(in: 0..<7, using: &random)]
            return ["a", "b"][Int.random(in: 0..<2, using: &random)] + comparison + "\"\(value)\""
        }
        let name = Int.random(in: 0..<10, using: &random) == 0 ? "other" : "load"
        return "\(name){\(matchers.joined(separator: ","))}"
    }

    private static func series(_ random: inout SplitMix64) -> [(labels: Labels, value: Double)] {
        var series: [Labels: Double] = [:]
        for _ in 0..<8 {
            let labels = Labels([
                Labels.metricName: ["load", "other"][Int.random(in: 0..<2, using: &random)],
                "a": ["", "x", "y", "xx"][Int.random(in: 0..<4, using: &random)],
                "b": ["", "x", "y", "xx"][Int.random(in: 0..<4, using: &random)],
            ])
            series[labels] = Double(Int.random(in: -3...3, using: &random))
        }
        return series.map { ($0.key, $0.value) }.sorted { $0.labels.description < $1.labels.description }
    }
}

/// PromQL as its documentation tells it: vectors of series, computed from the inside out. No function and no number alone.
private enum PlainPromQL {
    /// A series as it came in, and its value by now.
    struct Element {
        let labels: Labels
        var value: Double

        /// What set operators compare.
        var matched: Labels { labels.setting(Labels.metricName, to: "") }
    }

    enum Value {
        case number(Double)
        case vector([Element])
    }

    static func series(of expression: PromQLExpression, among series: [(labels: Labels, value: Double)]) -> [Labels] {
        let elements = series.map { Element(labels: $0.labels, value: $0.value) }
        guard case .vector(let vector) = value(expression, elements) else { return [] }
        return vector.map(\.labels)
    }

    private static func value(_ expression: PromQLExpression, _ series: [Element]) -> Value {
        switch expression.syntax {
        case .number(let number): return .number(number)
        case .selector(let selector):
            return .vector(series.filter { element in selector.matchers.allSatisfy { matches($0, element.labels) } })
        case .negated(let operand):
            switch value(operand, series) {
            case .number(let number): return .number(-number)
            case .vector(let vector): return .vector(vector.map { Element(labels: $0.labels, value: -$0.value) })
            }
        case .binary(let binary): return value(binary, series)
        default: return .vector([])
        }
    }

    private static func matches(_ matcher: PromQLSelector.Matcher, _ labels: Labels) -> Bool {
        let value = labels[matcher.label] ?? ""
        let isMatch = (try? Regex(matcher.value).wholeMatch(in: value)).flatMap { $0 } != nil
        return switch matcher.comparison {
        case .equal: value == matcher.value
        case .notEqual: value != matcher.value
        case .matches: isMatch
        case .doesNotMatch: !isMatch
        }
    }

    private static func value(_ binary: PromQLBinary, _ series: [Element]) -> Value {
        switch (value(binary.left, series), value(binary.right, series)) {
        case (.number(let left), .number(let right)): return .number(computed(binary.name, left, right))
        case (.vector(let vector), .number(let number)):
            return .vector(vector.compactMap { element($0, binary.name, $0.value, number) })
        case (.number(let number), .vector(let vector)):
            return .vector(vector.compactMap { element($0, binary.name, number, $0.value) })
        case (.vector(let left), .vector(let right)):
            let (inLeft, inRight) = (Set(left.map(\.matched)), Set(right.map(\.matched)))
            switch binary.name {
            case .and: return .vector(left.filter { inRight.contains($0.matched) })
            case .unless: return .vector(left.filter { !inRight.contains($0.matched) })
            default: return .vector(left + right.filter { !inLeft.contains($0.matched) })
            }
        }
    }

    private static func element(
        _ element: Element, _ name: PromQLOperator, _ left: Double, _ right: Double
    ) -> Element? {
        let holds: Bool
        switch name {
        case .equal: holds = left == right
        case .notEqual: holds = left != right
        case .less: holds = left < right
        case .lessOrEqual: holds = left <= right
        case .greater: holds = left > right
        case .greaterOrEqual: holds = left >= right
        default: return Element(labels: element.labels, value: computed(name, left, right))
        }
        return holds ? element : nil
    }

    private static func computed(_ name: PromQLOperator, _ left: Double, _ right: Double) -> Double {
        switch name {
        case .add: left + right
        case .subtract: left - right
        case .multiply: left * right
        default: left / right
        }
    }
}
