package import AuspexDocuments

/// A judge with its configuration, as a file names it.
package enum JudgeConfiguration: Hashable, Sendable {
    /// The judge of this project.
    case standard(JudgePolicy)
    /// Kayenta's.
    case kayenta(KayentaConfiguration)

    /// Reads one document, YAML or JSON. A canary configuration of kayenta is known by its `classifier`, its
    /// `configVersion`, its `judge` being a mapping, or by metrics with `analysisConfigurations`.
    ///
    /// - Parameters:
    ///   - text: The document.
    ///   - file: The path that messages name.
    /// - Throws: ``DocumentError`` with every mistake and its place.
    package init(parsing text: String, file: String) throws(DocumentError) {
        let documents = try DocumentParser.documents(in: text, file: file)
        guard let root = documents.first?.root, documents.count == 1 else {
            throw DocumentError(file: file, "holds \(documents.count) documents, expected one configuration of a judge")
        }
        self = Self.isKayenta(root) ? .kayenta(try KayentaConfiguration(root)) : .standard(try JudgePolicy(root))
    }

    private static func isKayenta(_ root: DocumentNode) -> Bool {
        if root["classifier"] != nil || root["configVersion"] != nil || root["judge"]?.entries != nil { return true }
        return root["metrics"]?.elements?.contains { $0["analysisConfigurations"] != nil } ?? false
    }

    /// Judges two tables by column.
    ///
    /// - Parameters:
    ///   - baseline: The columns of what ran before or beside, values in order of time, NaN for missing.
    ///   - canary: Those of what runs now.
    ///   - templates: Error templates of log lines with their numbers.
    package func judge(
        baseline: MetricTable, canary: MetricTable, templates: TemplateCounts = TemplateCounts()
    ) -> JudgeReport {
        switch self {
        case .standard(let policy):
            return Judge(policy: policy).judge(policy.samples(baseline, canary), templates: templates)
        case .kayenta(let configuration):
            let names = configuration.metrics.isEmpty ? baseline.names(with: canary) : configuration.metrics.map(\.name)
            return KayentaJudge(configuration: configuration).judge(
                names.map { MetricSamples(name: $0, baseline: baseline[$0] ?? [], canary: canary[$0] ?? []) })
        }
    }
}
