package import AuspexSignals

/// What came of a test of a rule.
package struct RuleTestResult: Hashable, Sendable {
    /// The rule.
    package let rule: String
    /// The test's name.
    package let name: String
    /// Where the test begins.
    package let location: SourceLocation
    /// What was expected and did not come, or came and was not expected, each in its place; empty when the test passes.
    package let failures: [Failure]

    /// One difference.
    package struct Failure: Hashable, Sendable, CustomStringConvertible {
        /// The place of the expectation.
        package let location: SourceLocation
        /// What was expected, and what came instead.
        package let message: String

        /// `rules/disk.yaml:40:7: at 2m: expected …`.
        package var description: String { "\(location): \(message)" }
    }

    /// Whether all that was expected came and nothing else.
    package var isPassed: Bool { failures.isEmpty }
}
