/// Lots that follow from a seed alone, on every machine: SplitMix64 (Steele, Lea and Flood 2014).
struct LotSequence: Sendable {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    private mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var bits = state
        bits = (bits ^ (bits >> 30)) &* 0xbf58_476d_1ce4_e5b9
        bits = (bits ^ (bits >> 27)) &* 0x94d0_49bb_1331_11eb
        return bits ^ (bits >> 31)
    }

    /// A whole number from 0 up to, but not including, `bound`, which is at least 1. The first of a few are likelier by
    /// less than 2⁻³² where `bound` is below 2³².
    mutating func below(_ bound: Int) -> Int { Int(next().multipliedFullWidth(by: UInt64(bound)).high) }

    /// Moves `count` elements, drawn without replacement, to the front (Fisher and Yates). O(count).
    mutating func drawToFront(_ count: Int, of elements: inout [Int]) {
        for position in 0..<min(count, elements.count) {
            elements.swapAt(position, position + below(elements.count - position))
        }
    }
}
