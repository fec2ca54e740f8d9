extension CELParser {
    /// Operands with binary operators between.
    ///
    /// What waits for a tighter operator is kept in a list and not on the stack, so that a level of brackets costs the same
    /// few calls whatever stands before it.
    mutating func operation() throws(CELError) -> CELExpression {
        let first = try unary()
        guard let symbol = current.infix else { return first }
        var operation = Operation(first: first)
        var next: Infix? = symbol
        while let infix = next {
            try reduce(&operation, before: infix)
            operation.waiting.append((infix, advance().position))
            operation.operands.append(try unary())
            next = current.infix
        }
        try reduce(&operation, before: nil)
        return operation.operands[0]
    }

    /// Builds what binds at least as tightly as `next`; everything at the end of the operation.
    private func reduce(_ operation: inout Operation, before next: Infix?) throws(CELError) {
        while let (infix, position) = operation.waiting.last {
            // The terms of a row of && or || become one expression, so they wait for its end.
            if let next, infix.precedence < next.precedence || infix == next && infix.isRow { return }
            switch infix {
            case .binary(let name):
                operation.waiting.removeLast()
                let right = operation.operands.removeLast()
                let left = operation.operands.removeLast()
                operation.operands.append(try make(.binary(name, left, right), at: position))
            case .and:
                let (terms, position) = operation.takeRow(of: .and, position)
                operation.operands.append(try make(.and(terms), at: position))
            case .or:
                let (terms, position) = operation.takeRow(of: .or, position)
                operation.operands.append(try make(.or(terms), at: position))
            }
        }
    }
}

/// An operator between two operands.
private enum Infix: Equatable {
    case or
    case and
    case binary(CELSyntax.Binary)

    /// How tightly it binds.
    var precedence: Int {
        switch self {
        case .or: -1
        case .and: 0
        case .binary(let name): name.precedence
        }
    }

    /// Whether it makes one expression of any number of operands.
    var isRow: Bool { self == .or || self == .and }
}

/// Operands and the operators between them that are no expression yet.
private struct Operation {
    var operands: [CELExpression]
    var waiting: [(infix: Infix, position: TextPosition)] = []

    init(first: CELExpression) {
        operands = [first]
    }

    /// Takes the last operands with nothing but `infix` between, and the position of the first of these operators.
    mutating func takeRow(of infix: Infix, _ last: TextPosition) -> ([CELExpression], TextPosition) {
        var position = last
        var count = 1
        while let last = waiting.last, last.infix == infix {
            position = last.position
            waiting.removeLast()
            count += 1
        }
        let terms = Array(operands.suffix(count))
        operands.removeLast(count)
        return (terms, position)
    }
}

extension CELToken {
    fileprivate var infix: Infix? {
        switch kind {
        case .symbol("||"): .or
        case .symbol("&&"): .and
        case .symbol(let text): CELSyntax.Binary(rawValue: text).map(Infix.binary)
        case .identifier("in"): .binary(.in)
        default: nil
        }
    }
}
