/// A small generator of random bits whose sequence depends on its seed alone (SplitMix64: Steele et al. 2014).
struct SeededGenerator: RandomNumberGenerator, Sendable {
    /// The parameter with which a user sets the seed of a detector that needs chance.
    static let parameter = ParameterDescriptor.integer(
        "seed", default: 1, in: 0...1_000_000_000, meaning: "where chance starts; the same seed gives the same scores")

    private var state: UInt64

    init(seed: Int) { state = UInt64(bitPattern: Int64(seed)) }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var bits = state
        bits = (bits ^ (bits >> 30)) &* 0xbf58_476d_1ce4_e5b9
        bits = (bits ^ (bits >> 27)) &* 0x94d0_49bb_1331_11eb
        return bits ^ (bits >> 31)
    }

    /// A number from 0 up to, but not including, 1.
    mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }
}
