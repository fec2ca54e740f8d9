/// The 64-bit hashes that stand for words and for whole lines while templates are looked up.
///
/// A word is folded eight bytes at a time by a full-width multiplication. A line's hash is the sum of its symbols, each
/// mixed with its position, so that the hash "with a hole at position i" costs one subtraction and one addition. The
/// same bytes give the same hash on every machine and in every release: ids of templates are made of them.
/// Two words that share a hash would share a template; among 10^6 words that has a chance of 3 in 10^8.
enum SymbolHash {
    /// Stands for any variable.
    static let variable: UInt64 = 0
    /// Stands for the position that a bucket leaves open.
    static let hole: UInt64 = 1
    /// Stands for any literal in the skeleton of a line.
    static let anyLiteral: UInt64 = 2
    /// Stands for anything but punctuation in the shape of a line.
    static let anyWord: UInt64 = 3
    /// The first hash that a word can have; smaller ones have the meanings above.
    static let firstWord: UInt64 = 4

    /// The hash of a line without elements, to which each element adds its share; not 0, so that the id of an empty
    /// line looks like any other.
    static let emptyLine: UInt64 = 0xa54f_f53a_5f1d_36f1

    // Odd constants of the golden ratio and of the square roots of 2 and 3, 64 bits each.
    private static let golden: UInt64 = 0x9e37_79b9_7f4a_7c15
    private static let root2: UInt64 = 0x6a09_e667_f3bc_c909
    private static let root3: UInt64 = 0xbb67_ae85_84ca_a73b

    /// Both halves of the 128-bit product, folded into one.
    @inline(__always) private static func fold(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let (high, low) = left.multipliedFullWidth(by: right)
        return high ^ low
    }

    /// The hash of a word of up to eight bytes that is packed already.
    @inline(__always) static func word(packed: UInt64, count: Int) -> UInt64 {
        finish(fold(start(count) ^ packed, root2))
    }

    /// The hash of the bytes in `range`.
    @inline(__always) static func word(_ line: Span<UInt8>, _ range: Range<Int>) -> UInt64 {
        if range.count <= 8 { return word(packed: line.packed(range), count: range.count) }
        var hash = start(range.count)
        var index = range.lowerBound
        while index < range.upperBound {
            let end = min(index + 8, range.upperBound)
            hash = fold(hash ^ line.packed(index..<end), root2)
            index = end
        }
        return finish(hash)
    }

    @inline(__always) private static func start(_ count: Int) -> UInt64 { UInt64(count) &* golden }

    @inline(__always) private static func finish(_ hash: UInt64) -> UInt64 {
        let mixed = fold(hash ^ golden, root3)
        return mixed < firstWord ? mixed &+ firstWord : mixed
    }

    /// What `symbol` at `position` adds to the hash of a line.
    @inline(__always) static func place(_ symbol: UInt64, at position: Int) -> UInt64 {
        fold(symbol ^ (UInt64(truncatingIfNeeded: position &+ 1) &* golden), root3)
    }

    /// What the class of a variable at `position` adds to the hash under which a line is cached.
    @inline(__always) static func place(_ kind: TokenClass, at position: Int) -> UInt64 {
        fold(UInt64(kind.rawValue) &+ root2, (UInt64(truncatingIfNeeded: position &+ 1) &* root3) | 1)
    }
}
