/// How often a number was larger than all before it. Of numbers in no order the n-th is with the chance 1/n, so that more
/// records than that tell of a counter, a clock or a trend (Foster and Stuart 1954). Both counts are halved whenever the
/// numbers have doubled, so that what has ended is forgotten.
struct RecordCount: Hashable, Sendable {
    /// So many standard deviations above the expected number are a trend.
    private static let line = 4.0
    private static let most = 1_000_000_000

    private var largest = -Double.infinity
    private var seen = 0
    private var records = 0.0
    private var expected = 0.0
    private var nextHalving = 2

    init() {}

    mutating func add(_ place: Double) {
        seen = min(seen + 1, Self.most)
        expected += 1 / Double(seen)
        if place > largest {
            largest = place
            records += 1
        }
        if seen >= nextHalving, seen < Self.most {
            nextHalving = 2 * seen
            records /= 2
            expected /= 2
        }
    }

    /// Whether records are far more frequent than chance has them.
    var isDrifting: Bool { records > expected + Self.line * max(1, expected).squareRoot() }

    func write(to writer: inout StateWriter) {
        writer.write(largest)
        writer.write(seen)
        writer.write(records)
        writer.write(expected)
        writer.write(nextHalving)
    }

    init(reading reader: inout StateReader) throws(LogSnapshotError) {
        largest = try reader.double(in: -.infinity...1e4, "a record")
        seen = try reader.int(in: 0...Self.most, "numbers")
        records = try reader.double(in: 0...1e9, "records")
        expected = try reader.double(in: 0...1e9, "records")
        nextHalving = try reader.int(in: 2...2 * Self.most, "numbers")
    }
}
