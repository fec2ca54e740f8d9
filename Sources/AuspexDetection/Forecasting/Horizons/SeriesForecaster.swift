import AuspexNumerics
public import AuspexSignals
import Foundation

/// Forecasts one series from its own past: where it will be in four hours, when the disk is full. Causal and in bounded
/// memory: at most 30 KB, about 3,000 flops a sample.
///
/// ```swift
/// var forecaster = SeriesForecaster()
/// for sample in samples { forecaster.update(time: sample.time, value: sample.value) }
/// let inFourHours = forecaster.forecast(at: .hours(4)).answer     // expected value and band
/// let full = forecaster.timeToReach(100).answer                   // earliest, expected, latest
/// ```
///
/// Lines over four memories say on which ways the series may go on. For lengths of time that double from one step to
/// 4,096, forecasts are made all along and compared with what comes: their errors say how far each way is trusted, and
/// how wide the band is (split-conformal prediction: Vovk et al. 2005, Lei et al. 2018). No cycles are modelled; where
/// there are some, the bands are as wide as they make the errors.
///
/// - A value far from where it was expected is cut to three deviations before anything learns it. After five such in a
///   row it is a new level: where it turns back a clear trend (a disk was cleaned up), the slope is kept and forecasts
///   under way do not count; bands thus hold as long as nobody intervenes.
/// - Times count, not rows. The step is the median of the first intervals; gaps beyond sixteen steps are left out.
/// - Four times as far ahead as past forecasts have been checked, nothing is said.
public struct SeriesForecaster: Sendable, Hashable {
    /// The share of values that a band holds unless told otherwise.
    public static let defaultCoverage = 0.8
    /// The shares that may be asked for; the bands rest on 20 to 48 past errors, which say nothing of rarer ones.
    public static let coverages = 0.5...0.95

    /// Samples from which the step is taken before anything is learned.
    static let firstSamples = 17
    /// Samples after which residuals are cut.
    static let settled = 12
    /// Doublings of the horizon: from one step to 4,096, 17 hours of 15-second samples and 170 days of hourly ones.
    static let doublings = 13
    /// Forecasts reach this many times as far as those that were checked.
    static let reach = 4.0
    /// A longer gap, in steps, is left out of the lines.
    static let longestGap = 16.0
    /// Bands grow beyond what was checked with this power of time, or faster if they did so before: the first is an
    /// uncertain slope, the second an integrated random walk.
    static let growth = 1.0...1.5
    /// Residuals remembered in the scale of residuals.
    static let spreadMemory = 200

    var first: [Sample] = []
    var last: Timestamp?
    /// Milliseconds.
    var step = 0.0
    var origin = Timestamp(milliseconds: 0)
    /// In steps since the origin.
    var now = 0.0
    var lastValue = 0.0
    var learned = 0
    var lines = LineBundle()
    var spread = 0.0
    var averaged = 0
    var cuts: [LineBundle.Cut] = []
    var records = (0..<doublings).map { HorizonRecord(steps: exp2(Double($0))) }

    /// Creates a forecaster that has seen nothing.
    public init() {}

    // MARK: Learning

    /// Learns one sample. One without a finite value, or not later than the one before it, changes nothing.
    public mutating func update(time: Timestamp, value: Double) {
        guard value.isFinite, last.map({ time > $0 }) ?? true else { return }
        last = time
        let value = CleanColumn.clamped(value)
        guard step > 0 else {
            first.append(Sample(time: time, value: value))
            if first.count == Self.firstSamples { begin() }
            return
        }
        learn(value, at: Double((time - origin).milliseconds) / step)
    }

    private mutating func begin() {
        let intervals = zip(first.dropFirst(), first).map { Double(($0.time - $1.time).milliseconds) }
        step = max(1, OrderStatistics.median(intervals) ?? 1)
        origin = first[0].time
        for sample in first { learn(sample.value, at: Double((sample.time - origin).milliseconds) / step) }
        first = []
    }

    private mutating func learn(_ value: Double, at time: Double) {
        guard learned > 0 else {
            (now, lastValue, learned) = (time, value, 1)
            lines.learn(value, at: time, elapsed: 0)
            return
        }
        var elapsed = time - now
        if elapsed > Self.longestGap {
            lines.cross(gap: elapsed - 1, to: value, at: time)
            cuts = []
            elapsed = 1
        }
        now = time
        let predicted = lines.nearest.value(at: time)
        let residual = value - predicted
        let limit = RobustLevel.clip * RobustLevel.gaussianConsistency * spread
        let floor = RobustScale.relativeFloor * abs(predicted) + RobustScale.absoluteFloor
        let isCut = learned >= Self.settled && abs(residual) > limit + floor
        for index in records.indices { records[index].resolve(value, at: time) }
        learned = min(learned + 1, SnapshotReader.mostSamples)
        if isCut {
            cuts.append(LineBundle.Cut(time: time, value: value, elapsed: elapsed))
        } else {
            cuts = []
        }
        if cuts.count > RobustLevel.patience {
            let jump = lines.rebase(onto: cuts)
            for index in records.indices { records[index].void(jump: jump) }
            averaged = min(averaged, RobustLevel.patience)
            learnSpread(abs(value - lines.nearest.value(at: time)))
            lastValue = value
            cuts = []
        } else {
            let cleaned = isCut ? predicted + min(max(residual, -limit), limit) : value
            learnSpread(abs(cleaned - predicted))
            lastValue = cleaned
            lines.learn(cleaned, at: time, elapsed: elapsed)
        }
        if learned > Self.firstLines { makeForecasts() }
    }

    /// A line needs a few samples before it says anything.
    private static let firstLines = 4

    private mutating func learnSpread(_ magnitude: Double) {
        averaged = min(averaged + 1, Self.spreadMemory)
        spread += (magnitude - spread) / Double(averaged)
    }

    private mutating func makeForecasts() {
        let ways = lines.trajectories(at: now, last: lastValue)
        var trusted: HorizonRecord?
        for index in records.indices {
            if records[index].resolved >= HorizonRecord.pendingCount { trusted = records[index] }
            guard records[index].isDue(at: now) else { continue }
            let combined = trusted?.combined(ways) ?? ways[0]
            records[index].pending.append(HorizonRecord.Pending(madeAt: now, combined: combined, ways: ways))
        }
    }
}
