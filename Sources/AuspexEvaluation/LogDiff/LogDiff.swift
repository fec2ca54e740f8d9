public import AuspexLogs
public import AuspexSignals
import Foundation

/// What two logs, such as those before and after a deploy, have in common and what not: templates that are new or gone,
/// that come far more or less often, or whose text has changed.
///
/// Both logs go through one miner, so that a template has one id in both. How much more of everything there is in the
/// second log is taken from the templates themselves, as the median ratio of their counts (Anders and Huber 2010); a
/// template stands out when its own ratio differs from that by far more than those of the others do.
public struct LogDiff: Hashable, Sendable {
    /// How a template differs.
    public enum Change: String, Hashable, Sendable, Codable, CaseIterable {
        /// It is in the second log only.
        case new
        /// It is in the first log only.
        case gone
        /// There is far more of it than of the others.
        case more
        /// There is far less of it than of the others.
        case fewer
        /// The second log made its text more general: values that had been the same for all lines differ now.
        case general
        /// None of these.
        case same
    }

    /// A template in both logs.
    public struct Entry: Hashable, Sendable {
        /// The template after both logs.
        public let template: LogTemplate
        /// Its text after the first log; nil for a new one.
        public let textBefore: String?
        /// Lines in the first log.
        public let before: UInt64
        /// Lines in the second log.
        public let after: UInt64
        /// The worst severity of its lines in the second log, or in the first if it is gone.
        public let severity: LogSeverity?
        /// How it differs.
        public let change: Change
        /// Lines in the second log for each that was to be expected; nil for a new one.
        public let ratio: Double?
    }

    /// All templates: new ones first, then those that are gone, changed in number, in text, and the rest; within each the
    /// more severe and then the more frequent first.
    public let entries: [Entry]
    /// Lines of the first log.
    public let linesBefore: UInt64
    /// Lines of the second log.
    public let linesAfter: UInt64
    /// Lines of the second log for each of the first, by the median of the templates.
    public let scale: Double
    /// Lines that have no template of their own, which are compared as one.
    public let freeTextLines: UInt64
    /// Templates that were forgotten because there were too many; they are in no entry.
    public let evictedTemplates: UInt64

    /// The entries that differ in a way.
    public func entries(_ change: Change) -> [Entry] { entries.filter { $0.change == change } }

    /// Whether nothing differs.
    public var isEmpty: Bool { entries.allSatisfy { $0.change == .same } }
}

/// Reads two logs and compares them.
///
/// ```swift
/// var comparison = LogComparison()
/// for line in old { comparison.learn(line.utf8.span, .before) }
/// for line in new { comparison.learn(line.utf8.span, .after) }
/// let diff = comparison.diff()
/// ```
///
/// Memory: that of a `LogStream`, and some 100 bytes for each template.
public struct LogComparison: Sendable {
    /// Which log a line belongs to.
    public enum Side: Hashable, Sendable {
        /// The first.
        case before
        /// The second.
        case after
        /// The second from this moment on; a line without a time belongs where the line before it does.
        case at(Timestamp)
    }

    private struct Counts: Sendable {
        var lines: UInt64 = 0
        var severity: LogSeverity?
    }

    private var stream: LogStream
    /// Templates that the stream knew before its first line; they are never new.
    private var known: Set<TemplateID>
    private var joiner = RecordJoiner()
    private var counts: [TemplateID: (before: Counts, after: Counts)] = [:]
    private var textsBefore: [TemplateID: String] = [:]
    private var lines: (before: UInt64, after: UInt64) = (0, 0)
    /// Whether the lines belong to the second log now.
    private var isSecond = false
    /// Counts that are kept for each template that the miner may have.
    private static let countsPerTemplate = 2

    /// A template stands out when its ratio is at least this many times the others', or less than one over it, …
    static let leastRatio = 1.5
    /// … and when it lies this many standard deviations, as the templates themselves scatter, from it.
    static let leastDeviations = 4.0
    /// The median of the square of a standard normal number.
    private static let medianSquare = 0.4549

    /// Creates a comparison of logs that go through `stream`, which has seen nothing yet but may know templates.
    public init(stream: LogStream = LogStream()) {
        self.stream = stream
        known = Set(stream.miner.templates().map(\.id))
    }

    /// Takes one raw line. All lines of the first log come before those of the second.
    public mutating func learn(_ line: Span<UInt8>, _ side: Side) {
        if side == .after, !isSecond {
            joiner = RecordJoiner()
            beginSecond()
        }
        guard let reading = reading(of: line) else { return }
        if case .at(let moment) = side, !isSecond, let time = reading.time, time >= moment {
            beginSecond()
        }
        follow(stream.takeAliases())
        if isSecond {
            lines.after += 1
            Self.count(reading, in: &counts[reading.templateID, default: (Counts(), Counts())].after)
        } else {
            lines.before += 1
            Self.count(reading, in: &counts[reading.templateID, default: (Counts(), Counts())].before)
        }
        if counts.count > Self.countsPerTemplate * stream.configuration.miner.maximumTemplates { forgetEvicted() }
    }

    /// Drops the counts of templates that the miner has forgotten.
    private mutating func forgetEvicted() {
        counts = counts.filter { stream.miner.template($0.key) != nil }
        textsBefore = textsBefore.filter { counts[$0.key] != nil }
    }

    /// What the stream says of a line; nil for one that belongs to the line before it.
    private mutating func reading(of line: Span<UInt8>) -> LogReading? {
        guard stream.configuration.readsHeaders else { return stream.update(line) }
        return stream.update(line, joining: &joiner)
    }

    private static func count(_ reading: LogReading, in counts: inout Counts) {
        counts.lines += 1
        if let severity = reading.severity { counts.severity = max(counts.severity ?? severity, severity) }
    }

    private mutating func beginSecond() {
        isSecond = true
        for id in counts.keys { textsBefore[id] = stream.miner.template(id)?.text }
    }

    private mutating func follow(_ aliases: [TemplateAlias]) {
        for alias in aliases {
            if let old = counts.removeValue(forKey: alias.old) {
                var new = counts[alias.new] ?? (Counts(), Counts())
                new.before = Self.sum(new.before, old.before)
                new.after = Self.sum(new.after, old.after)
                counts[alias.new] = new
            }
            if let text = textsBefore.removeValue(forKey: alias.old), textsBefore[alias.new] == nil {
                textsBefore[alias.new] = text
            }
        }
    }

    private static func sum(_ left: Counts, _ right: Counts) -> Counts {
        let severities = [left.severity, right.severity].compactMap { $0 }
        return Counts(lines: left.lines + right.lines, severity: severities.max())
    }

    // MARK: Comparing

    /// What differs between the logs so far.
    public func diff() -> LogDiff {
        let pairs = counts.values.filter { $0.before.lines > 0 && $0.after.lines > 0 }
            .map { (before: Double($0.before.lines), after: Double($0.after.lines)) }
        let overall = Double(max(1, lines.after)) / Double(max(1, lines.before))
        let scale = Self.median(pairs.map { $0.after / $0.before }) ?? overall
        let squares = pairs.map { pow(Self.deviation($0.before, $0.after, scale), 2) }
        let spread = max(1, (Self.median(squares) ?? 0) / Self.medianSquare).squareRoot()
        let entries = counts.compactMap { id, counts in entry(id, counts, scale, spread) }
        return LogDiff(
            entries: entries.sorted(by: Self.isEarlier), linesBefore: lines.before, linesAfter: lines.after,
            scale: scale, freeTextLines: stream.miner.freeTextLines, evictedTemplates: stream.miner.evictedTemplates)
    }

    private func entry(
        _ id: TemplateID, _ counts: (before: Counts, after: Counts), _ scale: Double, _ spread: Double
    ) -> LogDiff.Entry? {
        guard let template = stream.miner.template(id) else { return nil }
        let (before, after) = (Double(counts.before.lines), Double(counts.after.lines))
        let ratio = before > 0 ? after / (before * scale) : nil
        let textBefore = before > 0 ? textsBefore[id] ?? template.text : nil
        let deviations = Self.deviation(before, after, scale) / spread
        let change: LogDiff.Change =
            if before == 0 {
                known.contains(id) ? .same : .new
            } else if after == 0 {
                .gone
            } else if deviations >= Self.leastDeviations, (ratio ?? 1) >= Self.leastRatio {
                .more
            } else if deviations <= -Self.leastDeviations, (ratio ?? 1) <= 1 / Self.leastRatio {
                .fewer
            } else if textBefore != template.text {
                .general
            } else {
                .same
            }
        return LogDiff.Entry(
            template: template, textBefore: textBefore, before: counts.before.lines, after: counts.after.lines,
            severity: after > 0 ? counts.after.severity : counts.before.severity, change: change, ratio: ratio)
    }

    /// How far the second of two counts is from what the first lets expect, in standard deviations: given their sum, it
    /// is binomial.
    private static func deviation(_ before: Double, _ after: Double, _ scale: Double) -> Double {
        let share = scale / (1 + scale)
        let sum = before + after
        let variance = sum * share * (1 - share)
        return variance > 0 ? (after - sum * share) / variance.squareRoot() : 0
    }

    private static func median(_ values: [Double]) -> Double? {
        guard !values.isEmpty else { return nil }
        let sorted = values.sorted()
        let middle = sorted.count / 2
        return sorted.count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
    }

    private static func isEarlier(_ left: LogDiff.Entry, _ right: LogDiff.Entry) -> Bool {
        func rank(_ entry: LogDiff.Entry) -> Int { LogDiff.Change.allCases.firstIndex(of: entry.change) ?? 0 }
        let first = (rank(left), -(left.severity?.rawValue ?? 0), right.before + right.after)
        let second = (rank(right), -(right.severity?.rawValue ?? 0), left.before + left.after)
        return first == second ? left.template.id < right.template.id : first < second
    }
}
