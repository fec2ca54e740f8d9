/// Learns how far the headers of a stream reach.
///
/// One line alone does not tell whether `ClusterFileSystem:` after its timestamp is the component or the first word of
/// the message. A header's fields are those that the lines have which are alike up to there: a field that most lines do
/// not have belongs to the message. Memory: at most ``maximumForms`` counters.
struct HeaderVote: Sendable, Equatable {
    // A stream may have lines of several formats: a timestamp counts with its form, so that their headers differ.

    /// A field that fewer of the lines with the fields so far have than the first share belongs to the message, …
    static let cutBelow = 0.7
    /// … until more than this share have it, so that a mix that lies between does not go to and fro.
    static let keptAbove = 0.9
    /// Lines with the fields so far before anything is decided.
    static let quorum: UInt32 = 20
    static let maximumForms = 1_024
    /// Counts are halved when one of them gets here, so that a stream may change.
    static let fullCount: UInt32 = 1 << 16

    /// What is known of the lines that begin with some fields.
    struct Form: Equatable {
        var count: UInt32 = 0
        /// Whether the last of the fields belongs to the message.
        var isCut = false
    }

    private(set) var forms: [UInt64: Form] = [:]
    /// Whether lines are no longer counted: a second look at the same lines must find what the first one learnt.
    var isSettled = false

    /// Counts a line with these fields and says how many of them belong to the header.
    mutating func fields(of fields: borrowing HeaderFields) -> Int {
        var hash: UInt64 = SymbolHash.emptyLine
        var before: UInt32 = 0
        var kept = fields.count
        for number in 0..<fields.count {
            hash = SymbolHash.place(hash ^ UInt64(fields.form(number)), at: number)
            var form = forms[hash] ?? Form()
            if !isSettled {
                form.count += 1
                if before >= Self.quorum {
                    let share = Double(form.count) / Double(before)
                    if share < Self.cutBelow { form.isCut = true }
                    if share > Self.keptAbove { form.isCut = false }
                }
                forms[hash] = form
            } else if form.count == 0, before >= Self.quorum {
                form.isCut = true
            }
            if form.isCut, number < kept { kept = number }
            before = form.count
        }
        if !isSettled, before >= Self.fullCount || forms.count > Self.maximumForms { age() }
        return kept
    }

    private mutating func age() {
        forms = forms.compactMapValues { form in
            form.count > 1 ? Form(count: form.count / 2, isCut: form.isCut) : nil
        }
    }
}

extension HeaderVote {
    func write(to writer: inout StateWriter) {
        writer.write(isSettled)
        writer.write(forms) { writer, form in
            writer.write(Int(form.count))
            writer.write(form.isCut)
        }
    }

    init(reading reader: inout StateReader) throws(LogSnapshotError) {
        isSettled = try reader.flag()
        forms = try reader.table { reader throws(LogSnapshotError) in
            Form(count: UInt32(clamping: try reader.int()), isCut: try reader.flag())
        }
        guard forms.count <= Self.maximumForms + HeaderFields.capacity else {
            throw reader.error("\(forms.count) forms of headers")
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
