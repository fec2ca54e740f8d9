import Foundation

/// A seeded generator of random numbers (SplitMix64: Steele, Lea and Flood 2014).
struct Noise {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    private mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var bits = state
        bits = (bits ^ (bits >> 30)) &* 0xbf58_476d_1ce4_e5b9
        bits = (bits ^ (bits >> 27)) &* 0x94d0_49bb_1331_11eb
        return bits ^ (bits >> 31)
    }

    /// A number over 0, up to 1.
    private mutating func uniform() -> Double { Double((next() >> 11) + 1) * 0x1p-53 }

    /// A Gaussian number (Box and Muller 1958).
    mutating func gaussian() -> Double { (-2 * log(uniform())).squareRoot() * cos(2 * Double.pi * uniform()) }

    /// A Poisson number, for small means (Knuth).
    mutating func poisson(_ mean: Double) -> Double {
        let limit = exp(-mean)
        var (product, count) = (uniform(), 0.0)
        while product > limit {
            product *= uniform()
            count += 1
        }
        return count
    }
}
