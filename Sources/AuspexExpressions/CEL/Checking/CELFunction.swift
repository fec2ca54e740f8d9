/// What the functions of one evaluation may look at besides their arguments: whatever the caller knows and its functions ask
/// for. No expression can name it.
package protocol CELContext: Sendable {}

/// A function that expressions can call.
package struct CELFunction: Sendable {
    /// How a function is called.
    package enum Style: Sendable {
        /// `name(a, b)`.
        case global
        /// `a.name(b)`: the value before the dot is the first argument.
        case member
    }

    enum Body: Sendable {
        case one(@Sendable (CELValue, inout CELBudget) throws(CELError) -> CELValue)
        case two(@Sendable (CELValue, CELValue, inout CELBudget) throws(CELError) -> CELValue)
        case many(@Sendable ([CELValue], inout CELBudget) throws(CELError) -> CELValue)
        case inContext(@Sendable ([CELValue], (any CELContext)?) throws(CELError) -> CELValue)

        /// Whether it looks at more than its arguments.
        var needsContext: Bool { if case .inContext = self { true } else { false } }
    }

    /// The name; dots are allowed in names of global functions, as in `math.greatest`.
    package let name: String
    /// How it is called.
    package let style: Style
    /// How many arguments it takes, the value before the dot included.
    package let arity: ClosedRange<Int>
    /// What is known about its results.
    package let result: CELShape
    let body: Body

    /// Creates a function.
    ///
    /// - Parameters:
    ///   - name: The name; dots are allowed for global functions.
    ///   - style: How it is called.
    ///   - arity: How many arguments it takes, counting the value before the dot of a member function.
    ///   - result: What is known about its results.
    ///   - body: The function itself: it has as many arguments as `arity` says, of any types, and must check them. It has to
    ///     be quick, because an evaluation's limits don't see inside, and should throw errors of kind `function` or
    ///     `invalidArgument` without a position.
    package init(
        _ name: String, _ style: Style = .global, arity: ClosedRange<Int>, result: CELShape = .any,
        _ body: @escaping @Sendable ([CELValue]) throws(CELError) -> CELValue
    ) {
        self.init(
            name, style, arity, result,
            .many { (arguments: [CELValue], _: inout CELBudget) throws(CELError) -> CELValue in try body(arguments) })
    }

    /// Creates a function with a fixed number of arguments.
    package init(
        _ name: String, _ style: Style = .global, arity: Int, result: CELShape = .any,
        _ body: @escaping @Sendable ([CELValue]) throws(CELError) -> CELValue
    ) {
        self.init(name, style, arity: arity...arity, result: result, body)
    }

    /// Creates a function that looks at the context of the evaluation.
    ///
    /// - Parameters:
    ///   - name: The name; dots are allowed.
    ///   - arity: How many arguments it takes.
    ///   - result: What is known about its results.
    ///   - body: As for ``init(_:_:arity:result:_:)-(_,_,ClosedRange<Int>,_,_)``; its second argument is what the caller of
    ///     the evaluation hands in, nil for nothing.
    package init(
        _ name: String, arity: ClosedRange<Int>, result: CELShape,
        inContext body: @escaping @Sendable ([CELValue], (any CELContext)?) throws(CELError) -> CELValue
    ) {
        self.init(name, .global, arity, result, .inContext(body))
    }

    init(_ name: String, _ style: Style, _ arity: ClosedRange<Int>, _ result: CELShape, _ body: Body) {
        self.name = name
        self.style = style
        self.arity = arity
        self.result = result
        self.body = body
    }
}

extension CELFunction {
    /// A built-in function with one argument.
    static func one(
        _ name: String, _ style: Style, _ result: CELShape,
        _ body: @escaping @Sendable (CELValue) throws(CELError) -> CELValue
    ) -> CELFunction {
        CELFunction(
            name, style, 1...1, result,
            .one { (value: CELValue, _: inout CELBudget) throws(CELError) -> CELValue in try body(value) })
    }

    /// A built-in function with two arguments.
    static func two(
        _ name: String, _ style: Style, _ result: CELShape,
        _ body: @escaping @Sendable (CELValue, CELValue) throws(CELError) -> CELValue
    ) -> CELFunction {
        CELFunction(
            name, style, 2...2, result,
            .two { (left: CELValue, right: CELValue, _: inout CELBudget) throws(CELError) -> CELValue in
                try body(left, right)
            })
    }

    /// A built-in function that may make more than it is given, and takes that from the budget.
    static func budgeted(
        _ name: String, _ style: Style, _ arity: ClosedRange<Int>, _ result: CELShape,
        _ body: @escaping @Sendable ([CELValue], inout CELBudget) throws(CELError) -> CELValue
    ) -> CELFunction {
        CELFunction(name, style, arity, result, .many(body))
    }
}
