/// What a reader of protobuf messages says of bytes that are none.
protocol ProtobufFailure: Error {
    /// The message ends in the middle of a field.
    static func truncated(offset: Int) -> Self
    /// The message is not the one that is expected.
    static func invalidProtobuf(offset: Int, reason: String) -> Self
}

/// How a protobuf field's value is laid out.
enum ProtobufWireType: UInt8 {
    case varint = 0
    case fixed64 = 1
    case lengthDelimited = 2
    case fixed32 = 5
}

/// Walks over the fields of one protobuf message in memory that somebody else keeps alive.
///
/// Every read is checked against the end; nothing is copied.
struct ProtobufCursor<Failure: ProtobufFailure> {
    /// The whole message, to tell offsets by.
    let bytes: UnsafeRawBufferPointer
    /// Where the next byte is read.
    private(set) var position: Int
    /// The first byte that does not belong to this message.
    let end: Int

    /// A field's number and layout.
    struct Tag {
        let field: UInt32
        let type: ProtobufWireType
    }

    /// Walks over `range` of `bytes`.
    init(_ bytes: UnsafeRawBufferPointer, in range: Range<Int>) {
        self.bytes = bytes
        position = range.lowerBound
        end = range.upperBound
    }

    /// The next field's tag, or nil at the end.
    @inline(__always)
    mutating func nextTag() throws(Failure) -> Tag? {
        guard position < end else { return nil }
        let start = position
        let key = try varint()
        guard let type = ProtobufWireType(rawValue: UInt8(key & 7)) else {
            throw Failure.invalidProtobuf(offset: start, reason: "wire type \(key & 7) is not used by this message")
        }
        // Field numbers have 29 bits and start at 1 (protobuf encoding).
        guard key >> 3 > 0, key >> 3 < 1 << 29 else {
            throw Failure.invalidProtobuf(offset: start, reason: "field number \(key >> 3) is out of range")
        }
        return Tag(field: UInt32(key >> 3), type: type)
    }

    /// A variable-length number of at most ten bytes.
    @inline(__always)
    mutating func varint() throws(Failure) -> UInt64 {
        if position < end, bytes[position] < 0x80 {
            position += 1
            return UInt64(bytes[position - 1])
        }
        return try longVarint()
    }

    private mutating func longVarint() throws(Failure) -> UInt64 {
        let start = position
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while position < end {
            let byte = bytes[position]
            position += 1
            // The tenth byte has one bit left of 64.
            guard shift < 63 || byte <= 1 else {
                throw Failure.invalidProtobuf(offset: start, reason: "a number of more than 64 bits")
            }
            value |= UInt64(byte & 0x7f) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
        throw Failure.truncated(offset: start)
    }

    /// Eight bytes, least significant first.
    @inline(__always)
    mutating func fixed64() throws(Failure) -> UInt64 {
        guard end - position >= 8 else { throw Failure.truncated(offset: position) }
        let value = bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self)
        position += 8
        return UInt64(littleEndian: value)
    }

    /// The range of a value that says its own length.
    @inline(__always)
    mutating func lengthDelimited() throws(Failure) -> Range<Int> {
        let start = position
        let length = try varint()
        guard length <= UInt64(end - position) else { throw Failure.truncated(offset: start) }
        let range = position..<(position + Int(length))
        position = range.upperBound
        return range
    }

    /// Steps over a value that nobody asked for.
    mutating func skip(_ type: ProtobufWireType) throws(Failure) {
        switch type {
        case .varint: _ = try varint()
        case .fixed64: _ = try fixed64()
        case .lengthDelimited: _ = try lengthDelimited()
        case .fixed32: _ = try fixed32()
        }
    }

    /// Four bytes, least significant first.
    mutating func fixed32() throws(Failure) -> UInt32 {
        guard end - position >= 4 else { throw Failure.truncated(offset: position) }
        let value = bytes.loadUnaligned(fromByteOffset: position, as: UInt32.self)
        position += 4
        return UInt32(littleEndian: value)
    }

    /// Refuses a known field in the wrong layout.
    @inline(__always)
    func expect(_ type: ProtobufWireType, of tag: Tag, _ name: StaticString) throws(Failure) {
        guard tag.type == type else {
            throw Failure.invalidProtobuf(
                offset: position, reason: "\(name) has wire type \(tag.type.rawValue), expected \(type.rawValue)")
        }
    }
}
