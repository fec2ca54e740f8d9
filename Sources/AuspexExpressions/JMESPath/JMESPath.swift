package import AuspexSignals

/// A compiled JMESPath expression, which takes values out of JSON. Any number of tasks may use it at once.
///
/// ```swift
/// let pending = try JMESPath(compiling: "pods[?status != 'Ready'].name")
/// let names = try pending.search(event)
/// ```
///
/// The members of an object have no order here; where the language goes over all of them, they come in the order of their
/// names. The language leaves that open.
package struct JMESPath: Sendable {
    /// The expression's text.
    package let text: String
    private let expression: JMESExpression

    /// Compiles `text`. O(length).
    ///
    /// - Throws: ``JMESPathError`` of kind `syntax`, `unknownFunction`, `invalidArity` or `tooLarge`, with line and column.
    package init(compiling text: String) throws(JMESPathError) {
        self.text = text
        expression = try JMESParser.parse(text)
    }

    /// What the expression takes out of `value`; null where there is nothing.
    ///
    /// - Parameters:
    ///   - value: The JSON to search.
    ///   - limits: What the search may use.
    /// - Throws: ``JMESPathError`` of kind `invalidType`, `invalidValue` or `costExceeded`.
    package func search(_ value: JSONValue, limits: JMESPathLimits = .standard) throws(JMESPathError) -> JSONValue {
        var evaluator = JMESEvaluator(limits: limits)
        return try evaluator.result(of: expression, on: value)
    }
}

/// What one search may use. Beyond a limit it ends with ``JMESPathError/Kind/costExceeded``.
package struct JMESPathLimits: Sendable, Hashable {
    /// Parts of the expression evaluated, counted each time, elements gone over, and values in the result.
    package var steps: Int
    /// Bytes of text made.
    package var bytes: Int

    /// Creates limits. The defaults let a search of a large event through and end a runaway one in well under a second.
    package init(steps: Int = 1_000_000, bytes: Int = 16 << 20) {
        self.steps = steps
        self.bytes = bytes
    }

    /// The limits for an ordinary expression.
    package static let standard = JMESPathLimits()
}
