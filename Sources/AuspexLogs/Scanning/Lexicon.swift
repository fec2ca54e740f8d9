/// What is known of a word in advance.
struct WordTraits: OptionSet, Sendable {
    let rawValue: UInt8

    /// A unit, as in `12 MB`.
    static let unit = WordTraits(rawValue: 1)
    /// A word after which a name comes, as in `user alice`. Case doesn't matter.
    static let cue = WordTraits(rawValue: 2)
    /// A preposition, as in `from alice`.
    static let preposition = WordTraits(rawValue: 4)
    /// A truth value or nothing, as in `true` or `null`.
    static let boolean = WordTraits(rawValue: 8)
    /// The last label of a host name. Case doesn't matter.
    static let domain = WordTraits(rawValue: 16)
}

/// The words of the log grammar that have a meaning of their own, looked up by their bytes packed into 64 bits.
struct Lexicon: Sendable {
    /// The longest word that can be packed.
    static let longestWord = 8

    static let units =
        "B KB MB GB TB PB KiB MiB GiB TiB kB kb mb gb ns us ms s sec secs min mins h hrs"
    static let cues = "user username login account host hostname owner"
    static let prepositions = "for from to by on at of in with into via"
    static let booleans = "true false True False TRUE FALSE null NULL nil None"
    /// The generic and country domains that occur in logs; `localdomain` is longer than a packed word and is tested
    /// apart.
    static let domains =
        "com net org edu gov mil int io dev app local lan internal corp home arpa info biz "
        + "uk de fr cn jp hk kr tw ru br au ca nl it es se ch at cz dk fi no eu us"

    /// The only lexicon there is; it never changes.
    static let standard = Lexicon()

    /// Open addressing over a power of two that leaves three quarters of the slots empty.
    private static let slotBits = 9
    private var words: [UInt64]
    private var traits: [WordTraits]

    private init() {
        words = Array(repeating: 0, count: 1 << Self.slotBits)
        traits = Array(repeating: [], count: 1 << Self.slotBits)
        let lists: [(String, WordTraits)] = [
            (Self.units, .unit), (Self.cues, .cue), (Self.prepositions, .preposition), (Self.booleans, .boolean),
            (Self.domains, .domain),
        ]
        for (list, trait) in lists {
            for word in list.split(separator: " ") { add(Self.packed(Array(word.utf8)), trait) }
        }
    }

    private mutating func add(_ word: UInt64, _ trait: WordTraits) {
        var slot = Self.slot(of: word)
        while words[slot] != 0, words[slot] != word { slot = (slot + 1) & (words.count - 1) }
        words[slot] = word
        traits[slot].insert(trait)
    }

    @inline(__always) private static func slot(of word: UInt64) -> Int {
        Int(truncatingIfNeeded: (word &* 0x9e37_79b9_7f4a_7c15) >> UInt64(64 - slotBits))
    }

    private static func packed(_ bytes: [UInt8]) -> UInt64 {
        bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// The traits of a packed word, its case as written.
    @inline(__always) func callAsFunction(_ word: UInt64) -> WordTraits {
        var slot = Self.slot(of: word)
        while words[slot] != 0 {
            if words[slot] == word { return traits[slot] }
            slot = (slot + 1) & (words.count - 1)
        }
        return []
    }

    /// Whether a word has a trait.
    func contains(_ trait: WordTraits, _ word: ArraySlice<UInt8>) -> Bool {
        word.count <= Self.longestWord && self(Self.packed(Array(word))).contains(trait)
    }
}

extension Span<UInt8> {
    /// The bytes in `range`, at most eight, packed into one number with the first byte lowest.
    @inline(__always) func packed(_ range: Range<Int>) -> UInt64 {
        let length = range.count
        if range.lowerBound + 8 <= count {
            let whole = UInt64(
                littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: range.lowerBound, as: UInt64.self))
            return length >= 8 ? whole : whole & (1 << UInt64(length * 8) - 1)
        }
        var word: UInt64 = 0
        for (position, index) in range.enumerated() { word |= UInt64(self[index]) << UInt64(position * 8) }
        return word
    }
}

extension UInt64 {
    /// The packed word of `length` bytes with ASCII capitals made small. Other bytes may change too, but none becomes a
    /// letter, so that the result equals a word of letters only if the original did but for case.
    @inline(__always) func lowerCasedWord(_ length: Int) -> UInt64 {
        let spaces: UInt64 = 0x2020_2020_2020_2020
        return self | (length >= 8 ? spaces : spaces & (1 << UInt64(length * 8) - 1))
    }
}
