package import AuspexDocuments

extension JudgePolicy {
    /// The name by which a configuration asks for this judge.
    package static let judgeName = "auspex"

    private enum Name: String, CaseIterable {
        case auspex
    }

    /// Reads a policy.
    ///
    /// - Throws: ``DocumentError`` with every mistake and its place.
    package init(_ root: DocumentNode) throws(DocumentError) {
        let collector = DiagnosticCollector()
        var reader = MappingReader(root, named: "a judge", reporting: collector)
        self.init()
        _ = reader.optionalChoice("judge", of: Name.self)
        alpha = reader.optionalDouble("alpha", in: Self.levels) ?? alpha
        warnAlpha = reader.optionalDouble("warn_alpha", in: Self.levels) ?? max(alpha, warnAlpha)
        minimumEffect = reader.optionalDouble("minimum_effect", in: Self.effects) ?? minimumEffect
        minimumSamples = reader.optionalInt("minimum_samples", in: 2...1_000_000).map(Int.init) ?? minimumSamples
        confidence = reader.optionalDouble("confidence", in: 0.5...0.9999) ?? confidence
        templates = reader.optionalChoice("templates", of: GatePolicy.Effect.self) ?? templates
        metrics = (reader.optionalMappings("metrics", named: "a metric") ?? []).compactMap { MetricPolicy($0) }
        if warnAlpha < alpha {
            reader.report("warn_alpha", "'warn_alpha' \(warnAlpha) is below 'alpha' \(alpha); a warning comes first")
        }
        let named = Dictionary(grouping: metrics, by: \.name)
        for name in named.filter({ $1.count > 1 }).keys.sorted() {
            reader.report("metrics", "the metric '\(name)' is there more than once; keep one")
        }
        reader.finish()
        try collector.check()
    }

    private static let levels = 1e-6...0.5
    static let effects = 0.0...1e6
}

extension MetricPolicy {
    /// Reads a metric; nil when it has no name, which is reported.
    init?(_ reader: MappingReader) {
        var reader = reader
        let name = reader.string("name")
        self.init(name: name ?? "")
        kind = reader.optionalChoice("kind")
        denominator = reader.optionalString("denominator")
        expected = reader.optionalString("expected")
        controls = reader.optionalStrings("controls") ?? []
        direction = reader.optionalChoice("direction")
        minimumEffect = reader.optionalDouble("minimum_effect", in: JudgePolicy.effects)
        missing = reader.optionalChoice("missing") ?? missing
        required = reader.optionalBool("required") ?? required
        critical = reader.optionalBool("critical") ?? critical
        muted = reader.optionalBool("muted") ?? muted
        if let kind, kind != .ratio, denominator != nil {
            reader.report("denominator", "a \(kind.rawValue) has no denominator; leave 'kind' out or make it a ratio")
        }
        if expected != nil, !controls.isEmpty {
            reader.report("controls", "'controls' and 'expected' both say what is expected; keep one")
        }
        if denominator != nil, !controls.isEmpty {
            reader.report("controls", "controls make a metric a gauge, which has no 'denominator'; keep one")
        }
        if let kind, kind != .gauge, !controls.isEmpty {
            reader.report("controls", "a \(kind.rawValue) has no controls; leave 'kind' out or make it a gauge")
        }
        reader.finish()
        if name == nil { return nil }
    }
}
