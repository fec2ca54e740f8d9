import AuspexSignals

/// Keeps from a streaming detector what it must not learn: missing values, and samples that are not later than the last.
/// A missing value takes no time: a value may still come for the same moment.
struct SampleGate: Sendable, Hashable {
    enum Verdict {
        case admitted
        case missing
        case late
    }

    private(set) var last: Timestamp?
    private(set) var missing = 0
    private(set) var late = 0

    init() {}

    mutating func admit(time: Timestamp, value: Double) -> Verdict {
        if let last, time <= last {
            late += 1
            return .late
        }
        guard value.isFinite else {
            missing += 1
            return .missing
        }
        last = time
        return .admitted
    }
}

extension SampleGate {
    func write(to writer: inout SnapshotWriter) {
        writer.write(last != nil)
        writer.write(Int(last?.milliseconds ?? 0))
        writer.write(missing)
        writer.write(late)
    }

    init(reading reader: inout SnapshotReader) throws(DetectorError) {
        let hasLast = try reader.readBool()
        let time = Timestamp(milliseconds: Int64(try reader.readInteger()))
        last = hasLast ? time : nil
        missing = try reader.readInteger(in: 0...SnapshotReader.mostSamples)
        late = try reader.readInteger(in: 0...SnapshotReader.mostSamples)
    }
}
