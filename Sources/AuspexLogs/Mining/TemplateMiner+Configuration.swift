extension TemplateMiner {
    /// The bounds of a miner. How templates are found is not configurable: one set of rules serves every system, and
    /// ``masks`` are there for what only its owner can know.
    public struct Configuration: Hashable, Sendable, Codable {
        /// Templates kept; beyond it an eighth is evicted, those seen once and longest ago first. 16 to 1,000,000.
        public var maximumTemplates: Int
        /// Bytes of a line that are looked at; the rest is ignored and the line counted as cut. 256 to 1,048,576.
        public var maximumLineBytes: Int
        /// Tokens of a line that are taken apart; the rest becomes one variable. 8 to 1,024.
        public var maximumTokens: Int
        /// Bytes of literal text in a template; a line with more ends in one variable. 256 to 32,000.
        public var maximumTemplateBytes: Int
        /// Bytes of one literal; a longer word is taken for a variable. 16 to 4,096.
        public var maximumLiteralBytes: Int
        /// Bytes of the first line of a template that are kept as its example. 0 to 65,536.
        public var exampleBytes: Int
        /// Signatures that are recognised without looking further, rounded up to a power of two; 16 bytes each.
        /// 2 to 16,777,216.
        public var cachedSignatures: Int
        /// Signatures that are remembered with the id that they led to, those of merged and evicted templates included;
        /// about 60 bytes each. At least four times ``maximumTemplates``, at most 16,777,216.
        public var rememberedSignatures: Int
        /// Estimated bytes of the tables in which patterns wait for others like them; beyond it an eighth, that used
        /// longest ago, is dropped. 65,536 to 1,073,741,824.
        public var maximumIndexBytes: Int
        /// Regular expressions in RE2's syntax whose matches are variables. At most 32, of at most 1,024 bytes each.
        public var masks: [String]

        /// Creates a configuration; with the defaults a million lines of no kind at all leave some 21 MB of tables.
        public init(
            maximumTemplates: Int = 4_096, maximumLineBytes: Int = 65_536, maximumTokens: Int = 128,
            maximumTemplateBytes: Int = 4_096, maximumLiteralBytes: Int = 128, exampleBytes: Int = 256,
            cachedSignatures: Int = 65_536, rememberedSignatures: Int = 65_536,
            maximumIndexBytes: Int = 33_554_432, masks: [String] = []
        ) {
            self.maximumTemplates = maximumTemplates
            self.maximumLineBytes = maximumLineBytes
            self.maximumTokens = maximumTokens
            self.maximumTemplateBytes = maximumTemplateBytes
            self.maximumLiteralBytes = maximumLiteralBytes
            self.exampleBytes = exampleBytes
            self.cachedSignatures = cachedSignatures
            self.rememberedSignatures = rememberedSignatures
            self.maximumIndexBytes = maximumIndexBytes
            self.masks = masks
        }

        /// Checks every bound against its range.
        ///
        /// - Throws: ``LogConfigurationError`` naming the first option that is out of range.
        func validate() throws(LogConfigurationError) {
            let options: [(String, Int, ClosedRange<Int>)] = [
                ("maximumTemplates", maximumTemplates, 16...1_000_000),
                ("maximumLineBytes", maximumLineBytes, 256...1_048_576),
                ("maximumTokens", maximumTokens, 8...1_024),
                ("maximumTemplateBytes", maximumTemplateBytes, 256...32_000),
                ("maximumLiteralBytes", maximumLiteralBytes, 16...4_096),
                ("exampleBytes", exampleBytes, 0...65_536),
                ("cachedSignatures", cachedSignatures, 2...16_777_216),
                ("rememberedSignatures", rememberedSignatures, min(4 * maximumTemplates, 16_777_216)...16_777_216),
                ("maximumIndexBytes", maximumIndexBytes, 65_536...1_073_741_824),
            ]
            for (name, value, range) in options where !range.contains(value) {
                throw LogConfigurationError(
                    option: name, value: "\(value)", allowed: "\(range.lowerBound) to \(range.upperBound)")
            }
        }

        var limits: SignatureBuilder.Limits {
            SignatureBuilder.Limits(
                tokens: maximumTokens, literalBytes: maximumLiteralBytes, templateBytes: maximumTemplateBytes)
        }
    }
}

/// An option of the log rooms that is out of its range.
public struct LogConfigurationError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The option's name.
    public let option: String
    /// The value that was given.
    public let value: String
    /// What is allowed.
    public let allowed: String

    /// The option, its value and what would be right.
    public var description: String { "\(option) is \(value); allowed: \(allowed)" }
}
