import AuspexExpressions
import AuspexSignals

extension SeriesFilter {
    /// The series of a selector, as they are.
    init(_ selector: PromQLSelector) {
        self.init()
        for matcher in selector.matchers {
            let isName = matcher.label == Labels.metricName
            if isName, matcher.comparison == .equal, !matcher.value.isEmpty, metric == nil {
                metric = matcher.value
            } else {
                self = adding(Self.term(matcher, isName ? Self.name : Self.label(matcher.label)))
            }
        }
    }

    private static func term(_ matcher: PromQLSelector.Matcher, _ operand: Term) -> Term {
        switch matcher.comparison {
        case .equal: equals(operand, .literal(.string(matcher.value)))
        case .notEqual:
            Term(.binary(.notEqual, operand.expression, CELExpression(.literal(.string(matcher.value)))))
        case .matches: matches(operand, matcher.value)
        case .doesNotMatch: Term(.unary(.not, matches(operand, matcher.value).expression))
        }
    }

    /// Prometheus anchors patterns at both ends, and lets `.` stand for a line's end, too.
    private static func matches(_ operand: Term, _ pattern: String) -> Term {
        let anchored = CELExpression(.literal(.string("^(?s:\(pattern))$")))
        return Term(.call(target: operand.expression, name: "matches", arguments: [anchored]))
    }
}

extension PromQLSelector {
    /// Whether it may stand in PromQL, which refuses what would be every series that there is.
    var namesSomething: Bool {
        matchers.contains { matcher in
            switch matcher.comparison {
            case .equal, .matches: !matcher.value.isEmpty
            case .notEqual: matcher.value.isEmpty
            case .doesNotMatch: true
            }
        }
    }
}
