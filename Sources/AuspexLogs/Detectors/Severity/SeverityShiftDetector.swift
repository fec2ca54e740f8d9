public import AuspexSignals

/// Tells when the share of severe lines rises far above what it was of late.
///
/// In each window of event time, and in the last three together, the lines of WARN or worse and of ERROR or worse are
/// compared with all lines that have a severity. Their number is taken as beta-binomial with the share of late and the correlation between lines that the
/// stream itself has shown, since severe lines come in groups. That a whole stream is silent ``TemplateRateDetector``
/// tells.
///
/// Cost: constant per line; per window some 30 flops for each line that the number of severe ones varies by. Memory: some
/// 200 bytes.
public struct SeverityShiftDetector: Sendable, Equatable {
    /// When a share counts.
    public struct Configuration: Hashable, Sendable, Codable {
        /// The length of a window. One second to one hour.
        public var window: TimeSpan
        /// How long after its end lines of a window may still come. 0 to one hour.
        public var allowedLateness: TimeSpan
        /// Windows with lines before anything is said. 12 to 100,000.
        public var warmUpWindows: Int
        /// The chance that a window is reported when nothing is wrong. Above 0, below 1.
        public var alpha: Double

        /// Creates a configuration.
        public init(
            window: TimeSpan = .minutes(5), allowedLateness: TimeSpan = .zero, warmUpWindows: Int = 288,
            alpha: Double = 1e-4
        ) {
            self.window = window
            self.allowedLateness = allowedLateness
            self.warmUpWindows = warmUpWindows
            self.alpha = alpha
        }

        func validate() throws(LogConfigurationError) {
            try OptionRanges.check("window", window, .seconds(1)...(.hours(1)))
            try OptionRanges.check("allowedLateness", allowedLateness, .zero...(.hours(1)))
            try OptionRanges.check("warmUpWindows", warmUpWindows, 12...100_000)
            try OptionRanges.checkAlpha(alpha)
        }
    }

    /// The lines of a window.
    struct Lines: Hashable, Sendable {
        var all = 0
        /// Those at least as severe as each of ``levels``.
        var severe = levels.map { _ in 0 }

        /// The lines of several windows.
        init(_ windows: ArraySlice<Lines> = []) {
            for window in windows {
                all += window.all
                for index in severe.indices { severe[index] += window.severe[index] }
            }
        }
    }

    /// The levels whose shares are watched, and how many windows are taken together. Chances are multiplied by the number
    /// of both (Bonferroni).
    static let levels: [LogSeverity] = [.warn, .error]
    static let widths = [1, 3]
    /// A window with at most this chance leans towards a rise.
    private static let lean = 0.05
    private static let looks = Double(levels.count * widths.count)

    /// The settings.
    public let configuration: Configuration
    var tallies: WindowTallies<Lines>
    /// One for each level and width.
    var shares = levels.map { _ in widths.map { _ in SeverityShare() } }
    /// The last windows with lines, the newest last.
    var recent: [Lines] = []
    /// Whether the last window was reported.
    var isReported = false

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
        tallies = WindowTallies(length: configuration.window, lateness: configuration.allowedLateness)
    }

    /// Lines that came after their window was over, and did not count.
    public var lateLines: UInt64 { tallies.lateLines }
    /// How often the clock was found to have been set back.
    public var clockRestarts: UInt64 { tallies.restarts }
    /// Whether anything is said yet.
    public var readiness: Reading.Readiness {
        let (seen, needed) = (shares[0][0].windows, configuration.warmUpWindows)
        return seen >= needed ? .ready : .warmingUp(seen: seen, needed: needed)
    }

    /// Counts a line, and judges the windows that it ends. A line without a severity only ends windows.
    ///
    /// - Returns: what is anomalous, window by window, at most one verdict for each.
    public mutating func update(_ severity: LogSeverity?, at time: Timestamp) -> [LogVerdict] {
        guard let severity else { return advance(to: time) }
        let closed = tallies.add(at: time, default: Lines()) { lines, _ in
            lines.all += 1
            for (index, level) in Self.levels.enumerated() where severity >= level { lines.severe[index] += 1 }
        }
        return closed.isEmpty ? [] : closed.compactMap { judge($0) }
    }

    /// Judges the windows that are over at `time`, though no line came.
    public mutating func advance(to time: Timestamp) -> [LogVerdict] {
        tallies.advance(to: time).compactMap { judge($0) }
    }

    /// The most anomalous level and width of a window, if one is.
    private mutating func judge(_ closed: WindowTallies<Lines>.Closed) -> LogVerdict? {
        guard let lines = closed.tally else { return nil }
        if closed.isAfterGap || isReported && !isRaised(lines) { recent = [] }
        recent.append(lines)
        if recent.count > Self.widths.reduce(0, max) { recent.removeFirst() }
        let isReady = readiness == .ready
        var worst: LogVerdict?
        for level in Self.levels.indices {
            for (index, width) in Self.widths.enumerated() where width <= recent.count {
                let sum = Lines(recent.suffix(width))
                let chance = Self.looks * shares[level][index].chance(of: sum.severe[level], among: sum.all)
                let isOver = isReady && chance <= configuration.alpha && (width == 1 || isRaised(lines, level))
                if isOver, chance < worst?.pValue ?? 1 {
                    worst = verdict(sum, level, index, chance, at: tallies.end(of: closed.number))
                }
                shares[level][index].learn(sum.severe[level], among: sum.all, wasReported: isOver)
            }
        }
        isReported = worst != nil
        return worst
    }

    /// Whether the newest window itself leans that way, without which several prove nothing about now.
    private func isRaised(_ lines: Lines, _ level: Int) -> Bool {
        shares[level][0].chance(of: lines.severe[level], among: lines.all) <= Self.lean
    }

    private func isRaised(_ lines: Lines) -> Bool { Self.levels.indices.contains { isRaised(lines, $0) } }

    private func verdict(
        _ lines: Lines, _ level: Int, _ width: Int, _ chance: Double, at end: Timestamp
    ) -> LogVerdict {
        let (count, usual) = (lines.severe[level], shares[level][width].share)
        let share = Double(count) / Double(lines.all)
        let span = Wording.span(milliseconds: Double(Self.widths[width]) * Double(configuration.window.milliseconds))
        return LogVerdict(
            .severityRise, of: .severity(Self.levels[level]), at: end, expected: usual, observed: share,
            pValue: chance, alpha: configuration.alpha,
            explanation: "\(count) of \(lines.all) lines in \(span) are \(Self.levels[level].name) or worse, "
                + "\(Wording.number(100 * share)) % where \(Wording.number(100 * usual)) % is usual")
    }
}
