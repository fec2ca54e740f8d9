import AuspexDetection
import AuspexSignals

/// A user's batch detector: the value itself, with parameters of all types.
struct SampleBatchDetector: BatchDetector, DetectorModel {
    static let descriptor = DetectorDescriptor(
        name: "sample", summary: "The absolute value.", kind: .batch, family: "test",
        parameters: [
            .integer("count", default: 5, in: 1...10, meaning: "a count"),
            .integer("window", default: nil, in: 2...100, meaning: "a window"),
            .number("share", default: 0.5, in: 0...1, meaning: "a share"),
            .choice("mode", default: "fast", of: ["fast", "exact"], meaning: "a mode"),
        ], cost: "O(n)", memory: "O(n)", source: "none", minimumHistory: "none")

    init(parameters: ParameterValues) throws(DetectorError) {}

    func fit(_ table: Table, training: Range<Int>?) throws(DetectorError) -> any DetectorModel { self }

    func scores(_ table: Table) throws(DetectorError) -> DetectorOutput {
        DetectorOutput(scores: table.column(0).map { $0.isNaN ? 0 : abs($0) })
    }
}

/// The streaming form of ``SampleBatchDetector``: the distance from the value before.
struct SampleStream: StreamingDetector {
    static let descriptor = DetectorDescriptor(
        name: "sample", summary: "The distance from the value before.", kind: .streaming, family: "test", cost: "O(1)",
        memory: "8 bytes", source: "none", minimumHistory: "none")

    private var last: Double?

    init(parameters: ParameterValues) throws(DetectorError) {}

    mutating func update(time: Timestamp, value: Double) -> RawReading {
        defer { last = value }
        return RawReading(rawScore: last.map { abs(value - $0) } ?? 0)
    }

    func snapshot() -> [UInt8] { [] }

    init(restoring bytes: [UInt8]) throws(DetectorError) {}
}

/// A stream that does everything wrong: NaN, scores in warm-up, learning from missing values, a snapshot that forgets.
struct CarelessStream: StreamingDetector {
    static let descriptor = DetectorDescriptor(
        name: "careless", summary: "Wrong.", kind: .streaming, family: "test", cost: "O(1)", memory: "8 bytes",
        source: "none", minimumHistory: "none")

    private var last = 0.0

    init(parameters: ParameterValues) throws(DetectorError) {}

    mutating func update(time: Timestamp, value: Double) -> RawReading {
        defer { last = value }
        return RawReading(rawScore: abs(value - last), readiness: .warmingUp(seen: 0, needed: 1))
    }

    func snapshot() -> [UInt8] { [] }

    init(restoring bytes: [UInt8]) throws(DetectorError) {}
}

/// A batch detector whose flaw is chosen by name.
struct FlawedDetector<Flaw: FlawKind>: BatchDetector, DetectorModel {
    static var descriptor: DetectorDescriptor {
        DetectorDescriptor(
            name: "flawed", summary: "Wrong.", kind: .batch, family: "test", cost: "O(n)", memory: "O(n)",
            source: "none", minimumHistory: "none")
    }

    init(parameters: ParameterValues) throws(DetectorError) {}

    func fit(_ table: Table, training: Range<Int>?) throws(DetectorError) -> any DetectorModel { self }

    func scores(_ table: Table) throws(DetectorError) -> DetectorOutput { Flaw.output(table) }
}

protocol FlawKind: Sendable {
    static func output(_ table: Table) -> DetectorOutput
}

enum NaNFlaw: FlawKind {
    static func output(_ table: Table) -> DetectorOutput { DetectorOutput(scores: table.column(0)) }
}

enum LengthFlaw: FlawKind {
    static func output(_ table: Table) -> DetectorOutput { DetectorOutput(scores: [0]) }
}

enum RandomFlaw: FlawKind {
    static func output(_ table: Table) -> DetectorOutput {
        DetectorOutput(scores: (0..<table.rows).map { _ in Double.random(in: 0...1) })
    }
}

enum BandFlaw: FlawKind {
    static func output(_ table: Table) -> DetectorOutput {
        DetectorOutput(
            scores: [Double](repeating: 0, count: table.rows),
            expectations: [Expectation?](
                repeating: Expectation(value: 0, lower: 1, upper: 2), count: table.rows))
    }
}
