/// A seeded generator of random bits: the same seed gives the same sequence on every machine and in every release
/// (Steele, Lea and Flood 2014). For tests and generated data, not for secrets.
public struct SplitMix64: RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// Starts the sequence of `seed`.
    public init(seed: UInt64) {
        state = seed
    }

    /// The next 64 bits.
    public mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var bits = state
        bits = (bits ^ (bits >> 30)) &* 0xbf58_476d_1ce4_e5b9
        bits = (bits ^ (bits >> 27)) &* 0x94d0_49bb_1331_11eb
        return bits ^ (bits >> 31)
    }

    /// A number from 0 up to, but not including, 1, of 53 random bits.
    public mutating func uniform() -> Double {
        Double(next() >> 11) * 0x1p-53
    }

    /// A number that is nearly Gaussian, of mean 0 and variance 1: twelve uniform ones added (Irwin-Hall), so that no
    /// library's logarithm has a say in the bits.
    public mutating func gaussian() -> Double {
        (0..<12).reduce(-6.0) { sum, _ in sum + uniform() }
    }
}
