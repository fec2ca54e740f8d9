public import AuspexSignals

/// Tells when a parameter of a template has a value that it never has: a number far beyond the usual ones, or a new value
/// where there were always the same few.
///
/// Numbers are judged by a tail fitted to the outer 2 % on a logarithmic scale, which heavy tails do not fool; a parameter
/// with up to 64 values, numbers or not, by the chance that a new one comes. Parameters whose values are nearly all
/// different, such as ids, are not judged, nor is the side on which a counter or a clock keeps setting records. What is
/// far beyond the alert line is learnt only in part.
///
/// Numbers that follow the hour of the day are judged against the whole day. Cost: some 200 operations per parameter.
/// Memory: at most 4 kB for each parameter.
public struct ParameterDetector: Sendable, Equatable {
    /// When a value counts.
    public struct Configuration: Hashable, Sendable, Codable {
        /// The share of a parameter's values that may be reported when nothing is wrong. Above 0, below 1.
        public var alpha: Double
        /// Parameters that are kept; of more, the one without a value for longest is forgotten. 1 to 1,000,000.
        public var maximumParameters: Int
        /// Parameters of a template that are looked at, the first ones. 1 to 256.
        public var parametersPerTemplate: Int

        /// Creates a configuration.
        public init(alpha: Double = 1e-4, maximumParameters: Int = 4_096, parametersPerTemplate: Int = 16) {
            self.alpha = alpha
            self.maximumParameters = maximumParameters
            self.parametersPerTemplate = parametersPerTemplate
        }

        func validate() throws(LogConfigurationError) {
            try OptionRanges.checkAlpha(alpha)
            try OptionRanges.check("maximumParameters", maximumParameters, 1...1_000_000)
            try OptionRanges.check("parametersPerTemplate", parametersPerTemplate, 1...256)
        }
    }

    struct Key: Hashable, Sendable {
        var template: TemplateID
        var position: Int
    }

    /// The settings.
    public let configuration: Configuration
    var slots: RecencyTable<Key, ParameterSlot>

    /// Creates a detector with the default settings that has seen nothing.
    public init() { self.init(valid: Configuration()) }

    /// Creates a detector that has seen nothing.
    ///
    /// - Throws: ``LogConfigurationError`` when a setting is out of its range.
    public init(configuration: Configuration) throws(LogConfigurationError) {
        try configuration.validate()
        self.init(valid: configuration)
    }

    init(valid configuration: Configuration) {
        self.configuration = configuration
        slots = RecencyTable(capacity: configuration.maximumParameters)
    }

    /// Parameters that are kept.
    public var parameterCount: Int { slots.count }
    /// Parameters that were forgotten because there were too many.
    public var evictedParameters: UInt64 { slots.evicted }

    /// Judges the parameters of a line, and learns from them.
    ///
    /// - Parameters:
    ///   - template: what the line is of.
    ///   - parameters: where in `line` they are, as `TemplateMiner.add(_:at:parameters:)` tells.
    ///   - line: the message.
    ///   - time: when it was written.
    /// - Returns: what is anomalous, in the order of the parameters.
    public mutating func update(
        _ template: TemplateID, parameters: [Range<Int>], of line: Span<UInt8>, at time: Timestamp
    ) -> [LogVerdict] {
        var verdicts: [LogVerdict] = []
        for (position, range) in parameters.prefix(configuration.parametersPerTemplate).enumerated() {
            let text = line.extracting(range)
            let hash = SymbolHash.word(line, range)
            let key = Key(template: template, position: position)
            let judgement = judge(key, hash, MeasuredNumber.read(text), arity: parameters.count)
            if let judgement { verdicts.append(verdict(judgement, key, text, at: time)) }
        }
        return verdicts
    }

    private mutating func judge(
        _ key: Key, _ hash: UInt64, _ number: Double?, arity: Int
    ) -> ParameterSlot.Judgement? {
        let alpha = configuration.alpha
        return slots.touch(key, default: ParameterSlot(arity: arity)) { slot in
            if slot.arity != arity { slot = ParameterSlot(arity: arity) }
            return slot.update(hash: hash, number: number, alpha: alpha)
        }.result
    }

    /// How far a parameter is; nil when nothing is known of it.
    public func readiness(of template: TemplateID, parameter position: Int) -> Reading.Readiness? {
        slots[Key(template: template, position: position)].map { slot in
            slot.isReady ? .ready : .warmingUp(seen: slot.seen, needed: NumberRange.warmUp)
        }
    }
}
