import AuspexSignals
import Foundation

/// Distance from an exponentially weighted mean in units of an adaptive robust scale; causal, O(1), 80 bytes of state.
///
/// What a spike and a lasting shift do to level and scale is ``RobustLevel``'s.
struct RobustEWMA: StreamingDetector {
    static let descriptor = DetectorDescriptor(
        name: "ewma",
        summary: "Distance from an exponentially weighted mean in adaptive deviations; finds jumps as they happen.",
        kind: .streaming, family: "statistical",
        parameters: [
            .number(
                "halflife", default: 3, in: 0.1...100_000,
                meaning: "samples after which the level has forgotten half of the past"),
            RobustScale.memoryParameter,
            RobustScale.bandParameter,
        ],
        cost: "O(1) a sample, about 20 flops", memory: "80 bytes a series",
        source: "Roberts 1959; robust form after Gelper, Fried and Croux 2010",
        minimumHistory: "30 samples")

    private let halflife: Double
    private let memory: Int
    private let band: Double

    private var level = RobustLevel()

    init(parameters: ParameterValues) throws(DetectorError) {
        halflife = try parameters.number("halflife")
        memory = try parameters.integer("memory")
        band = try parameters.number("band")
    }

    mutating func update(time: Timestamp, value: Double) -> RawReading {
        guard value.isFinite else { return RawReading(readiness: .missing) }
        let value = CleanColumn.clamped(value)
        var reading = RawReading(readiness: .warmingUp(seen: level.seen + 1, needed: RobustLevel.warmUp))
        if level.isWarm {
            reading = RawReading(
                rawScore: abs(value - level.value) / level.unit, expectation: level.expectation(band: band))
        }
        level.learn(value, gain: 1 - exp2(-1 / halflife), memory: memory)
        return reading
    }
}

extension RobustEWMA {
    private static let snapshotVersion = 1

    func snapshot() -> [UInt8] {
        var writer = SnapshotWriter(kind: Self.descriptor.name, version: Self.snapshotVersion)
        writer.write(halflife)
        writer.write(memory)
        writer.write(band)
        level.write(to: &writer)
        return writer.finished()
    }

    init(restoring bytes: [UInt8]) throws(DetectorError) {
        var reader = try SnapshotReader(bytes, kind: Self.descriptor.name, version: Self.snapshotVersion)
        halflife = try reader.readDouble()
        memory = try reader.readInteger(in: 1...SnapshotReader.mostSamples)
        band = try reader.readDouble()
        level = try RobustLevel(from: &reader, memory: memory)
        try reader.finish()
        guard halflife > 0, band.isFinite else {
            throw .invalidSnapshot(reason: "the state of '\(Self.descriptor.name)' cannot be")
        }
    }
}
