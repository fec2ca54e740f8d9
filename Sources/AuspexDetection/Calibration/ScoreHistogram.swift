import Foundation

/// How often positive scores fell into each third of an octave, over 64 bins (21 octaves) that move up with the largest score.
/// Old scores fade: when the total passes 32,768 all counts are halved.
struct ScoreHistogram: Sendable, Hashable {
    /// Bins and their width as in our streaming recipe.
    static let binCount = 64
    static let binsPerOctave = 3.0
    /// Where the first score falls, as a share of the bins: room above for three octaves of stranger ones.
    static let firstPosition = 0.72
    /// The total at which counts are halved.
    static let capacity = 32_768.0
    /// Bin numbers are kept within what an Int holds exactly for every finite score.
    static let numbers: ClosedRange<Int> = -1_000_000...1_000_000

    /// The number of the lowest bin: bin b holds log₂ scores from b/3 to (b+1)/3.
    private(set) var lowest = 0
    /// The counts, lowest bin first; empty before the first score.
    private(set) var counts: [Double] = []
    /// The sum of the counts, as it came about by adding: after very many scores the sum of the rounded counts is another.
    private(set) var total = 0.0

    init() {}

    init(lowest: Int, counts: [Double], total: Double) throws(DetectorError) {
        guard counts.isEmpty || counts.count == Self.binCount, Self.numbers.contains(lowest),
            counts.allSatisfy({ $0 >= 0 && $0 <= Self.capacity }), total >= 0, total <= Self.capacity
        else { throw .invalidSnapshot(reason: "its histogram cannot be") }
        self.lowest = lowest
        self.counts = counts
        self.total = total
    }

    /// The share of scores at or above the score, interpolated within its bin and never 0.
    func share(atLeast score: Double) -> Double {
        guard !counts.isEmpty else { return 1 }
        let coordinate = Self.coordinate(score) - Double(lowest)
        guard coordinate >= 0 else { return 1 }
        guard coordinate < Double(counts.count) else { return 1 / (total + 1) }
        let bin = Int(coordinate)
        let above = counts[(bin + 1)...].reduce(0, +)
        return (counts[bin] * (1 - (coordinate - Double(bin))) + above + 1) / (total + 1)
    }

    mutating func add(_ score: Double) {
        let bin = Int(Self.coordinate(score).rounded(.down))
        if counts.isEmpty {
            counts = [Double](repeating: 0, count: Self.binCount)
            lowest = bin - Int(Double(Self.binCount) * Self.firstPosition)
        }
        if bin >= lowest + counts.count { moveUp(by: bin - (lowest + counts.count) + 1) }
        counts[max(0, bin - lowest)] += 1
        total += 1
        if total > Self.capacity {
            for index in counts.indices { counts[index] /= 2 }
            total = counts.reduce(0, +)
        }
    }

    /// Moves the range up; what falls out below is counted in the lowest bin.
    private mutating func moveUp(by shift: Int) {
        let folded = counts.prefix(shift + 1).reduce(0, +)
        var moved = [Double](repeating: 0, count: counts.count)
        for index in counts.indices where index + shift < counts.count { moved[index] = counts[index + shift] }
        moved[0] = folded
        counts = moved
        lowest += shift
    }

    /// The position of a score in bins.
    private static func coordinate(_ score: Double) -> Double {
        log2(score) * binsPerOctave
    }
}
