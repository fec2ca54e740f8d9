import AuspexSignals
import Foundation

/// How unlikely a count of events an interval is under the rate of late; causal, O(1), 72 bytes of state.
///
/// The rate has a gamma posterior that forgets (Smith and Miller 1986; Harvey and Fernandes 1989), so that the next count
/// is negative binomial; where counts vary more than that, its variance is as much larger as theirs is. Counts beyond
/// ``clip`` deviations are cut to that before rate and variance learn them, and a run of more than ``patience`` is the
/// new rate.
struct PoissonCounts: StreamingDetector {
    /// Counts are cut at this many standard deviations, as in ``RobustEWMA``.
    static let clip = RobustLevel.clip
    /// So many cut counts in a row are a change of the rate.
    static let patience = RobustLevel.patience
    /// Samples before anything is scored.
    static let warmUp = 30
    /// What the rate's posterior has above the events that were seen (Jeffreys' prior), so that after zeros alone an
    /// event is unlikely and not impossible.
    static let prior = 0.5
    /// The largest score: a chance of 10⁻³⁰⁰, under which doubles lose digits.
    static let largestScore = 300.0

    static let descriptor = DetectorDescriptor(
        name: "poisson",
        summary: "Logarithm of the chance of such a count of events; for low and sparse counts of equal intervals.",
        kind: .streaming, family: "statistical",
        parameters: [
            .number(
                "halflife", default: 200, in: 2...1_000_000,
                meaning: "samples after which the rate has forgotten half of the past"),
            RobustScale.bandParameter,
        ],
        cost: "O(1) a sample, some 500 flops up to counts of 1000, at most 10000", memory: "72 bytes a series",
        source: "Smith and Miller 1986; Harvey and Fernandes 1989; mid-p of Lancaster 1961",
        minimumHistory: "30 samples")

    let halflife: Double
    let band: Double

    var seen = 0
    /// Discounted number of events and of intervals.
    var events = 0.0
    var intervals = 0.0
    /// By how much counts vary more than the posterior says; used where it is over 1.
    var dispersion = 1.0
    var cutInARow = 0

    init(parameters: ParameterValues) throws(DetectorError) {
        halflife = try parameters.number("halflife")
        band = try parameters.number("band")
    }

    /// A negative value is no count: it is answered as a missing one is. A fraction is taken as it stands.
    mutating func update(time: Timestamp, value: Double) -> RawReading {
        guard value.isFinite, value >= 0 else { return RawReading(readiness: .missing) }
        let count = CleanColumn.clamped(value)
        seen = min(seen + 1, SnapshotReader.mostSamples)
        guard seen > 1 else {
            (events, intervals) = (count, 1)
            return RawReading(readiness: .warmingUp(seen: 1, needed: Self.warmUp))
        }
        let next = predictive
        var reading = RawReading(readiness: .warmingUp(seen: seen, needed: Self.warmUp))
        if seen > Self.warmUp {
            let width = band * next.variance.squareRoot()
            reading = RawReading(
                rawScore: Self.score(count, under: next),
                expectation: Expectation(
                    value: next.mean, lower: max(0, next.mean - width), upper: next.mean + width))
        }
        learn(count, next)
        return reading
    }

    /// What the next count is expected to be like.
    private var predictive: NegativeBinomial {
        let mean = (events + Self.prior) / intervals
        return NegativeBinomial(mean: mean, variance: max(1, dispersion) * mean * (1 + 1 / intervals))
    }

    /// −log₁₀ of the two-sided chance; 0 for the whole count next to the mean, and for rounding noise.
    static func score(_ count: Double, under next: NegativeBinomial) -> Double {
        guard abs(count - next.mean) >= max(0.5, RobustScale.relativeFloor * next.mean) else { return 0 }
        let chance = min(1, 2 * next.midTail(count))
        return max(0, min(-log10(max(chance, .leastNonzeroMagnitude)), Self.largestScore))
    }

    private mutating func learn(_ count: Double, _ next: NegativeBinomial) {
        let limit = Self.clip * next.variance.squareRoot()
        let isCut = seen > Self.warmUp && abs(count - next.mean) > max(limit, 0.5)
        cutInARow = isCut ? cutInARow + 1 : 0
        if cutInARow > Self.patience {
            (events, intervals, cutInARow) = (count, 1, 0)
            return
        }
        let learned = isCut ? max(0, min(max(count, next.mean - limit), next.mean + limit)) : count
        let kept = exp2(-1 / halflife)
        let expectedSquare = next.mean * (1 + 1 / intervals)
        let square = (learned - next.mean) * (learned - next.mean) / expectedSquare
        dispersion += (square - dispersion) * max(1 / Double(seen), 1 - kept)
        events = kept * events + learned
        intervals = kept * intervals + 1
    }
}

extension PoissonCounts {
    private static let snapshotVersion = 1

    func snapshot() -> [UInt8] {
        var writer = SnapshotWriter(kind: Self.descriptor.name, version: Self.snapshotVersion)
        writer.write(halflife)
        writer.write(band)
        writer.write(seen)
        writer.write(events)
        writer.write(intervals)
        writer.write(dispersion)
        writer.write(cutInARow)
        return writer.finished()
    }

    init(restoring bytes: [UInt8]) throws(DetectorError) {
        var reader = try SnapshotReader(bytes, kind: Self.descriptor.name, version: Self.snapshotVersion)
        halflife = try reader.readDouble()
        band = try reader.readDouble()
        seen = try reader.readInteger(in: 0...SnapshotReader.mostSamples)
        events = try reader.readDouble()
        intervals = try reader.readDouble()
        dispersion = try reader.readDouble()
        cutInARow = try reader.readInteger(in: 0...Self.patience)
        try reader.finish()
        let isSound =
            halflife.isFinite && halflife > 0 && band.isFinite && band > 0 && events.isFinite && events >= 0
            && intervals.isFinite && (seen == 0 ? intervals == 0 : intervals >= 1) && dispersion.isFinite
            && dispersion >= 0
        guard isSound else {
            throw .invalidSnapshot(reason: "the state of '\(Self.descriptor.name)' cannot be")
        }
    }
}
