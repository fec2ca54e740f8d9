extension SessionDetector {
    /// Which sessions are learnt from.
    public enum Training: Hashable, Sendable, Codable {
        /// All, each after it was judged; some may be anomalous.
        case allSessions
        /// As many as this at the beginning, which are taken to be normal.
        case first(Int)
    }

    /// When a session counts as unusual.
    public struct Configuration: Hashable, Sendable, Codable {
        /// Which sessions are learnt from.
        public var training: Training
        /// The share of normal sessions that may be reported. It must lie above the share of anomalous sessions among those
        /// that are learnt from, else these set the threshold. Above 0, below 1.
        public var alpha: Double
        /// The share of sessions that must have had a count vector before it counts as normal. 0 to 0.5.
        public var support: Double
        /// Sessions before anything is said. 10 to 50,000.
        public var warmUpSessions: Int

        /// Creates a configuration; the defaults were chosen on HDFS and OpenStack sessions.
        ///
        /// - Parameters:
        ///   - training: which sessions are learnt from.
        ///   - alpha: nil takes 0.005 for trusted training and 0.02 otherwise.
        ///   - support: the share of sessions that makes a count vector normal.
        ///   - warmUpSessions: sessions before anything is said.
        public init(
            training: Training = .allSessions, alpha: Double? = nil, support: Double = 0.01, warmUpSessions: Int = 50
        ) {
            self.training = training
            self.alpha = alpha ?? (training == .allSessions ? Self.mixedAlpha : Self.trustedAlpha)
            self.support = support
            self.warmUpSessions = warmUpSessions
        }

        private static let trustedAlpha = 0.005
        private static let mixedAlpha = 0.02

        /// How many sessions at least must have had a vector: one alone may be the anomaly.
        var leastSupport: Int { training == .allSessions ? 2 : 1 }

        func validate() throws(LogConfigurationError) {
            if case .first(let sessions) = training {
                try OptionRanges.check("training", sessions, warmUpSessions...SessionMemory.mostSessions - 1)
            }
            try OptionRanges.checkAlpha(alpha)
            guard (0...0.5).contains(support) else {
                throw LogConfigurationError(option: "support", value: "\(support)", allowed: "0 to 0.5")
            }
            try OptionRanges.check("warmUpSessions", warmUpSessions, 10...50_000)
        }
    }
}
