package import AuspexDocuments
package import AuspexSignals

/// Health checks that stand in a file of their own.
package struct HealthFile: Sendable {
    /// Its name.
    package var id: String
    /// Where it stands.
    package var location: SourceLocation
    /// The checks, as one list.
    package var check: HealthCheck
}

/// Reads documents with `kind: health`: an `id`, a `title` and `checks`, which are written as in a step `health`.
package enum HealthLoader {
    /// The `kind` of such a document.
    package static let kind = "health"

    /// The health checks among `documents`; documents of other kinds are left alone.
    ///
    /// - Throws: `DocumentError` with every mistake and its place.
    package static func files(in documents: [Document]) throws(DocumentError) -> [HealthFile] {
        let collector = DiagnosticCollector()
        var files: [HealthFile] = []
        for document in documents where document.kind == kind {
            guard let file = file(document, collector) else { continue }
            if let first = files.first(where: { $0.id == file.id }) {
                let place = first.location
                collector.report(
                    file.location, "health checks '\(file.id)' are already at \(place); rename one of them")
            }
            files.append(file)
        }
        try collector.check()
        return files
    }

    private static func file(_ document: Document, _ collector: DiagnosticCollector) -> HealthFile? {
        var reader = MappingReader(document.root, named: "a file of health checks", reporting: collector)
        _ = reader.string("kind")
        let id = reader.identifier("id")
        _ = reader.optionalString("title")
        let steps = StepReader(scope: Scope(parameters: [], collector: collector))
        let checks = reader.list("checks").map { steps.healthChecks($0, at: reader.location(of: "checks")) }
        reader.finish()
        guard let id, let checks else { return nil }
        var filler = Filler(values: [:], parameters: [], runbooks: [:], chain: [])
        let list = HealthCheckTemplate(
            component: Template(literal: id), probe: .list(checks), timeout: HealthCheck.defaultTimeout, slowAfter: nil)
        let check = filler.healthCheck(list, in: id)
        for problem in filler.problems { collector.report(document.location, problem.description) }
        return HealthFile(id: id, location: document.location, check: check)
    }
}

extension Plan {
    /// The health checks among its steps, and those that its waits repeat, with the steps' ids.
    package var healthChecks: [(step: String, check: HealthCheck)] {
        allSteps.flatMap(\.flattened).compactMap { step in
            switch step.action {
            case .operation(.health(let check)): (step.id, check)
            case .wait(let wait): if case .health(let check) = wait.operation { (step.id, check) } else { nil }
            case .operation, .verify, .branch, .group, .parallel, .pause, .approval: nil
            }
        }
    }
}
