/// Reads syslog as RFC 3164 found it: a priority, a time, a host, a tag, all of which may be missing. Any text is a message.
///
/// The rules are those of rsyslog's parser (`pmrfc3164`): a year behind the day, a colon behind the time, a blank before it,
/// RFC 3339 times, tags without a colon. A tag without a colon and without a process id is a guess: it stays in the text and
/// names no program.
enum LegacySyslog {
    /// Reads a message.
    static func read(_ bytes: [UInt8]) -> SyslogMessage {
        var reader = Reader(bytes: bytes)
        return reader.read()
    }
}

private struct Reader {
    let bytes: [UInt8]
    var position = 0
    var message = SyslogMessage()

    /// Longer names are no host's (RFC 1035).
    private static let longestHost = 255

    init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    mutating func read() -> SyslogMessage {
        // Some senders put a blank before each message of a stream.
        while peek == 0x20 || peek == 0x09 { position += 1 }
        readPriority()
        message.time = timestamp()
        if message.time != nil {
            readHost()
            readTag()
        } else {
            readMarkedTag()
        }
        return message
    }

    private mutating func readPriority() {
        guard peek == UInt8(ascii: "<"), let end = bytes[position...].prefix(5).firstIndex(of: UInt8(ascii: ">")) else {
            return
        }
        let digits = bytes[position + 1..<end]
        guard !digits.isEmpty, digits.allSatisfy(Self.isDigit),
            let value = Int(String(decoding: digits, as: UTF8.self)), value <= 191
        else { return }
        message.priority = value
        position = end + 1
    }

    private mutating func timestamp() -> SyslogTime? {
        let start = position
        if peek == 0x20 { position += 1 }
        var time = LegacyTime(bytes: bytes, position: position)
        guard let value = time.read() else {
            position = start
            return nil
        }
        position = time.position
        return value
    }

    /// A host is followed by a blank, or ends the message.
    private mutating func readHost() {
        var end = position
        while end < bytes.count, end - position < Self.longestHost, Self.mayBeInHost(bytes[end]) { end += 1 }
        guard end > position else { return }
        if end < bytes.count {
            guard bytes[end] == 0x20, Self.isLetterOrDigit(bytes[end - 1]) else { return }
        }
        message.hostname = String(decoding: bytes[position..<end], as: UTF8.self)
        position = min(end + 1, bytes.count)
    }

    private mutating func readTag() {
        let start = position
        while let byte = peek, byte != UInt8(ascii: ":"), byte != 0x20 { position += 1 }
        if peek == UInt8(ascii: ":") { position += 1 }
        let tag = bytes[start..<position]
        message.tag = String(decoding: tag, as: UTF8.self)
        let isMarked = tag.last == UInt8(ascii: ":") || tag.last == UInt8(ascii: "]")
        setProgram(tag, isMarked: isMarked)
        // What may be no tag is text.
        if !isMarked { position = start } else if peek == 0x20 { position += 1 }
        readText()
    }

    /// Without a time there is neither host nor tag, unless a colon marks one.
    private mutating func readMarkedTag() {
        let tag = bytes[position...].prefix { $0 != UInt8(ascii: ":") && $0 > 0x20 }
        let colon = tag.endIndex
        if !tag.isEmpty, colon < bytes.count, bytes[colon] == UInt8(ascii: ":"), colon + 1 < bytes.count,
            bytes[colon + 1] == 0x20, tag.allSatisfy({ Self.mayBeInHost($0) || "/[]()".utf8.contains($0) })
        {
            message.tag = String(decoding: bytes[tag.startIndex...colon], as: UTF8.self)
            setProgram(bytes[tag.startIndex...colon], isMarked: true)
            position = colon + 1
        }
        if peek == 0x20 { position += 1 }
        readText()
    }

    private mutating func setProgram(_ tag: ArraySlice<UInt8>, isMarked: Bool) {
        let program = tag.prefix { !":[".utf8.contains($0) && (0x21...0x7e).contains($0) }
        guard isMarked, !program.isEmpty else { return }
        message.appName = String(decoding: program, as: UTF8.self)
        let rest = tag[program.endIndex...]
        guard rest.first == UInt8(ascii: "["), let end = rest.firstIndex(of: UInt8(ascii: "]")) else { return }
        let id = rest[rest.startIndex + 1..<end]
        if !id.isEmpty { message.processID = String(decoding: id, as: UTF8.self) }
    }

    private mutating func readText() {
        var text = bytes[position...]
        let mark: [UInt8] = [0xef, 0xbb, 0xbf]
        if text.starts(with: mark) { text = text.dropFirst(mark.count) }
        message.message = String(decoding: text, as: UTF8.self)
    }

    private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }

    private static func mayBeInHost(_ byte: UInt8) -> Bool {
        isLetterOrDigit(byte) || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
    }
}
