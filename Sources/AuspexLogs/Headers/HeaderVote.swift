/// Learns how far the headers of a stream reach.
///
/// One line alone does not tell whether `ClusterFileSystem:` after its timestamp is the component or the first word of
/// the message. A header's fields are those that the lines have which are alike up to there: a field that most lines do
/// not have belongs to the message. Memory: at most ``maximumForms`` counters.
struct HeaderVote: Sendable, Equatable {
    // A stream may have lines of several formats: a timestamp counts with its length, so that their headers differ.

    /// The share of the lines with the fields so far that must have a further field.
    static let share = 0.8
    /// Lines with the fields so far before anything is decided.
    static let quorum: UInt32 = 20
    static let maximumForms = 1_024
    /// Counts are halved when one of them gets here, so that a stream may change.
    static let fullCount: UInt32 = 1 << 16

    /// How many lines began with the fields that a hash stands for.
    private(set) var counts: [UInt64: UInt32] = [:]

    /// Counts a line with these fields and says how many of them belong to the header.
    mutating func fields(of fields: borrowing HeaderFields) -> Int {
        var hash: UInt64 = SymbolHash.emptyLine
        var before: UInt32 = 0
        var kept = fields.count
        for number in 0..<fields.count {
            hash = SymbolHash.place(hash ^ UInt64(fields.form(number)), at: number)
            let count = counts[hash, default: 0] + 1
            counts[hash] = count
            if before >= Self.quorum, Double(count) < Self.share * Double(before), number < kept { kept = number }
            before = count
        }
        // The line's own count may have come last to the bound.
        if before >= Self.fullCount || counts.count > Self.maximumForms {
            counts = counts.compactMapValues { $0 > 1 ? $0 / 2 : nil }
        }
        return kept
    }
}

extension HeaderVote {
    func write(to writer: inout StateWriter) {
        writer.write(counts) { $0.write(Int($1)) }
    }

    init(reading reader: inout StateReader) throws(LogSnapshotError) {
        counts = try reader.table { reader throws(LogSnapshotError) in UInt32(clamping: try reader.int()) }
        guard counts.count <= Self.maximumForms + HeaderFields.capacity else {
            throw reader.error("\(counts.count) forms of headers")
        }
    }
}

/// The fields of one line's header: what they are and where they end.
struct HeaderFields: Equatable, Sendable {
    enum Kind: UInt8 {
        case timestamp
        case dash
        case level
        case bracket
        case number
        case word
        case component
    }

    static let capacity = 16

    private(set) var count = 0
    private var ends = InlineArray<16, Int32>(repeating: 0)
    private var forms = InlineArray<16, UInt16>(repeating: 0)

    /// Adds a field; `length` is part of what it looks like, where that tells formats apart.
    mutating func append(_ kind: Kind, end: Int, length: Int = 0) {
        guard count < Self.capacity else { return }
        ends[count] = Int32(truncatingIfNeeded: end)
        forms[count] = UInt16(kind.rawValue) << 8 | UInt16(min(max(length, 0), 255))
        count += 1
    }

    func end(_ number: Int) -> Int { Int(ends[number]) }
    /// What the field looks like, as a number.
    func form(_ number: Int) -> UInt16 { forms[number] }

    static func == (left: HeaderFields, right: HeaderFields) -> Bool {
        left.count == right.count
            && (0..<left.count).allSatisfy { left.ends[$0] == right.ends[$0] && left.forms[$0] == right.forms[$0] }
    }
}
