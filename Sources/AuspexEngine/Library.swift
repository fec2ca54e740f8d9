package import AuspexDocuments
package import AuspexRules
package import AuspexRunbooks
import AuspexSignals

/// The rules and runbooks of a configuration, loaded together so that what refers to what can be checked.
package struct Library: Sendable {
    /// The runbooks by their ids.
    package let runbooks: [String: Runbook]
    /// The rules.
    package let rules: RuleSet

    /// Loads all of it or nothing.
    ///
    /// - Throws: `DocumentError` with every mistake.
    package init(_ configuration: EngineConfiguration) throws(DocumentError) {
        try self.init(rulePaths: configuration.rulePaths, runbookPaths: configuration.runbookPaths)
        try checkLimits(configuration.actions)
        try checkSecrets(configuration.actions)
    }

    /// A runbook that rules ask for finds every secret that it uses in the configuration. Others may lie there unused; who
    /// asks for one of them is told then.
    private func checkSecrets(_ actions: EngineConfiguration.Actions) throws(DocumentError) {
        let collector = DiagnosticCollector()
        for runbook in asked.sorted(by: { $0.id < $1.id }) {
            for name in runbook.secrets where actions.secrets[name] == nil {
                let hint = suggestion(for: name, among: actions.secrets.keys.sorted())
                collector.report(
                    runbook.location,
                    "runbook '\(runbook.id)' uses the secret '\(name)', which is not among actions.secrets of the "
                        + "configuration\(hint)")
            }
        }
        try collector.check()
    }

    /// The runbooks that rules ask for, and those inside of them.
    private var asked: [Runbook] {
        var found: [String: Runbook] = [:]
        var next = Array(rules.runbooks)
        while let id = next.popLast() {
            guard found[id] == nil, let runbook = runbooks[id] else { continue }
            found[id] = runbook
            next += runbook.calls.map(\.id)
        }
        return Array(found.values)
    }

    /// A rule can tighten what holds for all, never loosen it.
    private func checkLimits(_ actions: EngineConfiguration.Actions) throws(DocumentError) {
        let collector = DiagnosticCollector()
        let ceiling = ResponseLimits(
            mostAtOnce: actions.maximumActive, mostPerHour: actions.maximumPerHour, coolDown: actions.coolDown)
        for rule in rules.rules {
            for excess in rule.limits?.excess(over: ceiling) ?? [] {
                collector.report(
                    rule.location, "the limits of rule '\(rule.id)' would loosen what holds for all: \(excess)")
            }
        }
        try collector.check()
    }

    /// Loads all of it or nothing.
    ///
    /// - Parameters:
    ///   - rulePaths: Files and folders with rules.
    ///   - runbookPaths: Files and folders with runbooks.
    ///   - lentPaths: Further ones whose runbooks rules may ask for, though the rules whose alerts they wait for need not be
    ///     among these.
    /// - Throws: `DocumentError` with every mistake, also when a rule asks for a runbook, or a runbook for the alerts of a
    ///   rule, that does not exist.
    package init(
        rulePaths: [String], runbookPaths: [String], lentPaths: [String] = []
    ) throws(DocumentError) {
        let loaded = try RunbookLoader.load(paths: runbookPaths)
        let lent = try RunbookLoader.load(paths: lentPaths)
        runbooks = Dictionary((loaded + lent).map { ($0.id, $0) }) { first, _ in first }
        rules =
            rulePaths.isEmpty ? RuleSet() : try RuleLoader.load(paths: rulePaths, runbooks: Set(runbooks.keys))
        guard !rulePaths.isEmpty else { return }
        let collector = DiagnosticCollector()
        for runbook in loaded {
            for rule in runbook.rules.sorted() where rules[rule] == nil {
                let hint = suggestion(for: rule, among: rules.rules.map(\.id))
                collector.report(
                    runbook.location,
                    "runbook '\(runbook.id)' waits for the alerts of rule '\(rule)', which is not there\(hint)")
            }
        }
        try collector.check()
    }
}

extension Library {
    /// Whether a runbook needs to know how the instances of a service are.
    var hasFleets: Bool { runbooks.values.contains { $0.limits.fleet?.service != nil } }
}
