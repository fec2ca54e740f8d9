#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The values of a parameter that has few, and how likely a new one is.
///
/// The chance is the larger of two estimates: Good and Turing's, the share of lines whose value was seen but once (Good
/// 1953), and the rule of succession over a fading window of lines. A parameter with more than ``capacity`` values, such as
/// an id, is not such a one: from then on nothing is kept of it.
struct ValueCounts: Hashable, Sendable {
    /// Values of a parameter that has few.
    static let capacity = 64
    /// Lines after which an old new value counts half.
    private static let halfLife = 20_000.0
    private static let fade = exp2(-1 / halfLife)

    private(set) var counts: [UInt64: UInt32] = [:]
    /// Whether there were too many values.
    private(set) var isOpen = false
    private var lines = 0.0
    private var news = 0.0

    init() {}

    func isKnown(_ hash: UInt64) -> Bool { counts[hash] != nil }

    /// The chance that the next line has a value that was never seen.
    var chanceOfNew: Double {
        let single = Double(counts.values.count { $0 == 1 })
        let all = counts.values.reduce(0.0) { $0 + Double($1) }
        return min(1, max((single + 1) / (all + 1), (news + 1) / (lines + 1)))
    }

    /// Learns a line's value; in the warm-up, everything may be new.
    mutating func learn(_ hash: UInt64, isWarm: Bool) {
        guard !isOpen else { return }
        lines = lines * Self.fade + 1
        news = news * Self.fade + (isWarm && !isKnown(hash) ? 1 : 0)
        counts[hash, default: 0] = counts[hash].map { $0 == .max ? .max : $0 + 1 } ?? 1
        if counts.count > Self.capacity {
            isOpen = true
            counts = [:]
        }
    }

    func write(to writer: inout StateWriter) {
        writer.write(counts) { $0.write(UInt64($1)) }
        writer.write(isOpen)
        writer.write(lines)
        writer.write(news)
    }

    init(reading reader: inout StateReader) throws(LogSnapshotError) {
        counts = try reader.table { reader throws(LogSnapshotError) in UInt32(clamping: try reader.unsigned()) }
        isOpen = try reader.flag()
        lines = try reader.double(in: 0...1e9, "lines")
        news = try reader.double(in: 0...1e9, "new values")
        guard counts.count <= Self.capacity, !isOpen || counts.isEmpty else {
            throw reader.error("the values of a parameter cannot be")
        }
    }
}
