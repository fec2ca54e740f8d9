public import AuspexSignals

extension TemplateRateDetector {
    /// When a template's number of lines counts.
    public struct Configuration: Hashable, Sendable, Codable {
        /// The length of a window. One second to one hour; below a minute, most templates are too sparse.
        public var window: TimeSpan
        /// How long after its end lines of a window may still come. 0 to one hour.
        public var allowedLateness: TimeSpan
        /// Windows of a template before anything is said of it: with the default of 288, a day, in which every hour is seen
        /// once. 12 to 100,000.
        public var warmUpWindows: Int
        /// The chance that a window of a template is reported when nothing is wrong: the false-alarm budget.
        /// Above 0, below 1.
        public var alpha: Double
        /// Templates that are kept; of more, the one without lines for longest is forgotten. 1 to 1,000,000.
        public var maximumTemplates: Int

        /// Creates a configuration.
        public init(
            window: TimeSpan = .minutes(5), allowedLateness: TimeSpan = .zero, warmUpWindows: Int = 288,
            alpha: Double = 1e-4, maximumTemplates: Int = 4_096
        ) {
            self.window = window
            self.allowedLateness = allowedLateness
            self.warmUpWindows = warmUpWindows
            self.alpha = alpha
            self.maximumTemplates = maximumTemplates
        }

        static let templateBounds = 1...1_000_000

        func validate() throws(LogConfigurationError) {
            try OptionRanges.check("window", window, .seconds(1)...(.hours(1)))
            try OptionRanges.check("allowedLateness", allowedLateness, .zero...(.hours(1)))
            try OptionRanges.check("warmUpWindows", warmUpWindows, 12...100_000)
            try OptionRanges.checkAlpha(alpha)
            try OptionRanges.check("maximumTemplates", maximumTemplates, Self.templateBounds)
        }
    }
}
