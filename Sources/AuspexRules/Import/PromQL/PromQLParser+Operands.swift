extension PromQLParser {
    private static let aggregations: Set<String> = [
        "sum", "avg", "count", "min", "max", "group", "stddev", "stdvar", "topk", "bottomk", "count_values", "quantile",
        "limitk", "limit_ratio",
    ]

    /// An operand with what may stand behind it: `[5m]`, `[5m:1m]`, `offset 5m`, `@ 0`.
    mutating func postfix() throws(PromQLError) -> PromQLExpression {
        var operand = try operand()
        while let next = try suffix(of: operand) {
            try countOperator()
            operand = next
        }
        return operand
    }

    private mutating func suffix(of operand: PromQLExpression) throws(PromQLError) -> PromQLExpression? {
        let offset = current.offset
        if take("[") { return try range(of: operand, at: offset) }
        if take("@") {
            try moment()
            return PromQLExpression(syntax: .modified(operand, by: "@"), offset: offset)
        }
        guard let word = keyword(["offset", "anchored", "smoothed"]) else { return nil }
        advance()
        if word.text == "offset" { try moment() }
        return PromQLExpression(syntax: .modified(operand, by: word.text), offset: offset)
    }

    private mutating func range(
        of operand: PromQLExpression, at offset: Int
    ) throws(PromQLError) -> PromQLExpression {
        guard !isNext("]"), !isNext(":") else { throw unexpected("a length of time") }
        _ = try nested { parser throws(PromQLError) in try parser.expression() }
        let isSubquery = take(":")
        if isSubquery, !isNext("]") { _ = try nested { parser throws(PromQLError) in try parser.expression() } }
        // Newer releases have these words inside the brackets.
        while keyword(["anchored", "smoothed"]) != nil { advance() }
        try expect("]")
        return PromQLExpression(syntax: isSubquery ? .subquery(operand) : .range(operand), offset: offset)
    }

    /// What stands behind `offset` and `@`: a number or length of time, a call such as `start()`, or a bracket.
    private mutating func moment() throws(PromQLError) {
        if !take("-") { _ = take("+") }
        switch current.kind {
        case .number: advance()
        case .word, .symbol("("): _ = try nested { parser throws(PromQLError) in try parser.operand() }
        default: throw unexpected("a length of time")
        }
    }

    private mutating func operand() throws(PromQLError) -> PromQLExpression {
        let offset = current.offset
        switch current.kind {
        case .number(let number):
            advance()
            return PromQLExpression(syntax: .number(number), offset: offset)
        case .text(let text):
            advance()
            return PromQLExpression(syntax: .text(text), offset: offset)
        case .symbol("("):
            advance()
            let inner = try nested { parser throws(PromQLError) in try parser.expression() }
            try expect(")")
            return inner
        case .symbol("{"):
            return PromQLExpression(syntax: .selector(try selector(named: nil)), offset: offset)
        case .word(let name):
            return try named(name, at: offset)
        default: throw unexpected("a metric, a number or a function")
        }
    }

    /// What begins with a name: an aggregation, a call, or a metric.
    private mutating func named(_ name: String, at offset: Int) throws(PromQLError) -> PromQLExpression {
        advance()
        let lowercase = name.lowercased()
        if Self.aggregations.contains(lowercase), isNext("(") || keyword(["by", "without"]) != nil {
            return PromQLExpression(syntax: .aggregation(lowercase, try aggregated()), offset: offset)
        }
        if isNext("(") { return PromQLExpression(syntax: .call(name, try arguments()), offset: offset) }
        return PromQLExpression(syntax: .selector(try selector(named: name)), offset: offset)
    }

    /// `by (a) (x)` or `(x) by (a)`.
    private mutating func aggregated() throws(PromQLError) -> [PromQLExpression] {
        let hasGrouping = try takeGrouping()
        let operands = try arguments()
        if !hasGrouping { _ = try takeGrouping() }
        return operands
    }

    private mutating func takeGrouping() throws(PromQLError) -> Bool {
        guard keyword(["by", "without"]) != nil else { return false }
        advance()
        try labelList()
        return true
    }

    private mutating func arguments() throws(PromQLError) -> [PromQLExpression] {
        try expect("(")
        var arguments: [PromQLExpression] = []
        while !isNext(")") {
            arguments.append(try nested { parser throws(PromQLError) in try parser.expression() })
            guard take(",") else { break }
        }
        try expect(")")
        return arguments
    }

    /// `(a, b)`.
    mutating func labelList() throws(PromQLError) {
        try expect("(")
        while !isNext(")") {
            switch current.kind {
            case .word, .text: advance()
            default: throw unexpected("a label")
            }
            guard take(",") else { break }
        }
        try expect(")")
    }
}
