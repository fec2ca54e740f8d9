import AuspexSignals

/// How overdue a sample was when it came, whatever its value; for how overdue the next one is now, there is
/// ``ArrivalIntervals/silence(now:)``.
struct Heartbeat: StreamingDetector {
    static let descriptor = DetectorDescriptor(
        name: "heartbeat",
        summary: "Logarithm of the chance of such a gap before a sample; finds pauses, not values.",
        kind: .streaming, family: "statistical",
        parameters: [
            .number(
                "jitter", default: ArrivalIntervals.usualJitter, in: 0.01...10,
                meaning: "the least standard deviation of intervals, as a share of the usual one")
        ],
        cost: "O(1) a sample, about 20 flops, some 500 for a late one", memory: "160 bytes a series",
        source: "φ accrual failure detector: Hayashibara et al. 2004, with gamma intervals",
        minimumHistory: "11 samples")

    private var arrivals: ArrivalIntervals

    init(parameters: ParameterValues) throws(DetectorError) {
        arrivals = ArrivalIntervals(jitter: try parameters.number("jitter"))
    }

    mutating func update(time: Timestamp, value: Double) -> RawReading {
        guard value.isFinite else { return RawReading(readiness: .missing) }
        guard let score = arrivals.arrive(at: time) else {
            let needed = ArrivalIntervals.warmUp + 1
            return RawReading(readiness: .warmingUp(seen: min(arrivals.seen + 1, needed), needed: needed))
        }
        return RawReading(rawScore: score)
    }
}

extension Heartbeat {
    private static let snapshotVersion = 1

    func snapshot() -> [UInt8] {
        var writer = SnapshotWriter(kind: Self.descriptor.name, version: Self.snapshotVersion)
        arrivals.write(to: &writer)
        return writer.finished()
    }

    init(restoring bytes: [UInt8]) throws(DetectorError) {
        var reader = try SnapshotReader(bytes, kind: Self.descriptor.name, version: Self.snapshotVersion)
        arrivals = try ArrivalIntervals(from: &reader)
        try reader.finish()
    }
}
