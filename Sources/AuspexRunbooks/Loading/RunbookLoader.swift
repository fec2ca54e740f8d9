package import AuspexDocuments
import AuspexExpressions
import AuspexSignals

/// Reads runbooks from YAML by a closed schema and checks all that can be checked before a run: names, templates,
/// expressions, patterns and what a step may do.
package enum RunbookLoader {
    /// The `kind` of a runbook's document.
    package static let kind = "runbook"

    /// The runbooks among the documents in `paths`, files or folders; documents of other kinds are left alone.
    ///
    /// - Parameter isWhole: Whether the runbooks that these call must be among them.
    /// - Throws: `DocumentError` with every mistake and its place.
    package static func load(paths: [String], isWhole: Bool = true) throws(DocumentError) -> [Runbook] {
        try runbooks(in: try DocumentFiles.documents(at: paths), isWhole: isWhole)
    }

    /// The runbooks in `text`; documents of other kinds are left alone.
    ///
    /// - Throws: `DocumentError` with every mistake and its place.
    package static func load(text: String, file: String) throws(DocumentError) -> [Runbook] {
        try runbooks(in: try DocumentParser.documents(in: text, file: file))
    }

    /// The runbooks among `documents`.
    ///
    /// - Parameter isWhole: Whether the runbooks that these call must be among them.
    /// - Throws: `DocumentError` with every mistake and its place, also when two runbooks have the same id.
    package static func runbooks(
        in documents: [Document], isWhole: Bool = true
    ) throws(DocumentError) -> [Runbook] {
        let collector = DiagnosticCollector()
        var runbooks: [Runbook] = []
        for document in documents where document.kind == kind {
            guard let runbook = runbook(document, collector) else { continue }
            if let first = runbooks.first(where: { $0.id == runbook.id }) {
                let place = first.location
                collector.report(runbook.location, "runbook '\(runbook.id)' is already at \(place); rename one of them")
            }
            runbooks.append(runbook)
        }
        if isWhole { RunbookReferences(runbooks).check(collector) }
        try collector.check()
        return runbooks
    }

    /// Longest time for a run: a day. What takes longer is not a remedy.
    private static let longestDeadline = TimeSpan.hours(24)
    private static let shortestDeadline = TimeSpan.seconds(1)
    /// Keys of the full grammar that this version cannot do.
    private static let notYet = ["targets"]

    private static func runbook(_ document: Document, _ collector: DiagnosticCollector) -> Runbook? {
        var reader = MappingReader(document.root, named: "a runbook", reporting: collector)
        reader.refuse(notYet, because: "is not supported yet")
        _ = reader.string("kind")
        let id = reader.identifier("id")
        let version = reader.int("version", in: 1...Int64(Int32.max))
        let title = reader.string("title")
        let owner = reader.string("owner")
        let parameters = reader.parameters()
        let scope = Scope(parameters: parameters, collector: collector)
        let locks = (reader.optionalList("locks") ?? []).compactMap { node -> Template? in
            guard let text = node.text else {
                collector.report(node.location, "a lock must be text, not \(node.kind)")
                return nil
            }
            return scope.openTemplate(text, at: node)
        }
        var limits = reader.optionalMapping("limits")
        let deadline = limits?.optionalDuration("deadline", in: shortestDeadline...longestDeadline)
        limits?.finish()
        var approval = reader.optionalMapping("approvals")
        let approvals = approval?.approvalRule()
        approval?.finish()
        var steps = StepReader(scope: scope)
        let preconditions = steps.preconditions(reader.optionalList("preconditions"))
        let main = steps.steps(reader.list("steps"))
        if let node = reader.optionalNode("steps"), node.elements?.isEmpty ?? false {
            collector.report(node.location, "'steps' is empty; a runbook does something")
        }
        let verification = reader.node("verify").flatMap { steps.verification($0) }
        let onFailure = steps.ending(reader.optionalList("on_failure"), after: main)
        let onCancel = steps.ending(reader.optionalList("on_cancel"), after: main)
        let always = steps.ending(reader.optionalList("always"), after: main)
        if approvals == nil {
            for step in steps.unapproved {
                collector.report(
                    step.location,
                    "step '\(step.id)' cannot be taken back, and nobody approves before it; add "
                        + "'approvals: {count: 1}' to the runbook, or an 'approval' step without 'when' before it")
            }
        }
        let tests = reader.runbookTests(steps: steps.ids)
        reader.finish()
        guard let id, let version, let title, let owner, let verification else { return nil }
        let ownLock = Template(literal: "runbook/\(id)")
        return Runbook(
            id: id, version: version, title: title, owner: owner, location: document.location, parameters: parameters,
            locks: locks.isEmpty ? [ownLock] : locks, deadline: deadline ?? Plan.defaultDeadline, steps: main,
            verification: verification, onFailure: onFailure, always: always, tests: tests,
            preconditions: preconditions,
            onCancel: onCancel, approvals: approvals)
    }
}
