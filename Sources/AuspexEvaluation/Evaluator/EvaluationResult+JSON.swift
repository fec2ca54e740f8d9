/// The keys of the agreed JSON, and those of the metrics.
private struct Key: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    static let results = Key("results")
    static let summary = Key("summary")
    static let sets = Key("sets")
    static let skipped = Key("skipped")
    static let set = Key("set")
    static let baseline = Key("baseline")
    static let secondsTotal = Key("seconds_total")
    static let meanOfSets = Key("mean_of_sets")
    static let file = Key("file")
    static let detector = Key("detector")
    static let rows = Key("rows")
    static let window = Key("window")
    static let files = Key("files")
    static let failed = Key("failed")
    static let seconds = Key("seconds")
    static let error = Key("error")
    static let nabStandard = Key("nab_standard")
    static let nabLowFP = Key("nab_low_fp")
    static let nabLowFN = Key("nab_low_fn")

    init(_ name: String) { stringValue = name }

    init(stringValue: String) { self.init(stringValue) }

    init?(intValue: Int) { nil }
}

extension EvaluationResult: Encodable {
    /// Writes `{"results":[…],"summary":[…],"sets":[{"set":…,"summary":[…]}],"skipped":[…]}`.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(rows, forKey: .results)
        try container.encode(summary, forKey: .summary)
        try container.encode(sets, forKey: .sets)
        try container.encode(skipped, forKey: .skipped)
    }
}

extension EvaluationSet: Encodable {
    /// Writes the set's name and its summary.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(name, forKey: .set)
        try container.encode(summary, forKey: .summary)
    }
}

extension EvaluationRow: Encodable {
    /// Writes file, set, detector, baseline, rows, window, the metrics and seconds; where it failed, these are null and
    /// `error` says why.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(file, forKey: .file)
        try container.encode(set, forKey: .set)
        try container.encode(detector, forKey: .detector)
        try container.encode(isBaseline, forKey: .baseline)
        try container.encode(rows, forKey: .rows)
        try container.encode(window, forKey: .window)
        try container.encode(metrics)
        try container.encode(seconds, forKey: .seconds)
        try container.encodeIfPresent(error, forKey: .error)
    }
}

extension EvaluationSummary: Encodable {
    /// Writes detector, baseline, the number of files and rows, the means, null where there are none, and the mean and
    /// the sum of seconds.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(detector, forKey: .detector)
        try container.encode(isBaseline, forKey: .baseline)
        try container.encode(files, forKey: .files)
        try container.encode(failed, forKey: .failed)
        try container.encode(rows, forKey: .rows)
        try container.encode(metrics)
        try container.encode(seconds, forKey: .seconds)
        try container.encode(totalSeconds, forKey: .secondsTotal)
        if let meanOfSets {
            var means = container.nestedContainer(keyedBy: Key.self, forKey: .meanOfSets)
            try means.encode(meanOfSets)
        }
        try container.encodeIfPresent(nab?.standard, forKey: .nabStandard)
        try container.encodeIfPresent(nab?.lowFalsePositives, forKey: .nabLowFP)
        try container.encodeIfPresent(nab?.lowFalseNegatives, forKey: .nabLowFN)
    }
}

extension KeyedEncodingContainer<Key> {
    fileprivate mutating func encode(_ metrics: DetectionMetrics?) throws {
        for metric in DetectionMetric.allCases { try encode(metrics?[metric], forKey: Key(metric.rawValue)) }
    }
}
