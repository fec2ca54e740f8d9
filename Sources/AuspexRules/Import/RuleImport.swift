/// What came of an import of rules.
package struct RuleImport: Hashable, Sendable {
    /// The rules, in the order of the alerts that they were.
    package let rules: [ImportedRule]
    /// What was left out and what is not quite what it was, in the order in which it was found.
    package let findings: [ImportFinding]

    /// The rules as a stream of YAML documents, which `RuleLoader` reads; empty without rules.
    package var text: String { rules.map(\.text).joined(separator: "---\n") }

    /// What was left out: one for each rule.
    package var leftOut: [ImportFinding] { findings.filter(\.isLeftOut) }
}
