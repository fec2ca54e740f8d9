#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Numbers of any size and sign in a bounded number of bins of equal width on a logarithmic scale.
///
/// When there are too many bins, their width doubles and neighbours are joined (Epicoco et al. 2020, UDDSketch), so that
/// quantiles keep a relative accuracy. When the numbers are many, all counts are halved, so that the past fades.
struct LogHistogram: Hashable, Sendable {
    /// Sizes under this one are told apart linearly.
    private static let unit = 1e-6
    /// Bins at most.
    static let capacity = 128
    /// A bin is at first 1 % wide.
    private static let firstWidth = 0.01
    /// From so many numbers on, counts are halved.
    private static let most = 100_000.0
    /// What is less than this after halvings is forgotten.
    private static let leastCount = 0.25
    /// The largest place of any finite number.
    static let farthest = 730.0

    private(set) var width = firstWidth
    /// The number of numbers, fading.
    private(set) var total = 0.0
    private var bins: [Int32] = []
    private var counts: [Double] = []

    /// The place of a number on the scale: its logarithm with its sign, beyond a millionth.
    static func place(_ value: Double) -> Double {
        let size = min(log1p(value.magnitude / unit), farthest)
        return value < 0 ? -size : size
    }

    /// The number at a place.
    static func value(at place: Double) -> Double {
        let size = expm1(place.magnitude) * unit
        return place < 0 ? -size : size
    }

    mutating func add(_ place: Double) {
        let bin = Int32((place / width).rounded(.down))
        let index = lowerBound(bin)
        if index < bins.count, bins[index] == bin {
            counts[index] += 1
        } else {
            bins.insert(bin, at: index)
            counts.insert(1, at: index)
            while bins.count > Self.capacity { widen() }
        }
        total += 1
        if total >= Self.most { fade() }
    }

    /// The smallest place that at least this share of the numbers do not exceed.
    func quantile(_ share: Double) -> Double {
        var sum = 0.0
        for (bin, count) in zip(bins, counts) {
            sum += count
            if sum >= share * total { return middle(bin) }
        }
        return bins.last.map(middle) ?? 0
    }

    /// The border beyond which at most `wanted` numbers lie, how many do, and how far beyond it they are on average;
    /// `sign` is 1 for the large numbers and -1 for the small ones. The border is one between bins, so that a bin with
    /// many numbers is on this side of it as a whole.
    func tail(_ wanted: Double, sign: Double) -> (border: Double, count: Double, excess: Double) {
        var (count, sum, border) = (0.0, 0.0, 0.0)
        for offset in bins.indices {
            let index = sign > 0 ? bins.count - 1 - offset : offset
            border = sign * middle(bins[index]) + width / 2
            guard count + counts[index] <= wanted else { break }
            count += counts[index]
            sum += counts[index] * sign * middle(bins[index])
        }
        return (border, count, count > 0 ? max(0, sum / count - border) : 0)
    }

    private func middle(_ bin: Int32) -> Double { (Double(bin) + 0.5) * width }

    private func lowerBound(_ bin: Int32) -> Int {
        var (low, high) = (0, bins.count)
        while low < high {
            let middle = (low + high) / 2
            if bins[middle] < bin { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private mutating func widen() {
        width *= 2
        var (joined, sums): ([Int32], [Double]) = ([], [])
        for (bin, count) in zip(bins, counts) {
            if joined.last == bin >> 1 {
                sums[sums.count - 1] += count
            } else {
                joined.append(bin >> 1)
                sums.append(count)
            }
        }
        (bins, counts) = (joined, sums)
    }

    private mutating func fade() {
        let kept = counts.indices.filter { counts[$0] / 2 >= Self.leastCount }
        bins = kept.map { bins[$0] }
        counts = kept.map { counts[$0] / 2 }
        total = counts.reduce(0, +)
    }

    init() {}

    func write(to writer: inout StateWriter) {
        writer.write(width)
        writer.write(bins) { $0.write(Int64($1)) }
        writer.write(counts) { $0.write($1) }
        writer.write(total)
    }

    init(reading reader: inout StateReader) throws(LogSnapshotError) {
        width = try reader.double(in: Self.firstWidth...2 * Self.farthest, "a width")
        let width = width
        bins = try reader.list { reader throws(LogSnapshotError) in
            let most = Int(Self.farthest / width) + 2
            return Int32(try reader.int(in: -most...most, "a bin"))
        }
        counts = try reader.doubles(bins.count, in: Self.leastCount...Self.most, "counts")
        total = try reader.double(in: 0...Self.most, "a number of numbers")
        guard bins.count <= Self.capacity, zip(bins, bins.dropFirst()).allSatisfy({ $0 < $1 }) else {
            throw reader.error("a histogram cannot be")
        }
    }
}
