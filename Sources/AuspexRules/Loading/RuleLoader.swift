package import AuspexDocuments
import AuspexSignals

/// Loads rules, all or none: a set with one mistake in it is not loaded, so that the rules that run are always rules that
/// somebody has seen pass.
package enum RuleLoader {
    /// The folder, below one that is named, that holds runbooks.
    static let runbookFolder = "runbooks"

    /// Loads the rules of files and folders. A folder called `runbooks` below a named one and documents of
    /// `kind: runbook` are left out.
    ///
    /// - Parameters:
    ///   - paths: Files and folders. One that everybody may write to is refused.
    ///   - runbooks: The identifiers of the runbooks that there are; nil for not checking whether those that the rules ask
    ///     for exist.
    ///   - engine: The version that `requires_engine` of the rules is held against.
    /// - Throws: `DocumentError` with every mistake in every file, each in its place.
    package static func load(
        paths: [String], runbooks: Set<String>? = nil, engine: EngineVersion = .current
    ) throws(DocumentError) -> RuleSet {
        let documents = try DocumentFiles.documents(at: paths, skippingFolders: { $0 == runbookFolder })
        return try rules(in: documents, runbooks: runbooks, engine: engine)
    }

    /// Loads the rules of a text.
    ///
    /// - Parameters:
    ///   - text: A stream of documents.
    ///   - file: The path that mistakes name.
    ///   - runbooks: As for ``load(paths:runbooks:engine:)``.
    ///   - engine: Likewise.
    /// - Throws: `DocumentError` with every mistake.
    package static func load(
        text: String, file: String, runbooks: Set<String>? = nil, engine: EngineVersion = .current
    ) throws(DocumentError) -> RuleSet {
        try rules(in: try DocumentParser.documents(in: text, file: file), runbooks: runbooks, engine: engine)
    }

    /// Loads the rules among `documents`.
    ///
    /// - Throws: `DocumentError` with every mistake.
    package static func rules(
        in documents: [Document], runbooks: Set<String>? = nil, engine: EngineVersion = .current
    ) throws(DocumentError) -> RuleSet {
        let collector = DiagnosticCollector()
        var rules: [Rule] = []
        for document in documents where isRule(document, collector) {
            let decoder = RuleDecoder(runbooks: runbooks, engine: engine, collector: collector)
            if let rule = decoder.rule(document.root) { rules.append(rule) }
        }
        checkIdentifiers(rules, collector)
        let windows = WindowLoader.windows(in: documents, reporting: collector)
        let services = ServiceLoader.services(in: documents, reporting: collector)
        try collector.check()
        let ruleSet = RuleSet(rules: rules, windows: windows, services: services)
        checkTests(ruleSet, collector)
        try collector.check()
        return ruleSet
    }

    private static func isRule(_ document: Document, _ collector: DiagnosticCollector) -> Bool {
        let kinds = ["rule", "runbook", WindowLoader.kind, ServiceLoader.kind]
        guard document.root.entries != nil, let kind = document.kind else {
            collector.report(
                document.location,
                "a document begins with 'kind: rule', 'kind: runbook', 'kind: window' or 'kind: services'")
            return false
        }
        if !kinds.contains(kind) {
            let place = document.root["kind"]?.location ?? document.location
            collector.report(place, "unknown kind '\(kind)'\(suggestion(for: kind, among: kinds))")
        }
        return kind == "rule"
    }

    private static func checkIdentifiers(_ rules: [Rule], _ collector: DiagnosticCollector) {
        var seen: [String: Rule] = [:]
        for rule in rules {
            if let first = seen[rule.id] {
                collector.report(rule.location, "the id '\(rule.id)' is taken by the rule at \(first.location)")
            } else {
                seen[rule.id] = rule
            }
        }
    }

    private static func checkTests(_ ruleSet: RuleSet, _ collector: DiagnosticCollector) {
        let ids = ruleSet.rules.map(\.id)
        for rule in ruleSet.rules {
            for test in rule.tests {
                for name in test.namedRules.sorted() where ruleSet[name] == nil {
                    let hint = nearestName(to: name, among: ids).map { "; did you mean '\($0)'?" } ?? ""
                    collector.report(test.location, "the test '\(test.name)' names an unknown rule '\(name)'\(hint)")
                }
            }
        }
    }
}
