import AuspexSignals
import Foundation

/// Distance from an exponentially weighted mean in units of an adaptive robust scale; causal, O(1), 80 bytes of state.
///
/// Residuals beyond ``clip`` scales are cut to that before level and scale learn them, so that a spike neither drags the
/// level nor blinds the scale. After ``patience`` such residuals in a row they are no outliers but the new normal: the
/// level moves there and both are learned afresh.
struct RobustEWMA: StreamingDetector {
    /// Residuals are cut at this many standard deviations (Gelper, Fried and Croux 2010 cut at 2; 3 keeps 99.7 % of
    /// Gaussian ones whole).
    static let clip = 3.0
    /// So many cut residuals in a row are a shift.
    static let patience = 5
    /// Samples before anything is scored: the scale then rests on some thirty residuals.
    static let warmUp = 30
    /// Mean absolute deviation to standard deviation for Gaussian residuals: √(π/2).
    static let gaussianConsistency = 1.253314137315500

    static let descriptor = DetectorDescriptor(
        name: "ewma",
        summary: "Distance from an exponentially weighted mean in adaptive deviations; finds jumps as they happen.",
        kind: .streaming, family: "statistical",
        parameters: [
            .number(
                "halflife", default: 3, in: 0.1...100_000,
                meaning: "samples after which the level has forgotten half of the past"),
            .integer(
                "memory", default: 200, in: 2...1_000_000,
                meaning: "samples over which the scale of residuals is averaged"),
            RobustScale.bandParameter,
        ],
        cost: "O(1) a sample, about 20 flops", memory: "80 bytes a series",
        source: "Roberts 1959; robust form after Gelper, Fried and Croux 2010",
        minimumHistory: "30 samples")

    private let halflife: Double
    private let memory: Int
    private let band: Double

    private var seen = 0
    private var level = 0.0
    /// Mean absolute residual.
    private var spread = 0.0
    /// Over how many residuals `spread` was averaged since it was last learned afresh.
    private var averaged = 0
    private var cutInARow = 0

    init(parameters: ParameterValues) throws(DetectorError) {
        halflife = try parameters.number("halflife")
        memory = try parameters.integer("memory")
        band = try parameters.number("band")
    }

    mutating func update(time: Timestamp, value: Double) -> RawReading {
        guard value.isFinite else { return RawReading(readiness: .missing) }
        let value = CleanColumn.clamped(value)
        guard seen > 0 else {
            seen = 1
            level = value
            return RawReading(readiness: .warmingUp(seen: 1, needed: Self.warmUp))
        }
        let residual = value - level
        let deviation = Self.gaussianConsistency * spread
        var reading = RawReading(readiness: .warmingUp(seen: seen + 1, needed: Self.warmUp))
        if seen >= Self.warmUp {
            let floor = RobustScale.relativeFloor * abs(level) + RobustScale.absoluteFloor
            reading = RawReading(
                rawScore: abs(residual) / (deviation + floor),
                expectation: Expectation(
                    value: level, lower: level - band * deviation, upper: level + band * deviation))
        }
        learn(value, residual: residual, deviation: deviation)
        return reading
    }

    private mutating func learn(_ value: Double, residual: Double, deviation: Double) {
        let limit = Self.clip * deviation
        let isCut = seen >= Self.warmUp && abs(residual) > limit
        cutInARow = isCut ? cutInARow + 1 : 0
        seen += 1
        if cutInARow > Self.patience {
            // A shift: stand where the values are, and let the scale follow the residuals there quickly.
            averaged = min(averaged, Self.patience)
            learnSpread(abs(residual))
            level = value
            return
        }
        let learned = isCut ? min(max(residual, -limit), limit) : residual
        learnSpread(abs(learned))
        level += max(1 / Double(seen), 1 - exp2(-1 / halflife)) * learned
    }

    private mutating func learnSpread(_ magnitude: Double) {
        averaged = min(averaged + 1, memory)
        spread += (magnitude - spread) / Double(averaged)
    }
}

extension RobustEWMA {
    private static let snapshotVersion = 1
    /// No stream reaches so many samples, and one more is still another number.
    private static let mostSamples = 1 << 53

    func snapshot() -> [UInt8] {
        var writer = SnapshotWriter(kind: Self.descriptor.name, version: Self.snapshotVersion)
        writer.write(halflife)
        writer.write(memory)
        writer.write(band)
        writer.write(seen)
        writer.write(level)
        writer.write(spread)
        writer.write(averaged)
        writer.write(cutInARow)
        return writer.finished()
    }

    init(restoring bytes: [UInt8]) throws(DetectorError) {
        var reader = try SnapshotReader(bytes, kind: Self.descriptor.name, version: Self.snapshotVersion)
        halflife = try reader.readDouble()
        memory = try reader.readInteger(in: 1...Self.mostSamples)
        band = try reader.readDouble()
        seen = try reader.readInteger(in: 0...Self.mostSamples)
        level = try reader.readDouble()
        spread = try reader.readDouble()
        averaged = try reader.readInteger(in: 0...memory)
        cutInARow = try reader.readInteger(in: 0...Self.mostSamples)
        try reader.finish()
        guard halflife > 0, level.isFinite, spread.isFinite, spread >= 0, band.isFinite else {
            throw .invalidSnapshot(reason: "the state of '\(Self.descriptor.name)' cannot be")
        }
    }
}
