/// Messages one behind the other.
struct MessageList {
    var bytes: [UInt8] = []
    var ranges: [Range<Int>] = []

    mutating func append(_ message: some Collection<UInt8>) {
        let start = bytes.count
        bytes += message
        ranges.append(start..<bytes.count)
    }
}

/// Lines of 3 to 14 words of 2 to 9 random letters.
struct NonsenseLines {
    private var random: SplitMix64

    init(seed: UInt64) { random = SplitMix64(state: seed) }

    mutating func next(_ count: Int) -> MessageList {
        var lines = MessageList()
        for _ in 0..<count {
            var line: [UInt8] = []
            for word in 0..<Int.random(in: 3...14, using: &random) {
                if word > 0 { line.append(UInt8(ascii: " ")) }
                for _ in 0..<Int.random(in: 2...9, using: &random) {
                    line.append(UInt8.random(in: UInt8(ascii: "a")...UInt8(ascii: "z"), using: &random))
                }
            }
            lines.append(line)
        }
        return lines
    }
}

/// Steele, Lea and Flood's generator.
private struct SplitMix64: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
