/// An expression as it was written: no macro is expanded and no name resolved yet.
///
/// Two expressions are equal when they are written alike, wherever they stand.
package struct CELExpression: Sendable, Equatable {
    /// What is written.
    package let syntax: CELSyntax
    /// Where it begins; for operators, calls and selections where the operator stands.
    package let position: TextPosition
    /// Levels of nesting, 1 for a number. Bounded by the parser, so that everything else may recurse.
    package let height: Int

    /// Creates an expression.
    package init(_ syntax: CELSyntax, at position: TextPosition = TextPosition(line: 1, column: 1)) {
        self.syntax = syntax
        self.position = position
        height = syntax.levels + syntax.parts.lazy.map(\.height).reduce(0, max)
    }

    package static func == (left: CELExpression, right: CELExpression) -> Bool { left.syntax == right.syntax }
}

/// The forms of expressions.
package indirect enum CELSyntax: Sendable, Equatable {
    /// A literal: null, bool, int, uint, double, string or bytes.
    case literal(CELValue)
    /// A name; `isAbsolute` with a leading dot, which skips the container and local variables.
    case identifier(String, isAbsolute: Bool)
    /// `operand.field`, or `operand.?field` if `isOptional`.
    case select(CELExpression, field: String, isOptional: Bool)
    /// `operand[key]`, or `operand[?key]` if `isOptional`.
    case index(CELExpression, key: CELExpression, isOptional: Bool)
    /// `target.name(arguments)`, or `name(arguments)` without a target.
    case call(target: CELExpression?, name: String, arguments: [CELExpression])
    /// `[a, ?b]`.
    case list([Element])
    /// `{a: b, ?c: d}`.
    case map([Entry])
    /// `type.Name{field: value}`.
    case message(type: String, fields: [Field])
    /// `!a` or `-a`.
    case unary(Unary, CELExpression)
    /// `a + b`.
    case binary(Binary, CELExpression, CELExpression)
    /// `a && b && c`, two or more.
    case and([CELExpression])
    /// `a || b || c`, two or more.
    case or([CELExpression])
    /// `condition ? a : b`.
    case conditional(CELExpression, CELExpression, CELExpression)

    /// An element of a list literal, left out when it is optional and absent.
    package struct Element: Sendable, Equatable {
        /// The element.
        package var value: CELExpression
        /// Whether it is marked with `?`.
        package var isOptional = false
    }

    /// An entry of a map literal, left out when it is optional and absent.
    package struct Entry: Sendable, Equatable {
        /// The key.
        package var key: CELExpression
        /// The value.
        package var value: CELExpression
        /// Whether it is marked with `?`.
        package var isOptional = false
    }

    /// A field of a message literal, left out when it is optional and absent.
    package struct Field: Sendable, Equatable {
        /// The field's name.
        package var name: String
        /// The value.
        package var value: CELExpression
        /// Whether it is marked with `?`.
        package var isOptional = false
    }

    /// Operators with one operand.
    package enum Unary: String, Sendable, CaseIterable {
        case not = "!"
        case minus = "-"
    }

    /// Operators with two operands, but `&&` and `||`.
    package enum Binary: String, Sendable, CaseIterable {
        case equal = "=="
        case notEqual = "!="
        case less = "<"
        case lessOrEqual = "<="
        case greater = ">"
        case greaterOrEqual = ">="
        case `in`
        case add = "+"
        case subtract = "-"
        case multiply = "*"
        case divide = "/"
        case remainder = "%"

        /// How tightly it binds: 1 for comparisons, 2 for sums, 3 for products.
        var precedence: Int {
            switch self {
            case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual, .in: 1
            case .add, .subtract: 2
            case .multiply, .divide, .remainder: 3
            }
        }
    }

    /// The levels that the form adds to what is inside it. Those that may be macros, or whose parts are many, take two:
    /// they need twice the stack.
    var levels: Int {
        switch self {
        case .call, .list, .map, .message: 2
        default: 1
        }
    }

    /// The expressions directly inside.
    var parts: [CELExpression] {
        switch self {
        case .literal, .identifier: []
        case .select(let operand, _, _): [operand]
        case .index(let operand, let key, _): [operand, key]
        case .call(let target, _, let arguments): (target.map { [$0] } ?? []) + arguments
        case .list(let elements): elements.map(\.value)
        case .map(let entries): entries.flatMap { [$0.key, $0.value] }
        case .message(_, let fields): fields.map(\.value)
        case .unary(_, let operand): [operand]
        case .binary(_, let left, let right): [left, right]
        case .and(let terms), .or(let terms): terms
        case .conditional(let condition, let yes, let no): [condition, yes, no]
        }
    }
}
