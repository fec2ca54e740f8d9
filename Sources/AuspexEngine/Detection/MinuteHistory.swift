import AuspexChanges
import AuspexDetection
import AuspexSignals

/// The last minutes of a series, each in three numbers: the mean of its values, by how much a counter rose, and the mean
/// of what its detector expected.
///
/// It takes samples in order of time alone; late ones never reach it. Memory: ``bytes`` once an hour and a third of
/// samples has come, and nothing before the second minute. A sample costs a few additions.
struct MinuteHistory: Hashable, Sendable {
    /// How many minutes are kept besides the one that is under way.
    static let capacity = 80
    /// What it takes outside of itself: twelve bytes a minute, and an array's head.
    static let bytes = capacity * MemoryLayout<Slot>.stride + 32

    /// A minute of the ring. Single precision tells one part in ten million, which no judgement goes by.
    struct Slot: Hashable, Sendable {
        var mean = Float.nan
        var rise = Float.nan
        var expected = Float.nan
    }

    /// Sums of the minute that is under way.
    private struct Sums: Hashable, Sendable {
        var count = 0.0
        var values = 0.0
        var rise = 0.0
        var rises = 0.0
        var expectations = 0.0
        var expected = 0.0

        var slot: Slot {
            Slot(
                mean: Float(values / count), rise: rises > 0 ? Float(rise) : .nan,
                expected: Float(expected / expectations))
        }
    }

    /// Of so many steps up and down, halved whenever there are more, it is told whether the series is a counter.
    private static let mostSteps = 512.0
    /// A counter falls when its process begins anew: not more often than at one of so many steps.
    private static let stepsPerFall = 10.0

    /// The minute under way, counted from 1970; nil before the first sample.
    private var minute: Int64?
    private var sums = Sums()
    private var last = Double.nan
    private var steps = 0.0
    private var falls = 0.0
    /// Minute m at place m modulo the capacity; empty until the first minute is over.
    private var ring: [Slot] = []

    /// Whether the series has never, or hardly ever, fallen: only then does it tell how much a counter rose.
    private var isRising: Bool { falls * Self.stepsPerFall <= steps }

    /// Takes a sample that is later than the one before it.
    mutating func take(_ value: Double, expected: Double?, at time: Timestamp) {
        guard value.isFinite else { return }
        let current = Self.minute(of: time)
        if let minute, current > minute { close(minute, before: current) }
        if minute.map({ current > $0 }) ?? true { minute = current }
        if !last.isNaN {
            // What a counter shows after it has fallen has been counted since.
            sums.rise += value < last ? max(0, value) : value - last
            sums.rises += 1
            count(isFall: value < last)
        }
        last = value
        sums.count += 1
        sums.values += value
        if let expected, expected.isFinite {
            sums.expectations += 1
            sums.expected += expected
        }
    }

    /// What is known of a minute, counted from 1970; nil when nothing is, or not any more.
    func minute(_ number: Int64) -> SeriesMinute? {
        guard let minute, number <= minute, number >= minute - Int64(Self.capacity) else { return nil }
        let slot = number == minute ? sums.slot : ring.isEmpty ? Slot() : ring[Self.place(of: number)]
        guard slot.mean.isFinite else { return nil }
        return SeriesMinute(
            mean: Double(slot.mean), rise: isRising ? Double(slot.rise) : .nan, expected: Double(slot.expected))
    }

    /// The minute since 1970 that a moment lies in.
    static func minute(of time: Timestamp) -> Int64 {
        let (quotient, remainder) = time.milliseconds.quotientAndRemainder(dividingBy: 60_000)
        return remainder < 0 ? quotient - 1 : quotient
    }

    private static func place(of minute: Int64) -> Int {
        let remainder = Int(minute % Int64(capacity))
        return remainder < 0 ? remainder + capacity : remainder
    }

    /// Puts the minute that is over into the ring, and nothing for those without a sample up to `next`.
    private mutating func close(_ minute: Int64, before next: Int64) {
        if ring.isEmpty { ring = [Slot](repeating: Slot(), count: Self.capacity) }
        ring[Self.place(of: minute)] = sums.slot
        sums = Sums()
        let missed = min(next - minute - 1, Int64(Self.capacity))
        for number in (next - missed)..<next { ring[Self.place(of: number)] = Slot() }
    }

    private mutating func count(isFall: Bool) {
        steps += 1
        if isFall { falls += 1 }
        if steps >= Self.mostSteps { (steps, falls) = (steps / 2, falls / 2) }
    }
}

extension MinuteHistory {
    /// Writes the state.
    func write(to writer: inout SnapshotWriter) {
        writer.write(minute != nil)
        writer.write(Int(minute ?? 0))
        for number in [sums.count, sums.values, sums.rise, sums.rises, sums.expectations, sums.expected] {
            writer.write(number)
        }
        writer.write(last)
        writer.write(steps)
        writer.write(falls)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(ring.count * MemoryLayout<Slot>.stride)
        for slot in ring {
            for number in [slot.mean, slot.rise, slot.expected] {
                withUnsafeBytes(of: number.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
            }
        }
        writer.write(bytes)
    }

    /// Continues from what ``write(to:)`` wrote.
    init(from reader: inout SnapshotReader) throws(DetectorError) {
        let hasBegun = try reader.readBool()
        let number = Int64(try reader.readInteger())
        minute = hasBegun ? number : nil
        sums.count = try reader.readDouble()
        sums.values = try reader.readDouble()
        sums.rise = try reader.readDouble()
        sums.rises = try reader.readDouble()
        sums.expectations = try reader.readDouble()
        sums.expected = try reader.readDouble()
        last = try reader.readDouble()
        steps = try reader.readDouble()
        falls = try reader.readDouble()
        let bytes = try reader.readBytes()
        // A ring of another length, as of another version, begins anew.
        guard bytes.count == Self.capacity * MemoryLayout<Slot>.stride else { return }
        let numbers = stride(from: 0, to: bytes.count, by: 4).map { start in
            Float(bitPattern: (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[start + $1]) << (8 * UInt32($1)) })
        }
        ring = stride(from: 0, to: numbers.count, by: 3).map { start in
            Slot(mean: numbers[start], rise: numbers[start + 1], expected: numbers[start + 2])
        }
    }
}
