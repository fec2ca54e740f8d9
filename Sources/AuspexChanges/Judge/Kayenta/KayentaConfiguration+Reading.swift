package import AuspexDocuments

extension KayentaConfiguration {
    /// Reads a configuration as kayenta stores it, in JSON (or YAML). What says where the data comes from is passed
    /// over; what says how to judge is read by a closed schema.
    ///
    /// - Throws: ``DocumentError`` with every mistake and its place.
    package init(_ root: DocumentNode) throws(DocumentError) {
        let collector = DiagnosticCollector()
        var reader = MappingReader(root, named: "a canary configuration", reporting: collector)
        self.init()
        if var judge = reader.optionalMapping("judge") {
            self.judge = judge.optionalString("name") ?? Self.judgeName
            if let settings = judge.optionalMapping("judgeConfigurations") { readClassifier(settings) }
        }
        for metric in reader.optionalMappings("metrics", named: "a metric") ?? [] {
            if let metric = KayentaMetric(metric) { metrics.append(metric) }
        }
        if var classifier = reader.optionalMapping("classifier") { readScore(&classifier, collector) }
        if marginal > pass {
            reader.report("classifier", "the score to be marginal, \(marginal), is above the one to pass, \(pass)")
        }
        try collector.check()
    }

    private mutating func readClassifier(_ settings: MappingReader) {
        var reader = settings
        classifier.tolerance = reader.optionalDouble("tolerance", in: 0...100) ?? classifier.tolerance
        classifier.confidence = reader.optionalDouble("confLevel", in: 0.5...0.9999) ?? classifier.confidence
        reader.finish()
    }

    private mutating func readScore(_ reader: inout MappingReader, _ collector: DiagnosticCollector) {
        for entry in reader.optionalEntries("groupWeights") ?? [] {
            guard let weight = entry.value.text.flatMap(Double.init), (0...100).contains(weight) else {
                collector.report(entry.value.location, "the weight of '\(entry.key)' must be a number from 0 to 100")
                continue
            }
            groupWeights[entry.key] = weight
        }
        let sum = groupWeights.values.reduce(0, +)
        if sum > 100 + 1e-9 {
            reader.report("groupWeights", "the weights add up to \(sum), at most 100 can be given away")
        }
        guard var thresholds = reader.optionalMapping("scoreThresholds") else { return }
        pass = thresholds.optionalDouble("pass", in: 0...100) ?? pass
        marginal = thresholds.optionalDouble("marginal", in: 0...100) ?? marginal
        thresholds.finish()
    }
}

extension KayentaMetric {
    /// Reads a metric; nil when it has no name, which is reported.
    init?(_ reader: MappingReader) {
        var reader = reader
        guard let name = reader.string("name") else { return nil }
        self.init(name: name)
        groups = reader.optionalStrings("groups") ?? []
        guard var all = reader.optionalMapping("analysisConfigurations"), var canary = all.optionalMapping("canary")
        else { return }
        direction = canary.choice("direction", MetricDirection.allCases) ?? direction
        missingValues = canary.choice("nanStrategy", MissingValues.allCases) ?? missingValues
        critical = canary.optionalBool("critical") ?? critical
        muted = canary.optionalBool("muted") ?? muted
        mustHaveData = canary.optionalBool("mustHaveData") ?? mustHaveData
        if let effect = canary.optionalMapping("effectSize") { readEffect(effect) }
        if let outliers = canary.optionalMapping("outliers") { readOutliers(outliers) }
        canary.finish()
    }

    private mutating func readEffect(_ effect: MappingReader) {
        var reader = effect
        measure = reader.choice("measure", Measure.allCases) ?? measure
        let range = 0...Double.greatestFiniteMagnitude
        allowedIncrease = reader.optionalDouble("allowedIncrease", in: range)
        allowedDecrease = reader.optionalDouble("allowedDecrease", in: range)
        criticalIncrease = reader.optionalDouble("criticalIncrease", in: range)
        criticalDecrease = reader.optionalDouble("criticalDecrease", in: range)
        reader.finish()
    }

    private enum OutlierStrategy: String, CaseIterable {
        case keep, remove
    }

    private static let usualFactor = 3.0

    private mutating func readOutliers(_ outliers: MappingReader) {
        var reader = outliers
        let strategy = reader.choice("strategy", OutlierStrategy.allCases) ?? .keep
        let factor = reader.optionalDouble("outlierFactor", in: 0...1e6) ?? Self.usualFactor
        outlierFactor = strategy == .remove ? factor : nil
        reader.finish()
    }
}

extension MappingReader {
    /// One of the choices by its raw value, in capitals or not, as kayenta reads them; nil when missing.
    fileprivate mutating func choice<Choice: RawRepresentable>(_ key: String, _ choices: [Choice]) -> Choice?
    where Choice.RawValue == String {
        guard let (node, text) = optionalTextNode(key) else { return nil }
        if let choice = choices.first(where: { $0.rawValue.lowercased() == text.lowercased() }) { return choice }
        collector.report(node.location, "'\(key)' must be \(alternatives(choices.map(\.rawValue))), not '\(text)'")
        return nil
    }
}
