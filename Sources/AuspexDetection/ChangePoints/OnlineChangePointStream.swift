import AuspexSignals
import Foundation

/// The streaming form of ``OnlineChangePoints``: surprise of a value given all possible times of the last change.
///
/// What is thought of values behind a change is where a slow robust level and its scale stand at the time, and the score is
/// −ln of the predictive density of the value in units of that scale, in nats. A wild value is scored and soon given up as
/// a change of its own; it neither drags the level nor blinds the scale (``RobustLevel``).
struct OnlineChangePointStream: StreamingDetector {
    static let descriptor = DetectorDescriptor(
        name: OnlineChangePoints.descriptor.name,
        summary: "Surprise of a value given all possible times of the last change, in units of a robust running scale.",
        kind: .streaming, family: OnlineChangePoints.descriptor.family,
        parameters: [
            .integer(
                "run", default: 250, in: 2...1_000_000,
                meaning: "samples between two changes, on average; the half-life of the usual level, too"),
            .integer(
                "longest", default: 50, in: 10...10_000,
                meaning: "how many possible times of the last change are kept; the least likely one goes"),
            RobustScale.memoryParameter,
            RobustScale.bandParameter,
        ],
        cost: "50·longest flops a sample, 3·longest of them logarithms", memory: "40·longest + 150 bytes a series",
        source: OnlineChangePoints.descriptor.source,
        minimumHistory: "40 samples; counts samples, and knows no cycles")

    /// Samples behind which the states know more than their prior, once the scale is known.
    private static let settling = 10
    private static let warmUp = RobustLevel.warmUp + settling

    private let run: Int
    private let longest: Int
    private let memory: Int
    private let band: Double
    private var level = RobustLevel()
    private var lengths: RunLengths

    init(parameters: ParameterValues) throws(DetectorError) {
        run = try parameters.integer("run")
        longest = try parameters.integer("longest")
        memory = try parameters.integer("memory")
        band = try parameters.number("band")
        lengths = RunLengths(run: run, longest: longest)
    }

    mutating func update(time: Timestamp, value: Double) -> RawReading {
        guard value.isFinite else { return RawReading(readiness: .missing) }
        let value = CleanColumn.clamped(value)
        let unit = level.unit
        let isUsual = level.deviation == 0 && value == level.value
        let wasWarm = level.isWarm
        level.learn(value, gain: 1 - exp2(-1 / Double(run)), memory: memory)
        let prior = RunLengths.Prior(mean: level.value, unit: level.unit)
        guard wasWarm else {
            if level.isWarm { lengths = RunLengths(run: run, longest: longest, prior: prior) }
            return RawReading(readiness: .warmingUp(seen: level.seen, needed: Self.warmUp))
        }
        let likeliest = lengths.likeliest
        let density = lengths.update(value, next: prior)
        guard level.seen > Self.warmUp else {
            return RawReading(readiness: .warmingUp(seen: level.seen, needed: Self.warmUp))
        }
        let half = band * likeliest.scale
        return RawReading(
            // Where nothing has ever varied there is no density.
            rawScore: isUsual ? 0 : max(0, -(density + log(unit))),
            expectation: Expectation(
                value: likeliest.mean, lower: likeliest.mean - half, upper: likeliest.mean + half))
    }
}

extension OnlineChangePointStream {
    private static let snapshotVersion = 1

    func snapshot() -> [UInt8] {
        var writer = SnapshotWriter(kind: Self.descriptor.name, version: Self.snapshotVersion)
        writer.write(run)
        writer.write(longest)
        writer.write(memory)
        writer.write(band)
        level.write(to: &writer)
        lengths.write(to: &writer)
        return writer.finished()
    }

    init(restoring bytes: [UInt8]) throws(DetectorError) {
        var reader = try SnapshotReader(bytes, kind: Self.descriptor.name, version: Self.snapshotVersion)
        run = try reader.readInteger(in: 2...SnapshotReader.mostSamples)
        longest = try reader.readInteger(in: 2...SnapshotReader.mostSamples)
        memory = try reader.readInteger(in: 1...SnapshotReader.mostSamples)
        band = try reader.readDouble()
        level = try RobustLevel(from: &reader, memory: memory)
        lengths = try RunLengths(from: &reader, run: run, longest: longest)
        try reader.finish()
        guard band >= 0, band.isFinite else { throw .invalidSnapshot(reason: "a band of \(band) cannot be") }
    }
}
