import AuspexNumerics
import Foundation

/// How rare a raw novelty is among those before it, in powers of ten: a view of a series' block.
///
/// Novelties are counted in thirds of an octave over 64 bins (21 octaves) that move up with the largest. In the body a
/// novelty is as rare as the share of those above it; in the upper hundredth half of that speaks, and half a tail that is
/// exponential in the logarithm.
struct RarityHistogram {
    static let binCount = 64
    static let binsPerOctave: Float = 3
    /// Where the first novelty falls, as a share of the bins.
    static let firstPosition: Float = 0.72
    /// Novelties before one is judged.
    static let warmUp: Int32 = 50
    /// The tail holds this share, and at least so many.
    private static let tailShare: Float = 0.01
    private static let tailLeast: Float = 8
    /// The least mean excess of the tail, in bins.
    private static let leastExcess: Float = 0.25 * binsPerOctave
    /// All counts are halved when their sum reaches this.
    static let capacity: Int32 = 32_768

    /// What is kept beside the counts.
    struct Head: Sendable, Hashable {
        /// The position of novelty 1, in bins.
        var offset: Float = 0
        /// The sum of the counts.
        var total: Int32 = 0
        /// Novelties so far, at most ``warmUp``.
        var seen: Int32 = 0
        /// Whether a novelty over 0 has come.
        var isPlaced = false
    }

    let counts: UnsafeMutablePointer<UInt16>

    /// −log₁₀ of how rare the novelty is, 0 in the warm-up and for a novelty of 0; then learns it. About 200 flops.
    func rarity(of novelty: Float, head: inout Head) -> Float {
        var coordinate: Float = 0
        if novelty > 0 {
            let position = Self.binsPerOctave * log2(novelty)
            if !head.isPlaced {
                head.offset = Float(Self.binCount) * Self.firstPosition - position
                head.isPlaced = true
            }
            coordinate = position + head.offset
            if coordinate >= Float(Self.binCount - 1) {
                coordinate -= moveUp(by: Int(coordinate) - (Self.binCount - 2), head: &head)
            }
            coordinate = max(coordinate, 0)
        }
        let bin = Int(coordinate)
        let rarity = novelty > 0 && head.seen >= Self.warmUp ? judged(coordinate, bin, total: head.total) : 0
        if head.seen < Self.warmUp { head.seen += 1 }
        counts[bin] += 1
        head.total += 1
        if head.total >= Self.capacity { halve(&head) }
        return rarity
    }

    private func judged(_ coordinate: Float, _ bin: Int, total: Int32) -> Float {
        let total = Float(total)
        let above = Float(
            Kernels.sum(of: UnsafeBufferPointer(start: counts + bin + 1, count: Self.binCount - 1 - bin)))
        let upper = Float(counts[bin]) * (1 - (coordinate - Float(bin))) + above
        let rank = Self.decades(-log2((upper + 1) / (total + 1)))
        let needed = max(Self.tailLeast, Self.tailShare * total)
        // In the body: the tail is above it.
        guard above < needed else { return rank }
        var (mass, moment, edge) = (Float(0), Float(0), Self.binCount - 1)
        while edge > 0, mass < needed {
            let count = Float(counts[edge])
            mass += count
            moment += count * (Float(edge) + 0.5)
            edge -= 1
        }
        let excess = coordinate - Float(edge + 1)
        guard excess > 0, mass > 0 else { return rank }
        let mean = max(moment / mass - Float(edge + 1), Self.leastExcess)
        let tail = Self.decades(-log2(min(mass / total, 1))) + excess / mean * Self.decadesPerUnit
        return 0.5 * (rank + tail)
    }

    /// Powers of ten from powers of two, of which the logarithm is quicker.
    static func decades(_ octaves: Float) -> Float { octaves * 0.301_029_995_7 }

    /// log₁₀ e
    private static let decadesPerUnit: Float = 0.434_294_481_9

    /// Moves the range up; what falls out below is counted in the lowest bin. Returns by how many bins.
    private func moveUp(by shift: Int, head: inout Head) -> Float {
        let folded = (0..<min(shift + 1, Self.binCount)).reduce(0) { $0 + Int(counts[$1]) }
        for index in 0..<Self.binCount {
            counts[index] = index + shift < Self.binCount ? counts[index + shift] : 0
        }
        counts[0] = UInt16(clamping: folded)
        head.offset -= Float(shift)
        return Float(shift)
    }

    /// Halves the counts and rounds up, so that what was seen once stays seen.
    private func halve(_ head: inout Head) {
        var total: Int32 = 0
        for index in 0..<Self.binCount {
            counts[index] = counts[index] / 2 + counts[index] % 2
            total += Int32(counts[index])
        }
        head.total = total
    }
}
