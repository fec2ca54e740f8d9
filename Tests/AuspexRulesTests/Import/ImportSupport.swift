import AuspexDocuments

@testable import AuspexRules

/// What the import makes of a file.
func imported(_ text: String, file: String = "rules.yml") throws -> RuleImport {
    try RuleImporter.rules(in: DocumentParser.documents(in: text, file: file))
}

/// A file with one alert called `A`, with lines put in behind its expression.
func alertFile(_ expression: String, more: String = "") -> String {
    let quoted = "'" + expression.replacing("'", with: "''") + "'"
    return "groups:\n- name: g\n  rules:\n  - alert: A\n    expr: \(quoted)\n"
        + more.split(separator: "\n").map { "    \($0)\n" }.joined()
}

extension RuleImport {
    /// The rules, as the loader reads them.
    func loaded() throws -> RuleSet { try RuleLoader.load(text: text, file: "imported.yaml") }
}
