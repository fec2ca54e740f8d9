import AuspexExpressions
import AuspexSignals

/// Series that a PromQL expression lets through, said as conditions on one series at a time.
struct SeriesFilter {
    /// The metric that all of the series have; nil when they may have several.
    var metric: String?
    /// What has to hold besides the metric's name: all of them.
    var terms: [Term] = []
    /// What has become of the series' value.
    var value = Term(.select(Term.fact, field: "value", isOptional: false))

    /// An expression of the rules' language.
    struct Term: Equatable {
        let expression: CELExpression
        /// The expression as text. Two are the same when they are written with the same bytes: Swift's `==` takes texts for
        /// equal that differ in their scalars, and labels tell those apart.
        private let bytes: [UInt8]

        init(_ syntax: CELSyntax) {
            expression = CELExpression(syntax)
            bytes = Array(expression.description.utf8)
        }

        static func == (left: Term, right: Term) -> Bool { left.bytes == right.bytes }

        /// The fact, by the name that every condition on metrics has for it.
        static let fact = CELExpression(.identifier(FactSource.metric.alias, isAbsolute: false))
    }

    /// The condition as a whole.
    var condition: CELExpression {
        let name = metric.map { Self.equals(Self.name, .literal(.string($0))) }
        let all = Self.all((name.map { [$0] } ?? []) + terms)
        return all?.expression ?? CELExpression(.literal(.bool(true)))
    }

    /// The same series, with one more condition.
    func adding(_ term: Term) -> SeriesFilter {
        var filter = self
        if !filter.terms.contains(term) { filter.terms.append(term) }
        return filter
    }

    // MARK: Two filters of one metric

    /// Whether both are about one and the same metric, so that each series that they let through is its own counterpart.
    func isAboutMetric(of other: SeriesFilter) -> Bool {
        guard let metric, let second = other.metric else { return false }
        return metric.utf8.elementsEqual(second.utf8)
    }

    /// The series that both let through, with the values of `self`.
    func and(_ other: SeriesFilter) -> SeriesFilter {
        other.terms.reduce(self) { $0.adding($1) }
    }

    /// The series that one of them lets through.
    func or(_ other: SeriesFilter) -> SeriesFilter {
        let common = terms.filter { other.terms.contains($0) }
        let rests = [self, other].map { filter in Self.all(filter.terms.filter { !common.contains($0) }) }
        var filter = self
        filter.terms = common
        // Where one of them asks nothing more, the other one has nothing to add.
        guard let left = rests[0], let right = rests[1] else { return filter }
        return filter.adding(Term(.or(Self.alternatives(left) + Self.alternatives(right))))
    }

    /// The series that `self` lets through and `other` does not; nil when there can be none.
    func unless(_ other: SeriesFilter) -> SeriesFilter? {
        guard let rest = Self.all(other.terms.filter { !terms.contains($0) }) else { return nil }
        return adding(Term(.unary(.not, rest.expression)))
    }

    // MARK: Parts

    /// All of `terms`; nil for none.
    private static func all(_ terms: [Term]) -> Term? {
        terms.count > 1 ? Term(.and(terms.map(\.expression))) : terms.first
    }

    /// What `term` says one of.
    private static func alternatives(_ term: Term) -> [CELExpression] {
        if case .or(let terms) = term.expression.syntax { terms } else { [term.expression] }
    }

    /// The metric's name, empty for a series without one.
    static let name = Term(.select(Term.fact, field: "name", isOptional: false))

    /// `left == right`.
    static func equals(_ left: Term, _ right: CELSyntax) -> Term {
        Term(.binary(.equal, left.expression, CELExpression(right)))
    }

    /// The value of a label, empty for a series that does not have it: in PromQL that is the same.
    static func label(_ name: String) -> Term {
        let labels = CELExpression(.select(Term.fact, field: "labels", isOptional: false))
        let value: CELSyntax =
            isPlain(name)
            ? .select(labels, field: name, isOptional: true)
            : .index(labels, key: CELExpression(.literal(.string(name))), isOptional: true)
        return Term(
            .call(
                target: CELExpression(value), name: "orValue", arguments: [CELExpression(.literal(.string("")))]))
    }

    /// Whether a label's name may stand behind a dot.
    private static func isPlain(_ name: String) -> Bool {
        guard let first = name.unicodeScalars.first, PromQLLexer.isLetter(first) else { return false }
        return name.unicodeScalars.allSatisfy { PromQLLexer.isLetter($0) || PromQLLexer.isDigit($0) }
            && !["in", "true", "false", "null"].contains(name)
    }
}
