public import AuspexSignals

/// Takes all lines of a stretch of event time as one session, for streams whose lines have no id in common.
///
/// Windows without any line give no session. Cost: O(distinct templates of the window) per line.
public struct TimeWindowSessions: Sendable, Equatable {
    struct Lines: Hashable, Sendable {
        var start: Timestamp
        var end: Timestamp
        var counts = CountVector()
    }

    /// The length of a window.
    public var length: TimeSpan { tallies.length }
    /// Lines that came after their window was over, and did not count.
    public var lateLines: UInt64 { tallies.lateLines }
    var tallies: WindowTallies<Lines>
    let maximumTemplates: Int

    /// Creates windows.
    ///
    /// - Parameters:
    ///   - length: of a window, one second to one day.
    ///   - allowedLateness: how long after its end lines of a window may still come, up to a day.
    ///   - maximumTemplates: of a window, that are told apart, 1 to 10,000.
    /// - Throws: ``LogConfigurationError`` when a setting is out of its range.
    public init(
        length: TimeSpan = .minutes(5), allowedLateness: TimeSpan = .zero, maximumTemplates: Int = 4_096
    ) throws(LogConfigurationError) {
        try OptionRanges.check("length", length, .seconds(1)...(.hours(24)))
        try OptionRanges.check("allowedLateness", allowedLateness, .zero...(.hours(24)))
        try OptionRanges.check("maximumTemplates", maximumTemplates, 1...10_000)
        tallies = WindowTallies(length: length, lateness: allowedLateness)
        self.maximumTemplates = maximumTemplates
    }

    /// Adds a line to its window, and returns the windows that are over now.
    public mutating func update(_ template: TemplateID, at time: Timestamp) -> [LogSession] {
        let limit = maximumTemplates
        return sessions(
            tallies.add(at: time, default: Lines(start: time, end: time)) { lines, _ in
                lines.start = min(lines.start, time)
                lines.end = max(lines.end, time)
                lines.counts.add(template, limit: limit)
            })
    }

    /// The windows that are over at `time`, though no line came.
    public mutating func advance(to time: Timestamp) -> [LogSession] { sessions(tallies.advance(to: time)) }

    /// Follows a merge of templates in the windows that are not over.
    public mutating func merge(_ alias: TemplateAlias) { tallies.updateOpen { $0.counts.merge(alias) } }

    private func sessions(_ closed: [WindowTallies<Lines>.Closed]) -> [LogSession] {
        closed.compactMap { window in
            window.tally.map { lines in
                let start = tallies.end(of: window.number) - length
                return LogSession(
                    id: "\(start.milliseconds)", start: lines.start, end: lines.end, counts: lines.counts)
            }
        }
    }
}
