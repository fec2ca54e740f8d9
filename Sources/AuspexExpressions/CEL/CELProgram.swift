/// A compiled expression, ready to be evaluated any number of times, from any number of tasks at once.
///
/// ```swift
/// let environment = CELEnvironment(variables: ["labels": .map(of: .string), "score": .double])
/// let program = try CELProgram(compiling: "labels.service == 'pay' && score > 1", environment: environment)
/// let holds = try program.holds(variables: ["labels": .map(["service": .string("pay")]), "score": .double(2)])
/// ```
package struct CELProgram: Sendable {
    /// The expression's text.
    package let text: String
    /// What is known about the result.
    package let result: CELShape
    /// The variables that the expression reads, so that a caller can leave out the others.
    package let variables: Set<String>
    /// The functions it calls that look at the context of the evaluation, so that a caller can leave it out otherwise.
    package let contextFunctions: Set<String>
    private let code: CELCode

    /// Compiles `text`: O(length), patterns of `matches` included.
    ///
    /// - Parameters:
    ///   - text: The expression.
    ///   - environment: The variables and functions that it may refer to.
    ///   - type: What the result has to be; nil for anything. Only refuses what surely is something else.
    /// - Throws: ``CELError`` with line and column: `syntax`, `tooLarge`, and in a checked environment also `unknownName`,
    ///   `unknownField`, `unknownFunction`, `typeMismatch` and `invalidArgument`.
    package init(
        compiling text: String, environment: CELEnvironment, expecting type: CELType? = nil
    ) throws(CELError) {
        try self.init(compiling: try CELParser.parse(text), text: text, environment: environment, expecting: type)
    }

    private init(
        compiling expression: CELExpression, text: String, environment: CELEnvironment, expecting type: CELType?
    ) throws(CELError) {
        var compiler = CELCompiler(environment: environment)
        let root = try compiler.part(expression)
        if let type, let found = root.shape.type, found != type {
            let hint = type == .bool ? "; compare it with something" : ""
            throw CELError(
                .typeMismatch, "the expression gives \(found.withArticle), but \(type.withArticle) is needed\(hint)",
                at: expression.position)
        }
        self.text = text
        result = root.shape
        variables = compiler.usedVariables
        contextFunctions = Set(compiler.builder.functions.filter(\.body.needsContext).map(\.name))
        code = CELCode(compiler.builder, root: root.node)
    }

    /// The value of the expression.
    ///
    /// - Parameters:
    ///   - variables: The values of the variables by their declared names. One that is missing is an error only where the
    ///     evaluation reads it.
    ///   - context: What ``contextFunctions`` look at.
    ///   - limits: What the evaluation may use.
    /// - Throws: ``CELError`` with line and column.
    package func evaluate(
        variables: [String: CELValue], context: (any CELContext)? = nil, limits: CELLimits = .standard
    ) throws(CELError) -> CELValue {
        var evaluator = CELEvaluator(code: code, variables: variables, context: context, limits: limits)
        return try evaluator.result()
    }

    /// Whether the condition holds.
    ///
    /// An error is neither yes nor no: a rule shows it, and a guard takes it as a no to going on.
    ///
    /// - Parameters: As for ``evaluate(variables:context:limits:)``.
    /// - Throws: ``CELError`` with line and column, also when the result is no bool.
    package func holds(
        variables: [String: CELValue], context: (any CELContext)? = nil, limits: CELLimits = .standard
    ) throws(CELError) -> Bool {
        let value = try evaluate(variables: variables, context: context, limits: limits)
        guard case .bool(let holds) = value else {
            throw CELError(
                .noSuchOverload, "the condition gives \(value.type.withArticle), not a bool; compare it with something",
                at: code.positions[Int(code.root)])
        }
        return holds
    }
}
