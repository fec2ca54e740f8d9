import AuspexNumerics
package import AuspexSignals
import Foundation

/// When samples of a series come: how far apart they usually are and how evenly, and so how overdue the next one is.
///
/// Arrivals are taken for a renewal process with gamma intervals, whose shape follows from how evenly they come; the score
/// is what the φ accrual failure detector (Hayashibara et al. 2004) tells, −log₁₀ of the chance that the next sample is
/// still to come, given that it is late at all. Even series are thus told early and uneven ones late. A value of 160 bytes
/// at most.
package struct ArrivalIntervals: Sendable, Hashable {
    /// How overdue a series is.
    package struct Silence: Sendable, Hashable {
        /// How long ago the last sample came.
        package var elapsed: TimeSpan
        /// How far apart samples usually are.
        package var expected: TimeSpan
        /// −log₁₀ of the chance of such a delay, 0 to 300; 0 while the next sample is not late.
        package var score: Double
    }

    /// The score at which the next sample is not waited for any more: one late sample in 10⁸ is later (the usual threshold
    /// of φ accrual detectors, as in Akka's). Reached after 3.2 intervals where they are even, and after 19.4 where samples
    /// come by chance alone.
    package static let silent = 8.0
    /// How many intervals are needed before anything is said.
    package static let warmUp = 10
    /// The default of the least relative deviation of intervals: timers jitter, and one sample may get lost.
    package static let usualJitter = 0.25
    /// A relative deviation over this says no more than that samples come in bursts.
    private static let mostDeviation = 10.0
    /// Intervals are cut at this many standard deviations, as residuals are in ``RobustEWMA``.
    private static let clip = RobustLevel.clip
    /// So many cut intervals in a row are the new usual one.
    private static let patience = RobustLevel.patience
    /// Intervals over which the usual one is averaged.
    private static let memory = 100
    /// The largest score: a chance of 10⁻³⁰⁰, under which doubles lose digits.
    private static let largestScore = 300.0

    /// Longer intervals in milliseconds are taken as this one: 30,000 years.
    private static let longest = 1e15

    private let jitter: Double
    /// When the last sample came.
    package private(set) var last: Timestamp?
    /// The first intervals in milliseconds, of which the median is what the usual one starts from.
    private var beginning: [Double] = []
    private var averaged = 0
    /// The usual interval in milliseconds.
    private var expected = 0.0
    /// Mean absolute deviation from it.
    private var spread = 0.0
    private var cutInARow = 0

    /// A series of which nothing has come.
    ///
    /// - Parameter jitter: the relative standard deviation that intervals are taken to have at least, above 0.
    package init(jitter: Double = ArrivalIntervals.usualJitter) {
        self.jitter = jitter
    }

    /// Whether enough intervals have been seen.
    package var isReady: Bool { averaged > 0 }

    /// How many intervals have been seen, up to ``warmUp``.
    package var seen: Int { isReady ? Self.warmUp : beginning.count }

    /// The usual interval; nil before there is one.
    package var usual: TimeSpan? {
        isReady ? TimeSpan(milliseconds: Int64(expected)) : nil
    }

    /// Takes note of a sample.
    ///
    /// - Returns: the score of its delay; nil before enough is known, and for a sample that is not later than the last.
    @discardableResult
    package mutating func arrive(at time: Timestamp) -> Double? {
        guard let last else {
            last = time
            return nil
        }
        guard time > last else { return nil }
        self.last = time
        let interval = min(Double((time - last).milliseconds), Self.longest)
        defer { learn(interval) }
        return isReady ? score(after: interval) : nil
    }

    /// Takes note of the first sample after an end: the time before it was no interval.
    package mutating func resume(at time: Timestamp) {
        last = max(last ?? time, time)
    }

    /// How overdue the next sample is at `now`; nil before enough is known.
    package func silence(now: Timestamp) -> Silence? {
        guard let last, let usual else { return nil }
        let elapsed = max(.zero, now - last)
        return Silence(elapsed: elapsed, expected: usual, score: score(after: Double(elapsed.milliseconds)))
    }

    /// When the series counts as silent unless a sample comes: the first millisecond at which the score reaches
    /// ``silent``. Nil before enough is known.
    package var deadline: Timestamp? {
        guard let last, isReady else { return nil }
        var (early, late) = (expected, 2 * expected + 1)
        while score(after: late) < Self.silent, late < Double(Int64.max) / 4 { (early, late) = (late, 2 * late) }
        while late - early > 0.5 {
            let middle = (early + late) / 2
            guard middle > early, middle < late else { break }
            if score(after: middle) < Self.silent { early = middle } else { late = middle }
        }
        return last + TimeSpan(milliseconds: Int64(late.rounded(.up)))
    }

    /// The score of a delay in milliseconds.
    private func score(after elapsed: Double) -> Double {
        guard elapsed > expected else { return 0 }
        let deviation = min(max(jitter, RobustLevel.gaussianConsistency * spread / expected), Self.mostDeviation)
        // Twice the shape, as the gamma distribution is a stretched chi-square one.
        let degrees = 2 / (deviation * deviation)
        let chance = ChiSquare.upperTail(degrees * elapsed / expected, degrees: degrees)
        let late = ChiSquare.upperTail(degrees, degrees: degrees)
        guard chance > 0 else { return Self.largestScore }
        return min(max(0, log10(late / chance)), Self.largestScore)
    }

    private mutating func learn(_ interval: Double) {
        guard isReady else {
            beginning.append(interval)
            guard beginning.count == Self.warmUp else { return }
            let scale = RobustScale(beginning)
            expected = scale.centre
            spread = scale.deviation / RobustLevel.gaussianConsistency
            averaged = Self.warmUp
            beginning = []
            return
        }
        let limit = Self.clip * max(jitter * expected, RobustLevel.gaussianConsistency * spread)
        let residual = interval - expected
        cutInARow = abs(residual) > limit ? cutInARow + 1 : 0
        if cutInARow > Self.patience {
            // Another interval from now on; how even it is shows soon.
            (expected, spread, averaged, cutInARow) = (interval, 0, Self.patience, 0)
            return
        }
        let learned = min(max(residual, -limit), limit)
        averaged = min(averaged + 1, Self.memory)
        spread += (abs(learned) - spread) / Double(averaged)
        expected = max(1, expected + learned / Double(averaged))
    }
}

extension ArrivalIntervals {
    /// Writes the state; what surrounds it has the version.
    package func write(to writer: inout SnapshotWriter) {
        writer.write(jitter)
        writer.write(last != nil)
        writer.write(Int(last?.milliseconds ?? 0))
        writer.write(beginning)
        writer.write(averaged)
        writer.write(expected)
        writer.write(spread)
        writer.write(cutInARow)
    }

    /// Reads what ``write(to:)`` wrote.
    package init(from reader: inout SnapshotReader) throws(DetectorError) {
        jitter = try reader.readDouble()
        let hasLast = try reader.readBool()
        let time = Timestamp(milliseconds: Int64(try reader.readInteger()))
        last = hasLast ? time : nil
        beginning = try reader.readDoubles()
        averaged = try reader.readInteger(in: 0...Self.memory)
        expected = try reader.readDouble()
        spread = try reader.readDouble()
        cutInARow = try reader.readInteger(in: 0...Self.patience)
        let isSound =
            jitter > 0 && jitter <= Self.mostDeviation && beginning.count < Self.warmUp
            && beginning.allSatisfy { $0 >= 1 && $0 <= Self.longest } && expected <= Self.longest && spread.isFinite
            && spread >= 0
            && (averaged == 0 ? expected == 0 : expected >= 1 && beginning.isEmpty && hasLast)
        guard isSound else { throw .invalidSnapshot(reason: "the intervals of a series cannot be") }
    }
}
