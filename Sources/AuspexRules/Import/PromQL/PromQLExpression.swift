/// A PromQL expression, with all that is needed to say it in another language or to name what can't be said.
struct PromQLExpression: Hashable {
    /// What it is.
    let syntax: PromQLSyntax
    /// Where it begins, in Unicode scalars of the text; for operators and modifiers, where these stand.
    let offset: Int
}

/// The forms of PromQL expressions.
indirect enum PromQLSyntax: Hashable {
    /// `5`, `1h` (3,600) or `Inf`.
    case number(Double)
    /// `"text"`.
    case text(String)
    /// `up{job="a"}`.
    case selector(PromQLSelector)
    /// `-operand`.
    case negated(PromQLExpression)
    /// `left == right`.
    case binary(PromQLBinary)
    /// `rate(…)`.
    case call(String, [PromQLExpression])
    /// `sum by (job) (…)`.
    case aggregation(String, [PromQLExpression])
    /// `operand[5m]`.
    case range(PromQLExpression)
    /// `operand[5m:1m]`.
    case subquery(PromQLExpression)
    /// `operand offset 5m`, `operand @ 0`, or another word that moves the time of the operand.
    case modified(PromQLExpression, by: String)
}

/// Series, by the metric's name and labels.
struct PromQLSelector: Hashable {
    /// One condition about a label.
    struct Matcher: Hashable {
        /// How the value is compared.
        enum Comparison: String, Hashable {
            case equal = "="
            case notEqual = "!="
            case matches = "=~"
            case doesNotMatch = "!~"
        }

        /// The label; the metric's name is one, too.
        let label: String
        /// How the value is compared.
        let comparison: Comparison
        /// What it is compared with.
        let value: String
    }

    /// The conditions, in their order, that about the name before the braces first.
    let matchers: [Matcher]
}

/// An operator between two expressions.
struct PromQLBinary: Hashable {
    /// `+`, `==`, `and`…
    let name: PromQLOperator
    /// What stands before it.
    let left: PromQLExpression
    /// What stands after it.
    let right: PromQLExpression
    /// Where the `bool` modifier stands; nil without one.
    let boolOffset: Int?
    /// The first word that says how series are matched, such as `on`; nil for by all labels.
    let matching: PromQLWord?
}

/// A word with its place.
struct PromQLWord: Hashable {
    /// The word in small letters.
    let text: String
    /// Where it stands.
    let offset: Int
}

/// Operators between two expressions.
enum PromQLOperator: String, Hashable, CaseIterable {
    case or
    case and
    case unless
    case equal = "=="
    case notEqual = "!="
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
    case add = "+"
    case subtract = "-"
    case multiply = "*"
    case divide = "/"
    case remainder = "%"
    case atan2
    case power = "^"

    /// How tightly it binds, 1 to 6.
    var precedence: Int {
        switch self {
        case .or: 1
        case .and, .unless: 2
        case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual: 3
        case .add, .subtract: 4
        case .multiply, .divide, .remainder, .atan2: 5
        case .power: 6
        }
    }

    /// Whether it takes series by whether they are there, and not their values.
    var isSetOperator: Bool { precedence <= Self.and.precedence }

    /// The comparison that says the same with its sides exchanged; the operator itself for others.
    var mirrored: PromQLOperator {
        switch self {
        case .less: .greater
        case .lessOrEqual: .greaterOrEqual
        case .greater: .less
        case .greaterOrEqual: .lessOrEqual
        default: self
        }
    }
}
