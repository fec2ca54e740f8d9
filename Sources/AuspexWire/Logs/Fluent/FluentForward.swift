package import AuspexSignals

/// Fluent's forward protocol, version 1, as Fluentd and Fluent Bit speak it over TCP: MessagePack values, one after another,
/// fed in pieces of any size.
///
/// ```
/// Message          [tag, time, record, option?]
/// Forward          [tag, [[time, record], …], option?]
/// PackedForward    [tag, bytes of [time, record]…, option?], with option {"compressed": "gzip"} in gzip
/// heartbeat        nil
/// ```
///
/// A record that is malformed is left out and reported; a stream that is not MessagePack, or none of these, cannot be gone on
/// with. Authentication (HELO, PING, PONG) is not offered. Source: Fluent, Forward Protocol Specification v1.
package struct FluentForward: Sendable {
    /// What one message brought.
    package struct Message: Sendable {
        /// The records, and what was left out.
        package var logs: DecodedLogs
        /// What must be sent back once the records are kept; nil when the sender does not ask.
        package var acknowledgement: [UInt8]?
    }

    /// What senders put there, a chunk's name, a size and a compression, has some 100 bytes.
    private static let optionBytes = 64 << 10

    private let limits: LogLimits
    private let base: LogAttributes
    private var buffer: [UInt8] = []
    private var scanner: MessagePackScanner

    /// Reads a stream from its beginning.
    ///
    /// - Parameters:
    ///   - limits: What a message may cost: ``LogLimits/compressedBytes`` as sent, ``LogLimits/uncompressedBytes`` once it is
    ///     decompressed.
    ///   - base: Attributes that all records have.
    package init(limits: LogLimits = LogLimits(), base: LogAttributes? = nil) {
        self.limits = limits
        self.base = base ?? LogAttributes(limits: limits)
        scanner = Self.scanner(limits)
    }

    private static func scanner(_ limits: LogLimits) -> MessagePackScanner {
        MessagePackScanner(depthLimit: limits.depth, sizeLimit: limits.compressedBytes)
    }

    /// How many bytes of a message that has not ended are held.
    package var heldBytes: Int { buffer.count }

    /// Takes the next bytes and hands on every message that ends in them, but heartbeats.
    ///
    /// - Parameter received: The time of records that have none.
    /// - Throws: ``LogWireError`` when the stream cannot be gone on with.
    package mutating func append(
        _ bytes: some Collection<UInt8>, received: Timestamp, _ take: (Message) -> Void
    ) throws(LogWireError) {
        buffer.append(contentsOf: bytes)
        var start = 0
        while start < buffer.count {
            var next = scanner
            let (size, message) = try read(buffer) { bytes throws(LogWireError) -> (Int?, Message?) in
                let rest = UnsafeRawBufferPointer(rebasing: bytes[start...])
                guard let size = try next.scan(rest) else { return (nil, nil) }
                return (size, try self.message(bytes, start..<start + size, received))
            }
            scanner = size == nil ? next : Self.scanner(limits)
            guard let size else { break }
            start += size
            if let message { take(message) }
        }
        buffer.removeFirst(start)
        if buffer.isEmpty, buffer.capacity > 1 << 16 { buffer = [] }
    }

    private func message(
        _ bytes: UnsafeRawBufferPointer, _ range: Range<Int>, _ received: Timestamp
    ) throws(LogWireError) -> Message? {
        var reader = MessagePackReader(bytes, in: range, depthLimit: limits.depth)
        if case .null = try reader.peek().kind { return nil }
        let count = try reader.array("[tag, …]")
        guard (2...4).contains(count) else {
            throw .invalidForward(reason: "a message has 2 to 4 elements, not \(count)")
        }
        let tag = try reader.string("the tag")
        var entries = FluentEntries(limits: limits, base: base, tag: tag, received: received)
        var second = try reader.part()
        switch try second.peek().kind {
        case .array:
            let options = try options(&reader, count - 2)
            let number = try second.array("the entries")
            for _ in 0..<number { try entries.read(&second) }
            return Message(logs: entries.logs, acknowledgement: options.acknowledgement)
        case .string, .binary:
            let content = try second.head().content
            let options = try options(&reader, count - 2)
            if options.isCompressed {
                let packed = try ContentCoding.decompress(
                    Array(bytes[content]), .gzip, limit: limits.uncompressedBytes)
                try AuspexWire.read(packed) { bytes throws(LogWireError) in
                    try entries.readAll(bytes, in: 0..<bytes.count)
                }
            } else {
                try entries.readAll(bytes, in: content)
            }
            return Message(logs: entries.logs, acknowledgement: options.acknowledgement)
        default:
            guard count >= 3 else { throw .invalidForward(reason: "a message has a tag, a time and a record") }
            var record = try reader.part()
            let options = try options(&reader, count - 3)
            entries.read(time: &second, record: &record)
            return Message(logs: entries.logs, acknowledgement: options.acknowledgement)
        }
    }

    private struct Options {
        var isCompressed = false
        var acknowledgement: [UInt8]?
    }

    private func options(_ reader: inout MessagePackReader, _ count: Int) throws(LogWireError) -> Options {
        guard count > 0 else { return Options() }
        var part = try reader.part()
        guard part.end - part.position <= Self.optionBytes else {
            throw .invalidForward(reason: "the options have more than \(Self.optionBytes) bytes")
        }
        switch try part.peek().kind {
        case .map: break
        // Senders without options may say so.
        case .null: return Options()
        default: throw .invalidForward(reason: "the options must be a map")
        }
        let value = try part.value()
        var options = Options()
        switch value["compressed"]?.string {
        case nil, "text": break
        case "gzip": options.isCompressed = true
        case .some(let other):
            throw .invalidForward(reason: "compressed is '\(MediaType.shown(other))', only gzip is understood")
        }
        if let chunk = value["chunk"]?.string { options.acknowledgement = Self.acknowledgement(of: chunk) }
        return options
    }

    /// `{"ack": chunk}`
    static func acknowledgement(of chunk: String) -> [UInt8] {
        let text = Array(chunk.utf8.prefix(0xffff))
        let head: [UInt8] =
            switch text.count {
            case ..<32: [0xa0 | UInt8(text.count)]
            case ..<256: [0xd9, UInt8(text.count)]
            default: [0xda, UInt8(text.count >> 8), UInt8(text.count & 0xff)]
            }
        return [0x81, 0xa3] + Array("ack".utf8) + head + text
    }
}
