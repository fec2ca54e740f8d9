import AuspexSignals

/// A template, or one that was merged into another, in the miner's own numbering.
struct MinerNode: Sendable {
    /// The node that this one was merged into, or its own number.
    var parent: Int32
    /// Order of creation; in a merge the smallest survives.
    var serial: UInt64
    var id: TemplateID
    var version: UInt32
    var pattern: Pattern
    /// The hash of `pattern`.
    var key: UInt64
    /// The pattern as text, written when first asked for.
    var text: String?
    var count: UInt64
    var firstLine: UInt64
    var lastLine: UInt64
    var firstTime: Timestamp?
    var lastTime: Timestamp?
    var example: [UInt8]
    /// Whether the template had been evicted and came back.
    var isRevived: Bool
    /// Whether the slot is in use; a free slot waits for the next template.
    var isLive: Bool
}

/// What a signature led to.
struct KnownSignature: Sendable {
    /// Its node, or -1 when its template has been evicted.
    var node: Int32
    /// The id, and the version reached, of an evicted template.
    var id: TemplateID
    var version: UInt32
    /// The line that asked for it last.
    var lastUsed: UInt64
}

/// The different values seen at one position while everything else in the line was equal.
struct HoleBucket: Sendable {
    struct Value: Sendable {
        var symbol: UInt64
        var node: Int32
        /// The hash of the word with its digits made equal, for weak literals; else 0.
        var stem: UInt64
        /// Whether it is written as names are and words of a sentence are not.
        var isName: Bool
    }

    /// Empty once the position has become a variable.
    var values: [Value] = []
    var isCollapsed = false
    var lastUsed: UInt64 = 0

    static let weight = 96
    static let valueWeight = MemoryLayout<Value>.stride

    var weight: Int { Self.weight + values.count * Self.valueWeight }
}

/// A pattern together with the node that it led to.
struct PatternMember: Sendable {
    var pattern: Pattern
    var node: Int32

    var weight: Int { 16 + pattern.weight }
}

/// The pattern that stands for all with one frame, and the node that it led to.
struct FrameEntry: Sendable {
    var member: PatternMember
    var lastUsed: UInt64

    var weight: Int { 40 + member.weight }
}

/// Patterns with the same punctuation in the same places.
struct PatternShape: Sendable {
    /// Patterns that came out of merges; a line that one of them subsumes belongs to it.
    var merged: [Pattern] = []
    /// The latest patterns of this shape.
    var recent: [PatternMember] = []
    var lastUsed: UInt64 = 0

    static let weight = 112

    var weight: Int {
        Self.weight + merged.reduce(0) { $0 + $1.weight } + recent.reduce(0) { $0 + $1.weight }
    }
}

/// Patterns with the same punctuation and variables in the same places and the same literal at the anchor.
struct PatternGroup: Sendable {
    /// The latest patterns, oldest first.
    private(set) var members: [PatternMember] = []
    /// What the members weigh together, so that nobody has to add it up for every line.
    private var membersWeight = 0
    /// The number of elements of each pattern.
    var width = 0
    /// How many patterns have joined, those that have left again included.
    var joined = 0
    /// Per value and position, how many patterns had it, for the first ``MergeThresholds/groupMembers`` values of a
    /// position; filled once ``MergeThresholds/fold`` patterns have joined.
    var support: [UInt64: Int32] = [:]
    /// Per position: different values, and values that one pattern had.
    var distinct: [Int32] = []
    var single: [Int32] = []
    /// Folded patterns of the group's width: the symbols, with ``SymbolHash/hole`` where a line may have anything.
    var folded: [[UInt64]] = []
    /// Positions that have become variable for all.
    var exploded: [Int] = []
    var lastUsed: UInt64 = 0

    static let weight = 200
    static let supportWeight = 32

    var weight: Int {
        Self.weight + membersWeight + support.count * Self.supportWeight
            + (distinct.count + single.count) * 4 + folded.count * (32 + width * 8)
    }

    /// Adds a member, and drops the oldest when there are too many.
    mutating func add(_ member: PatternMember) {
        members.append(member)
        membersWeight += member.weight
        if members.count > MergeThresholds.groupMembers { membersWeight -= members.removeFirst().weight }
    }

    /// Puts other members in the place of those there are.
    mutating func replaceMembers(with others: [PatternMember]) {
        members = others
        membersWeight = others.reduce(0) { $0 + $1.weight }
    }
}

/// Patterns with the same beginning, while it is undecided whether the rest is free text.
struct PrefixBucket: Sendable {
    var members: [Int32] = []
    var lengths: Set<Int> = []
    /// The patterns that have nothing but words behind a sentence and its colon, and their lengths.
    var endings: Set<UInt64> = []
    var endingLengths: Set<Int> = []
    var continuations: Set<UInt64> = []
    var isCollapsed = false
    var lastUsed: UInt64 = 0

    static let weight = 160
    static let memberWeight = 56

    var weight: Int { Self.weight + members.count * Self.memberWeight }
}
