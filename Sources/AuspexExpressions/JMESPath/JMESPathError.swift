/// Why a JMESPath expression can't be compiled or has no result.
package struct JMESPathError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What sort of mistake it is: the five kinds of the specification, and two of our own.
    package enum Kind: String, Hashable, Sendable {
        /// The text is no expression.
        case syntax
        /// A function got an argument of a type that it doesn't take.
        case invalidType = "invalid-type"
        /// An argument that the function or slice can't work with.
        case invalidValue = "invalid-value"
        /// A function got too many or too few arguments.
        case invalidArity = "invalid-arity"
        /// There is no such function.
        case unknownFunction = "unknown-function"
        /// The expression is longer or nested deeper than is accepted.
        case tooLarge = "too-large"
        /// The search has used up its limit of steps or bytes.
        case costExceeded = "cost-exceeded"
    }

    /// What sort of mistake it is.
    package let kind: Kind
    /// What was wrong and, where that is known, what would be right.
    package let reason: String
    /// Where in the expression; nil where only the whole of it is to blame.
    package let position: TextPosition?

    init(_ kind: Kind, _ reason: String, at position: TextPosition? = nil) {
        self.kind = kind
        self.reason = reason
        self.position = position
    }

    /// `1:17: abs() takes …`; the caller puts the file before it.
    package var description: String {
        position.map { "\($0): \(reason)" } ?? reason
    }
}
