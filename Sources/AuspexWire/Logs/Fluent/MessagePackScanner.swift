/// Finds where a MessagePack value ends, in a stream of which more may still come, without building it.
///
/// Each byte is looked at once, however small the pieces are. Source: the MessagePack specification.
struct MessagePackScanner {
    /// How many values the open arrays and maps still have, the innermost last.
    private var open: [UInt64] = []
    /// The byte, from the beginning of the value, that is looked at next.
    private(set) var position = 0
    private let depthLimit: Int
    private let sizeLimit: Int

    init(depthLimit: Int, sizeLimit: Int) {
        self.depthLimit = depthLimit
        self.sizeLimit = sizeLimit
    }

    /// Goes on in `bytes`, which begin where the value begins.
    ///
    /// - Returns: how many bytes the value has; nil when it does not end in `bytes`.
    mutating func scan(_ bytes: UnsafeRawBufferPointer) throws(LogWireError) -> Int? {
        while true {
            guard position < bytes.count else { return nil }
            let head = try MessagePackHead(bytes, at: position)
            guard let head else { return nil }
            let (size, children) = (head.size, head.children)
            guard size <= UInt64(sizeLimit - position) else { throw .bodyTooLarge(limit: sizeLimit) }
            // Each child takes a byte at least.
            guard children <= UInt64(sizeLimit - position) else { throw .bodyTooLarge(limit: sizeLimit) }
            guard position + Int(size) <= bytes.count else { return nil }
            position += Int(size)
            if children > 0 {
                guard open.count < depthLimit else {
                    throw .invalidForward(reason: "values nested more than \(depthLimit) deep")
                }
                open.append(children)
                continue
            }
            while let left = open.last {
                if left > 1 {
                    open[open.count - 1] = left - 1
                    break
                }
                open.removeLast()
            }
            if open.isEmpty { return position }
        }
    }
}

/// How a MessagePack value begins.
struct MessagePackHead {
    /// What a value is.
    enum Kind {
        case unsigned(UInt64)
        case signed(Int64)
        case double(Double)
        case bool(Bool)
        case null
        case string
        case binary
        case array
        case map
        case ext(Int8)
    }

    /// What the value is.
    let kind: Kind
    /// Where its content lies, that of strings, binaries and extensions.
    let content: Range<Int>
    /// Bytes of the head and the content, without what arrays and maps hold.
    let size: UInt64
    /// How many values an array or a map holds; keys count too.
    let children: UInt64

    /// Reads the head at `start`; nil when it does not end in `bytes`, which its content need not.
    init?(_ bytes: UnsafeRawBufferPointer, at start: Int) throws(LogWireError) {
        let byte = bytes[start]
        let rest = bytes.count - start - 1
        func number(_ width: Int) -> UInt64? {
            guard rest >= width else { return nil }
            return bytes[start + 1..<start + 1 + width].reduce(0) { $0 << 8 | UInt64($1) }
        }
        func signed(_ number: UInt64, _ width: Int) -> Int64 {
            let shift = UInt64(64 - 8 * width)
            return Int64(bitPattern: number << shift) >> Int64(shift)
        }
        var kind = Kind.null
        var (header, length, children): (UInt64, UInt64, UInt64) = (1, 0, 0)
        switch byte {
        case 0x00...0x7f: kind = .unsigned(UInt64(byte))
        case 0x80...0x8f: (kind, children) = (.map, 2 * UInt64(byte & 0x0f))
        case 0x90...0x9f: (kind, children) = (.array, UInt64(byte & 0x0f))
        case 0xa0...0xbf: (kind, length) = (.string, UInt64(byte & 0x1f))
        case 0xc0: break
        case 0xc2, 0xc3: kind = .bool(byte == 0xc3)
        case 0xc4...0xc6, 0xd9...0xdb:
            let width = 1 << Int(byte >= 0xd9 ? byte - 0xd9 : byte - 0xc4)
            guard let count = number(width) else { return nil }
            (kind, length, header) = (byte >= 0xd9 ? .string : .binary, count, 1 + UInt64(width))
        case 0xc7...0xc9:
            let width = 1 << Int(byte - 0xc7)
            guard let count = number(width), rest >= width + 1 else { return nil }
            (kind, length, header) = (.ext(Int8(bitPattern: bytes[start + 1 + width])), count, 2 + UInt64(width))
        case 0xca:
            guard let bits = number(4) else { return nil }
            (kind, header) = (.double(Double(Float(bitPattern: UInt32(bits)))), 5)
        case 0xcb:
            guard let bits = number(8) else { return nil }
            (kind, header) = (.double(Double(bitPattern: bits)), 9)
        case 0xcc...0xcf:
            let width = 1 << Int(byte - 0xcc)
            guard let value = number(width) else { return nil }
            (kind, header) = (.unsigned(value), 1 + UInt64(width))
        case 0xd0...0xd3:
            let width = 1 << Int(byte - 0xd0)
            guard let value = number(width) else { return nil }
            (kind, header) = (.signed(signed(value, width)), 1 + UInt64(width))
        case 0xd4...0xd8:
            guard rest >= 1 else { return nil }
            (kind, length, header) = (.ext(Int8(bitPattern: bytes[start + 1])), 1 << UInt64(byte - 0xd4), 2)
        case 0xdc, 0xdd:
            let width = byte == 0xdc ? 2 : 4
            guard let count = number(width) else { return nil }
            (kind, children, header) = (.array, count, 1 + UInt64(width))
        case 0xde, 0xdf:
            let width = byte == 0xde ? 2 : 4
            guard let count = number(width) else { return nil }
            (kind, children, header) = (.map, 2 * count, 1 + UInt64(width))
        case 0xe0...0xff: kind = .signed(Int64(Int8(bitPattern: byte)))
        default: throw .invalidForward(reason: "the byte 0xc1 begins no value")
        }
        self.kind = kind
        self.children = children
        size = header + length
        content = start + Int(header)..<start + Int(size)
    }
}
