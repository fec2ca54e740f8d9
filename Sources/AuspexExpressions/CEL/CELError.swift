/// Why an expression can't be compiled or has no value.
package struct CELError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What sort of mistake it is.
    package enum Kind: String, Hashable, Sendable {
        // Found when the expression is compiled.

        /// The text is no expression.
        case syntax
        /// A variable or type that nobody declared.
        case unknownName
        /// A field that the declared shape of a value doesn't have.
        case unknownField
        /// A function that nobody registered, or one called with the wrong number of arguments.
        case unknownFunction
        /// An operand that can never have the right type.
        case typeMismatch
        /// The expression is longer or nested deeper than is accepted.
        case tooLarge

        // Found when it is evaluated.

        /// A map without the key or field that was asked for.
        case noSuchKey
        /// A variable that has no value in this evaluation.
        case unboundVariable
        /// An operator or function that these types of operands don't have.
        case noSuchOverload
        /// A result outside the range of its type.
        case overflow
        /// Division of a whole number by zero, or its remainder.
        case divisionByZero
        /// An argument that the function can't work with: an index outside a list, a text that is no number.
        case invalidArgument
        /// The evaluation has used up its limit of steps, iterations or bytes. `&&` and `||` don't absorb it.
        case costExceeded
        /// The task was cancelled. `&&` and `||` don't absorb it.
        case cancelled
        /// What a function registered by the caller reports.
        case function
    }

    /// What sort of mistake it is.
    package let kind: Kind
    /// What was wrong and, where that is known, what would be right.
    package let reason: String
    /// Where in the expression; nil if a function reports it and until the evaluator adds it.
    package private(set) var position: TextPosition?

    /// Creates an error. Functions registered by callers leave `position` out: it becomes that of the call.
    package init(_ kind: Kind, _ reason: String, at position: TextPosition? = nil) {
        self.kind = kind
        self.reason = reason
        self.position = position
    }

    /// `1:17: no key "servce" …`; the caller puts the file before it.
    package var description: String {
        position.map { "\($0): \(reason)" } ?? reason
    }

    /// Whether `&&`, `||` and the macros may absorb the error: they must not hide that a limit was hit.
    var isAbsorbable: Bool { kind != .costExceeded && kind != .cancelled }

    /// The error with `position`, unless it has one.
    func located(at position: TextPosition) -> CELError {
        guard self.position == nil else { return self }
        var error = self
        error.position = position
        return error
    }

    static func noOverload(_ function: String, _ operands: CELValue...) -> CELError {
        CELError(.noSuchOverload, noOverloadReason(function, operands.map(\.type)))
    }

    static func noOverloadReason(_ function: String, _ types: [CELType]) -> String {
        let isMixed =
            types.count == 2 && types[0] != types[1] && types.allSatisfy { [.int, .uint, .double].contains($0) }
        let hint =
            isMixed
            ? "; convert one side with int(), uint() or double(), or write 2.0 for 2 (numbers from JSON are doubles)"
            : ""
        return "'\(function)' does not work on (\(types.map(\.name).joined(separator: ", ")))\(hint)"
    }
}

extension CELValue {
    /// Whether the value is an int, a uint or a double.
    var isNumber: Bool {
        switch self {
        case .int, .uint, .double: true
        default: false
        }
    }
}
