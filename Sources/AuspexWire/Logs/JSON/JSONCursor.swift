/// Walks over JSON text in memory that somebody else keeps alive, without building what nobody asks for.
///
/// Mistakes in the text throw ``LogWireError/invalidJSON(offset:reason:)``. A caller that wants to survive a value of the
/// wrong kind asks for ``kind`` first, or passes over the whole value and reads it with a cursor of its own.
struct JSONCursor {
    /// What a value is.
    enum Kind: String {
        case object = "an object"
        case array = "an array"
        case string = "a string"
        case number = "a number"
        case bool = "a truth value"
        case null
    }

    let bytes: UnsafeRawBufferPointer
    /// Where the next byte is read.
    private(set) var position: Int
    let end: Int
    private var depth = 0
    private let depthLimit: Int

    /// Reads `range` of `bytes`; objects and arrays may be open `depthLimit` deep.
    init(_ bytes: UnsafeRawBufferPointer, in range: Range<Int>, depthLimit: Int) {
        self.bytes = bytes
        position = range.lowerBound
        end = range.upperBound
        self.depthLimit = depthLimit
    }

    /// What the next value is.
    mutating func kind() throws(LogWireError) -> Kind {
        skipBlanks()
        switch peek {
        case UInt8(ascii: "{"): return .object
        case UInt8(ascii: "["): return .array
        case UInt8(ascii: "\""): return .string
        case UInt8(ascii: "t"), UInt8(ascii: "f"): return .bool
        case UInt8(ascii: "n"): return .null
        case UInt8(ascii: "-"), .some(UInt8(ascii: "0")...UInt8(ascii: "9")): return .number
        default: throw failure("expected a value")
        }
    }

    /// Reads an object: `member` gets each name and must read, or skip, the value.
    mutating func object(
        _ member: (inout JSONCursor, String) throws(LogWireError) -> Void
    ) throws(LogWireError) {
        try open("{")
        skipBlanks()
        var isFirst = true
        while peek != UInt8(ascii: "}") {
            if !isFirst { try expect(",") }
            isFirst = false
            skipBlanks()
            guard peek == UInt8(ascii: "\"") else { throw failure("expected a member's name in quotes") }
            let name = try string()
            skipBlanks()
            try expect(":")
            try member(&self, name)
            skipBlanks()
        }
        try close()
    }

    /// Reads an array: `element` gets each number and must read, or skip, the value.
    mutating func array(
        _ element: (inout JSONCursor, Int) throws(LogWireError) -> Void
    ) throws(LogWireError) {
        try open("[")
        skipBlanks()
        var number = 0
        while peek != UInt8(ascii: "]") {
            if number > 0 { try expect(",") }
            try element(&self, number)
            number += 1
            skipBlanks()
        }
        try close()
    }

    /// Passes over a value and checks its form.
    mutating func skip() throws(LogWireError) {
        switch try kind() {
        case .object: try object { cursor, _ throws(LogWireError) in try cursor.skip() }
        case .array: try array { cursor, _ throws(LogWireError) in try cursor.skip() }
        case .string: _ = try stringRange()
        case .number: _ = try number()
        case .bool: _ = try bool()
        case .null: try null()
        }
    }

    /// Passes over a value, and gives a cursor that reads it.
    mutating func part() throws(LogWireError) -> JSONCursor {
        skipBlanks()
        let start = position
        try skip()
        return JSONCursor(bytes, in: start..<position, depthLimit: depthLimit)
    }

    /// Checks that nothing follows.
    mutating func finish() throws(LogWireError) {
        skipBlanks()
        guard position == end else { throw failure("something follows the value") }
    }

    /// Reads `true` or `false`.
    mutating func bool() throws(LogWireError) -> Bool {
        skipBlanks()
        if peek == UInt8(ascii: "t") {
            try word("true")
            return true
        }
        try word("false")
        return false
    }

    /// Reads `null`.
    mutating func null() throws(LogWireError) {
        skipBlanks()
        try word("null")
    }

    /// The text of a number.
    mutating func number() throws(LogWireError) -> String {
        skipBlanks()
        let start = position
        if peek == UInt8(ascii: "-") { position += 1 }
        guard digits() > 0 else { throw failure("expected a number") }
        if peek == UInt8(ascii: ".") {
            position += 1
            guard digits() > 0 else { throw failure("expected a digit") }
        }
        if let byte = peek, byte | 0x20 == UInt8(ascii: "e") {
            position += 1
            if peek == UInt8(ascii: "+") || peek == UInt8(ascii: "-") { position += 1 }
            guard digits() > 0 else { throw failure("expected a digit") }
        }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    /// A mistake at the current place.
    func failure(_ reason: String) -> LogWireError { .invalidJSON(offset: position, reason: reason) }

    // MARK: Bytes

    /// The next byte; nil at the end.
    @inline(__always) var peek: UInt8? { position < end ? bytes[position] : nil }

    /// Steps over bytes.
    mutating func advance(to position: Int) { self.position = position }

    private mutating func digits() -> Int {
        let start = position
        while let byte = peek, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { position += 1 }
        return position - start
    }

    private mutating func open(_ bracket: Unicode.Scalar) throws(LogWireError) {
        skipBlanks()
        try expect(bracket)
        depth += 1
        guard depth <= depthLimit else { throw failure("nested more than \(depthLimit) deep") }
    }

    private mutating func close() throws(LogWireError) {
        position += 1
        depth -= 1
    }

    private mutating func expect(_ character: Unicode.Scalar) throws(LogWireError) {
        guard peek == UInt8(ascii: character) else { throw failure("expected '\(character)'") }
        position += 1
    }

    private mutating func word(_ word: StaticString) throws(LogWireError) {
        for offset in 0..<word.utf8CodeUnitCount {
            guard peek == word.utf8Start[offset] else { throw failure("expected \(word)") }
            position += 1
        }
    }

    private mutating func skipBlanks() {
        while let byte = peek, byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 { position += 1 }
    }
}
