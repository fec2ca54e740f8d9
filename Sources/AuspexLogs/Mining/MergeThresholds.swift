/// When patterns that differ in one place, or in a few, become one. The values are a plateau found on ten public
/// systems with one setting for all; each was varied alone, and those around it score lower or the same. Those for
/// sentences, names and endings were chosen on messages that the format strings of six programs print, and measured on
/// those of others: `Benchmarks/formats.py`.
enum MergeThresholds {
    /// Positions of a line that may become variable, from the left.
    static let positions = 40

    // One position, everything else equal: how many different values make it a variable.
    static let value = 2
    static let cue = 2
    static let unit = 2
    static let quoted = 3
    static let word = 5
    static let preposition = 5
    static let first = 16
    /// Other words in a line that make it a sentence, and a long one: what stands in a place of its own there, while
    /// all else is equal, is a value sooner.
    static let sentence = 3
    static let longSentence = 5
    static let bracketed = 3
    static let prepositionInSentence = 4
    static let prepositionInLongSentence = 3
    static let firstOfSentence = 5
    /// For a word in a line that has no other word to recognise it by.
    static let onlyWord = 16
    /// When a variable is among the values already.
    static let besideVariable = 2
    /// Lines that a variable at the first position must have before it absorbs words.
    static let establishedVariable: UInt64 = 16
    /// For words such as `eth0` that differ in nothing but their digits.
    static let sameStem = 2
    /// For words that are written as names are, among two other words or more.
    static let name = 3
    static let wordsAroundName = 2
    /// The shortest such word.
    static let nameBytes = 4

    // Any number of positions at once, where values stand.
    /// Pairs of a name, a colon and a value that make a line a list of them.
    static let pairs = 2
    /// Bits a pair of letters, on average, above which nobody would write a word by hand. A random letter costs 4.7.
    /// Of the words in English and program text 6 in 100 are above, of random strings of letters three quarters.
    static let oddWordCost = 5

    // Several positions at once.
    /// Literals that must stay when several positions become variable.
    static let minimumAnchors = 2
    /// Share of a line's literals that must stay.
    static let anchorShare = 0.5
    /// Values seen once at a position, and lines that agree elsewhere, before a fold.
    static let fold = 8
    /// Different values at one position before it becomes variable for a whole group.
    static let explosion = 10
    static let firstExplosion = 20
    /// Other literals that must be left then.
    static let explosionAnchors = 2
    /// Patterns in a group, values at one position, patterns of one shape that are kept.
    static let groupMembers = 256
    /// Folded patterns that a group keeps.
    static let groupPatterns = 64

    /// Pairs of values at two positions, and different values at each, before both become variable because they vary
    /// independently: this share of all pairs that there could be must have come. Among the latest patterns of a group.
    static let productPairs = 6
    static let productValues = 3
    static let productShare = 0.5
    static let productMembers = 48

    // A sentence and a colon, followed by what another program said: different endings, and lengths among them.
    static let endings = 3
    static let endingLengths = 2

    // A common beginning followed by free text.
    static let prefixMembers = 40
    static let prefixLengths = 5
    /// Members that are kept while it is undecided.
    static let prefixCapacity = 160
    /// Beginnings of one line that are looked at.
    static let prefixesPerLine = 3
    /// Literals that a beginning must have.
    static let prefixLiterals = 2
    /// Elements after the beginning that are compared.
    static let prefixLookAhead = 3
}
