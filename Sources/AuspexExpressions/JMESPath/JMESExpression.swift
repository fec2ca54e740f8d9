import AuspexSignals

/// A parsed expression.
struct JMESExpression: Sendable {
    let form: JMESForm
    /// Levels of nesting, 1 for a name. Bounded by the parser, so that everything else may recurse.
    let height: Int
    /// At most how many lists and objects the expression puts around values that it is given.
    let nesting: Int

    init(_ form: JMESForm) {
        self.form = form
        let parts = form.parts
        height = 1 + parts.lazy.map(\.height).reduce(0, max)
        nesting =
            switch form {
            // One after the other: what the first makes goes into the second.
            case .chain(let left, let right): left.nesting + right.nesting
            case .projection(let left, let right), .valueProjection(let left, let right),
                .filterProjection(let left, let right, _):
                left.nesting + right.nesting + 1
            case .list, .hash, .function: 1 + parts.lazy.map(\.nesting).reduce(0, +)
            default: parts.lazy.map(\.nesting).reduce(0, max)
            }
    }

    static let identity = JMESExpression(.current)
}

/// The forms of expressions.
indirect enum JMESForm: Sendable {
    /// `name`.
    case field(String)
    /// `@`.
    case current
    /// A literal in backquotes or a raw string.
    case literal(JSONValue)
    /// `[3]`, `[-1]`.
    case index(Int)
    /// `[1:5:2]`.
    case slice(start: Int?, stop: Int?, step: Int)
    /// The second on the result of the first: `a.b`, `a[0]` and `a | b`.
    case chain(JMESExpression, JMESExpression)
    /// The second on each element of the first: `a[*].b`.
    case projection(JMESExpression, JMESExpression)
    /// The second on each member of the first: `a.*.b`.
    case valueProjection(JMESExpression, JMESExpression)
    /// The second on each element of the first that meets the condition: `a[?c].b`.
    case filterProjection(JMESExpression, JMESExpression, condition: JMESExpression)
    /// `a[]`.
    case flatten(JMESExpression)
    /// `[a, b]`.
    case list([JMESExpression])
    /// `{x: a, y: b}`.
    case hash([(key: String, value: JMESExpression)])
    /// `a || b`.
    case or(JMESExpression, JMESExpression)
    /// `a && b`.
    case and(JMESExpression, JMESExpression)
    /// `!a`.
    case not(JMESExpression)
    /// `a == b`.
    case comparison(JMESComparison, JMESExpression, JMESExpression)
    /// `f(a, &b)`.
    case function(JMESFunction, [JMESExpression])
    /// `&a`, an argument that the function evaluates itself.
    case reference(JMESExpression)

    /// The expressions directly inside.
    var parts: [JMESExpression] {
        switch self {
        case .field, .current, .literal, .index, .slice: []
        case .chain(let left, let right), .projection(let left, let right), .valueProjection(let left, let right),
            .or(let left, let right), .and(let left, let right), .comparison(_, let left, let right):
            [left, right]
        case .filterProjection(let left, let right, let condition): [left, right, condition]
        case .flatten(let operand), .not(let operand), .reference(let operand): [operand]
        case .list(let elements): elements
        case .hash(let members): members.map(\.value)
        case .function(_, let arguments): arguments
        }
    }
}

/// The comparison operators.
enum JMESComparison: String, Sendable {
    case equal = "=="
    case notEqual = "!="
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
}
