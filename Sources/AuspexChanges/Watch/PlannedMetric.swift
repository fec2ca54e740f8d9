import AuspexNumerics
import AuspexSignals
import Foundation

/// A metric under watch: how it is compared, what it was before and what it has been since.
struct PlannedMetric: Hashable, Sendable, Codable {
    /// The values of a side, minute by minute, NaN for missing; wholes only of a ratio.
    struct Column: Hashable, Sendable, Codable {
        var values: [Double] = []
        var wholes: [Double] = []
        /// How many series each value is made of.
        var series: [Int] = []

        mutating func append(_ minute: MetricMinute) {
            values.append(minute.value)
            wholes.append(minute.whole)
            series.append(minute.series)
        }
    }

    /// How it is judged as a stream.
    private(set) var metric: JudgeStream.Metric
    /// What it is made of.
    let use: SeriesUse
    /// The metric of which the values are a part; nil when that is none of its own.
    let traffic: SeriesUse?
    /// Whether a verdict needs it: it was there for most of the time before.
    let isRequired: Bool
    /// By how much counts vary more than independent events would.
    let dispersion: Double
    /// What was expected in the middle before; nil when the time of day says nothing of it.
    let season: Double?
    /// The middle before of each service that was not changed; nil of one that has no such metric.
    let controls: [Double?]
    /// How many minutes of the time before stand against one since, where events are counted.
    let blockWidth: Int
    /// Before the change, corrected by what was expected.
    private(set) var before = Column()
    /// Beside the new version, where the one before still runs.
    var beside = Column()
    /// Since the change, corrected.
    var after = Column()

    /// Takes a metric from before the change, and its first minute after, for a watch that still has `minutes`.
    init(
        _ use: SeriesUse, past: WatchPast, now: MetricMinute, traffic: SeriesUse?, isBeside: Bool, minutes: Int,
        goesBySeason: Bool
    ) {
        self.use = use
        self.traffic = traffic
        var column = past.column(use)
        if let traffic {
            for (index, whole) in past.column(traffic).enumerated() { column[index].whole = whole.value }
        }
        let values = column.map(\.value)
        let present = values.filter(\.isFinite)
        blockWidth = max(1, column.count / max(1, minutes))
        let kind: MetricKind =
            switch use.form {
            case .failing: .ratio
            case .mean: .gauge
            case .rate where traffic != nil: .ratio
            case .rate, .level: MetricRecognition.kind(use.name, values + [now.value])
            }
        metric = JudgeStream.Metric(
            name: use.title, kind: kind, direction: use.direction,
            scale: (present + [now.value]).allSatisfy { $0.isNaN || $0 > 0 } ? .ratio : .difference,
            isAgainstPast: !isBeside)
        let heard = past.heard.count { $0 }
        isRequired = present.count * 2 >= max(1, heard)
        dispersion = kind == .gauge ? 1 : Self.dispersion(column, isRatio: kind == .ratio)
        let isCorrectable = kind == .gauge && metric.scale == .ratio
        let expected = column.map(\.expected).filter { $0 > 0 && $0.isFinite }
        let isSeasonal = goesBySeason && isCorrectable && expected.count * 2 >= max(1, present.count)
        season = isSeasonal ? OrderStatistics.median(expected) : nil
        controls = past.controls.map { control in
            let middle = OrderStatistics.median((control[use.title] ?? []).filter(\.isFinite))
            return isCorrectable ? middle.flatMap { $0 > 0 ? $0 : nil } : nil
        }
        for (row, minute) in column.enumerated() {
            let others = past.controls.map { $0[use.title].map { row < $0.count ? $0[row] : .nan } ?? .nan }
            before.append(corrected(minute, controls: others))
        }
    }

    /// The minute with its value held against what was expected of it: by the time of day, and by what services that were
    /// not changed did. Without value when that is not known.
    func corrected(_ minute: MetricMinute, controls others: [Double]) -> MetricMinute {
        var minute = minute
        if let season { minute.value /= minute.expected > 0 ? minute.expected / season : .nan }
        let changes = zip(controls, others).compactMap { middle, value in
            middle.flatMap { value > 0 && value.isFinite ? log(value / $0) : nil }
        }
        if controls.contains(where: { $0 != nil }) {
            minute.value /= OrderStatistics.median(changes).map(exp) ?? .nan
        }
        return minute
    }

    /// Whether services that were not changed had a say.
    var isControlled: Bool { controls.contains { $0 != nil } }

    private static func dispersion(_ column: [MetricMinute], isRatio: Bool) -> Double {
        let known = column.filter { $0.value.isFinite && (!isRatio || $0.whole > 0) }
        let exposures = known.map { isRatio ? $0.whole : 1 }
        let rate = known.reduce(0) { $0 + $1.value } / max(exposures.reduce(0, +), .leastNormalMagnitude)
        let cells = zip(known, exposures).map { minute, exposure in
            let expected = rate * exposure
            return Dispersion.Cell(
                count: minute.value, expected: expected, variance: isRatio ? expected * max(0, 1 - rate) : expected)
        }
        return Dispersion([cells]).factor
    }
}
