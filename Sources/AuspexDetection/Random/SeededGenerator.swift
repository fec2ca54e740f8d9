/// Random bits that follow from a seed alone, on every machine and in every release: SplitMix64 (Steele, Lea and Flood
/// 2014). Detectors that draw lots draw them here, so that the same seed gives the same scores.
struct SeededGenerator: RandomNumberGenerator, Sendable {
    /// The parameter with which a user sets the seed.
    static let parameter = ParameterDescriptor.integer(
        "seed", default: 1, in: 0...1_000_000_000,
        meaning: "which random choices are made; the same seed, the same scores")

    private var state: UInt64

    init(seed: Int) {
        state = UInt64(truncatingIfNeeded: seed)
    }

    /// Continues the sequence of another generator from its ``position``.
    init(position: Int) {
        self.init(seed: position)
    }

    /// How far the sequence has come, for snapshots.
    var position: Int { Int(truncatingIfNeeded: state) }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var bits = state
        bits = (bits ^ (bits >> 30)) &* 0xbf58_476d_1ce4_e5b9
        bits = (bits ^ (bits >> 27)) &* 0x94d0_49bb_1331_11eb
        return bits ^ (bits >> 31)
    }

    /// A number from 0 up to, but not including, 1.
    mutating func uniform() -> Double {
        Double(next() >> 11) * 0x1p-53
    }

    /// A whole number from 0 up to, but not including, `bound`, which is at least 1. Which numbers are a little more
    /// likely than others cannot be told below 2⁵³.
    mutating func below(_ bound: Int) -> Int {
        min(Int(uniform() * Double(bound)), bound - 1)
    }

    /// A nearly Gaussian number of mean 0 and variance 1: twelve uniform ones added, so that no library's logarithm has a
    /// say in the bits.
    mutating func gaussian() -> Double {
        (0..<12).reduce(-6.0) { sum, _ in sum + uniform() }
    }

    /// `count` different numbers of `0..<bound`, all sets of them equally likely; all numbers when there are no more.
    /// Floyd's method, O(count).
    mutating func sample(_ count: Int, below bound: Int) -> [Int] {
        guard count < bound else { return Array(0..<bound) }
        var chosen: Set<Int> = []
        var order: [Int] = []
        order.reserveCapacity(count)
        for last in bound - count..<bound {
            let number = below(last + 1)
            let member = chosen.contains(number) ? last : number
            chosen.insert(member)
            order.append(member)
        }
        return order
    }
}
