#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// How large and how small a parameter's numbers usually are.
///
/// Beyond the outer 2 % the logarithm is taken as exponentially distributed: exact for Pareto's heavy tails, and on the
/// careful side for all lighter ones, so that heavy tails raise no alarm. Where numbers keep setting records, as counters
/// and clocks do, large ones are no news, and on the other side likewise.
struct NumberRange: Hashable, Sendable {
    /// Numbers before anything is said.
    static let warmUp = 500
    /// The share of the numbers that a tail is fitted to, and how many at least.
    private static let tailShare = 0.02
    private static let leastTail = 50.0
    /// The mean excess is taken as at least this, a twentieth of the number: rounding and jitter are no news.
    private static let leastExcess = 0.05
    /// The tails are fitted anew when the numbers have grown by this share.
    private static let growth = 1.0 / 64
    private static let bothSides = 2.0
    /// Numbers are learnt as no farther out than one of this share of the alert line's chance: at the line itself, they
    /// would make tails look shorter than they are.
    private static let learnedShare = 0.1

    /// One side, on the logarithmic scale and turned so that beyond is larger.
    struct Tail: Hashable, Sendable {
        var border = 0.0
        var share = 1.0
        var excess = NumberRange.leastExcess
        var count = 1.0

        /// The chance of a number at `place` or beyond. The excess is known from `count` numbers only, which makes the
        /// exponential distribution a Lomax one.
        func chance(at place: Double) -> Double {
            guard place > border else { return 1 }
            return share * pow(1 + (place - border) / (count * excess), -count)
        }

        /// The place whose chance is `chance`.
        func place(of chance: Double) -> Double {
            guard chance < share else { return border }
            return border + count * excess * (pow(chance / share, -1 / count) - 1)
        }
    }

    private(set) var seen = 0
    private var histogram = LogHistogram()
    private var high = Tail()
    private var low = Tail()
    private var fittedAt = 0
    private var highRecords = RecordCount()
    private var lowRecords = RecordCount()

    init() {}

    var median: Double { LogHistogram.value(at: histogram.quantile(0.5)) }

    /// The chance of a number this far out; 1 while not enough is known.
    func chance(of value: Double) -> Double {
        guard seen >= Self.warmUp else { return 1 }
        let place = LogHistogram.place(value)
        let above = highRecords.isDrifting ? 1 : high.chance(at: place)
        let below = lowRecords.isDrifting ? 1 : low.chance(at: -place)
        return min(1, Self.bothSides * min(above, below))
    }

    /// Learns from a number; one far beyond the alert line only in part.
    mutating func learn(_ value: Double, alpha: Double) {
        var place = LogHistogram.place(value)
        highRecords.add(place)
        lowRecords.add(-place)
        if seen >= Self.warmUp {
            let limit = alpha / Self.bothSides * Self.learnedShare
            place = max(min(place, high.place(of: limit)), -low.place(of: limit))
        }
        histogram.add(min(max(place, -LogHistogram.farthest), LogHistogram.farthest))
        seen = min(seen + 1, 1_000_000_000)
        if seen >= Self.warmUp, Double(seen - fittedAt) >= max(1, Self.growth * min(Double(seen), histogram.total)) {
            fit()
        }
    }

    private mutating func fit() {
        fittedAt = seen
        high = tail(sign: 1)
        low = tail(sign: -1)
    }

    private func tail(sign: Double) -> Tail {
        let wanted = max(Self.leastTail, Self.tailShare * histogram.total)
        let (border, count, excess) = histogram.tail(wanted, sign: sign)
        // With few or none beyond the border, the numbers crowd at it; one more may come at any time.
        return Tail(
            border: border, share: min(1, (count + 1) / (histogram.total + 1)),
            excess: max(excess, histogram.width, Self.leastExcess), count: max(count, 1))
    }

    func write(to writer: inout StateWriter) {
        writer.write(seen)
        histogram.write(to: &writer)
        for tail in [high, low] {
            for number in [tail.border, tail.share, tail.excess, tail.count] { writer.write(number) }
        }
        writer.write(fittedAt)
        highRecords.write(to: &writer)
        lowRecords.write(to: &writer)
    }

    init(reading reader: inout StateReader) throws(LogSnapshotError) {
        seen = try reader.int(in: 0...1_000_000_000, "numbers")
        histogram = try LogHistogram(reading: &reader)
        var tails: [Tail] = []
        for _ in 0..<2 {
            tails.append(
                Tail(
                    border: try reader.double(in: -1e4...1e4, "a border"),
                    share: try reader.double(in: 0...1, "a share"),
                    excess: try reader.double(in: Self.leastExcess...1e4, "an excess"),
                    count: try reader.double(in: 1...1e6, "numbers")))
        }
        (high, low) = (tails[0], tails[1])
        fittedAt = try reader.int(in: 0...seen, "numbers")
        highRecords = try RecordCount(reading: &reader)
        lowRecords = try RecordCount(reading: &reader)
    }
}
