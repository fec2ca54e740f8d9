import AuspexSignals

/// Reads MessagePack values that are complete, in memory that somebody else keeps alive.
struct MessagePackReader {
    let bytes: UnsafeRawBufferPointer
    private(set) var position: Int
    let end: Int
    private let depthLimit: Int

    init(_ bytes: UnsafeRawBufferPointer, in range: Range<Int>, depthLimit: Int) {
        self.bytes = bytes
        position = range.lowerBound
        end = range.upperBound
        self.depthLimit = depthLimit
    }

    /// Whether everything has been read.
    var isAtEnd: Bool { position >= end }

    /// Reads the head of a value, and its content if it is no array and no map.
    mutating func head() throws(LogWireError) -> MessagePackHead {
        guard position < end else { throw .invalidForward(reason: "the data ends too early") }
        let available = UnsafeRawBufferPointer(rebasing: bytes[..<end])
        guard let head = try MessagePackHead(available, at: position), head.size <= UInt64(end - position) else {
            throw .invalidForward(reason: "the data ends too early")
        }
        position += Int(head.size)
        return head
    }

    /// What the next value is, without reading it.
    func peek() throws(LogWireError) -> MessagePackHead {
        var copy = self
        return try copy.head()
    }

    /// Passes over a value; gives a reader of it.
    mutating func part() throws(LogWireError) -> MessagePackReader {
        let start = position
        var scanner = MessagePackScanner(depthLimit: depthLimit, sizeLimit: .max)
        let rest = UnsafeRawBufferPointer(rebasing: bytes[start..<end])
        guard let size = try scanner.scan(rest) else { throw .invalidForward(reason: "the data ends too early") }
        position += size
        return MessagePackReader(bytes, in: start..<position, depthLimit: depthLimit)
    }

    /// The number of elements of an array.
    mutating func array(_ what: StaticString) throws(LogWireError) -> Int {
        let head = try head()
        guard case .array = head.kind else { throw .invalidForward(reason: "expected an array, \(what)") }
        return Int(head.children)
    }

    /// Text, be it a string or binary.
    mutating func string(_ what: StaticString) throws(LogWireError) -> String {
        let head = try head()
        switch head.kind {
        case .string, .binary: return text(bytes, head.content)
        default: throw .invalidForward(reason: "expected text, \(what)")
        }
    }

    /// Reads any value; extensions, which have no meaning of their own, as null.
    mutating func value(depth: Int = 0) throws(LogWireError) -> JSONValue {
        guard depth < depthLimit else { throw .invalidForward(reason: "values nested more than \(depthLimit) deep") }
        let head = try head()
        switch head.kind {
        case .unsigned(let number): return Int64(exactly: number).map { .int($0) } ?? .double(Double(number))
        case .signed(let number): return .int(number)
        case .double(let number): return .double(number)
        case .bool(let flag): return .bool(flag)
        case .null, .ext: return .null
        case .string, .binary: return .string(text(bytes, head.content))
        case .array:
            var elements: [JSONValue] = []
            for _ in 0..<head.children { elements.append(try value(depth: depth + 1)) }
            return .array(elements)
        case .map:
            var members: [String: JSONValue] = [:]
            for _ in 0..<head.children / 2 {
                let key = try key(depth: depth + 1)
                members[key] = try value(depth: depth + 1)
            }
            return .object(members)
        }
    }

    /// The key of a map's member. One with values in it has no text that is not longer than itself with each level.
    private mutating func key(depth: Int) throws(LogWireError) -> String {
        switch try peek().kind {
        case .array, .map: throw .invalidForward(reason: "a key of a map must be text, a number or a truth value")
        default: return try value(depth: depth).plainText ?? ""
        }
    }
}
