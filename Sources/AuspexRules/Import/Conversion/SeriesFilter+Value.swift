import AuspexExpressions

extension SeriesFilter {
    /// The series whose value compares with `number` as `comparison` says.
    func comparing(_ comparison: CELSyntax.Binary, _ number: Double) -> SeriesFilter {
        adding(Term(.binary(comparison, value.expression, Self.literal(number))))
    }

    /// The same series with `value operation number`, or with the sides exchanged.
    func computing(_ operation: CELSyntax.Binary, _ number: Double, isReversed: Bool) -> SeriesFilter {
        let (left, right) = (value.expression, Self.literal(number))
        return with(isReversed ? .binary(operation, right, left) : .binary(operation, left, right))
    }

    /// The same series with `name(value)`.
    func calling(_ name: String) -> SeriesFilter {
        with(
            .call(
                target: CELExpression(.identifier("math", isAbsolute: false)), name: name,
                arguments: [value.expression]))
    }

    /// The same series with `-value`.
    var negated: SeriesFilter { with(.unary(.minus, value.expression)) }

    private func with(_ value: CELSyntax) -> SeriesFilter {
        var filter = self
        filter.value = Term(value)
        return filter
    }

    /// A number as the rules' language writes it; it has no word for an infinite one.
    private static func literal(_ number: Double) -> CELExpression {
        guard number.isInfinite else { return CELExpression(.literal(.double(number))) }
        let text = CELExpression(.literal(.string(number < 0 ? "-Infinity" : "Infinity")))
        return CELExpression(.call(target: nil, name: "double", arguments: [text]))
    }
}
