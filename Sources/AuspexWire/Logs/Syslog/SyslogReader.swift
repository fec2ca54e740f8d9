/// Reads messages of RFC 5424, strictly.
struct SyslogReader {
    let bytes: [UInt8]
    let limits: LogLimits
    var position = 0
    var message = SyslogMessage()

    /// Begins at the first byte.
    init(bytes: [UInt8], limits: LogLimits) {
        self.bytes = bytes
        self.limits = limits
    }

    /// Reads a message.
    static func read(_ bytes: [UInt8], limits: LogLimits = LogLimits()) throws(SyslogError) -> SyslogMessage {
        var reader = SyslogReader(bytes: bytes, limits: limits)
        try reader.readHeader()
        try reader.readStructuredData()
        guard reader.position < bytes.count else { return reader.message }
        guard reader.take(" ") else { throw reader.failure(.form) }
        reader.readText()
        return reader.message
    }

    /// Reads a message whose header is well-formed and whose structured data is not: what stands in brackets is kept as it is.
    static func readLeniently(_ bytes: [UInt8], limits: LogLimits) -> SyslogMessage? {
        var reader = SyslogReader(bytes: bytes, limits: limits)
        guard (try? reader.readHeader()) != nil else { return nil }
        let start = reader.position
        while reader.peek == UInt8(ascii: "[") {
            while let byte = reader.peek, byte != UInt8(ascii: "]") {
                reader.position += byte == UInt8(ascii: "\\") && reader.position + 1 < bytes.count ? 2 : 1
            }
            reader.position = min(reader.position + 1, bytes.count)
        }
        if reader.position > start {
            reader.message.malformedData = String(decoding: bytes[start..<reader.position], as: UTF8.self)
        }
        _ = reader.take(" ")
        reader.readText()
        return reader.message
    }

    private mutating func readHeader() throws(SyslogError) {
        guard take("<") else { throw failure(.priority) }
        message.priority = try priority()
        message.version = try version()
        guard take(" ") else { throw failure(.form) }
        message.time = try timestamp()
        guard take(" ") else { throw failure(.form) }
        message.hostname = try field(.hostname, limit: 255)
        message.appName = try field(.appName, limit: 48)
        message.processID = try field(.processID, limit: 128)
        message.messageID = try field(.messageID, limit: 32)
    }

    /// `0` to `191` without leading zeros, and the bracket behind it.
    private mutating func priority() throws(SyslogError) -> Int {
        guard var value = digit() else { throw failure(.priorityValue) }
        while value > 0, let byte = peek, byte != UInt8(ascii: ">") {
            let next = Int(byte) - Int(UInt8(ascii: "0"))
            guard (0...9).contains(next), 10 * value + next <= 191 else { throw failure(.priorityValue) }
            value = 10 * value + next
            position += 1
        }
        guard take(">") else { throw failure(.priorityValue) }
        return value
    }

    private mutating func version() throws(SyslogError) -> Int {
        guard var value = digit(in: 1...9) else { throw failure(.version) }
        for _ in 0..<2 {
            guard let next = digit() else { return value }
            value = 10 * value + next
        }
        if let byte = peek, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { throw failure(.version) }
        return value
    }

    /// A printable field and the blank behind it; nil for `-`.
    private mutating func field(_ problem: SyslogError.Problem, limit: Int) throws(SyslogError) -> String? {
        let start = position
        while let byte = peek, (0x21...0x7e).contains(byte) {
            guard position - start < limit else { throw failure(problem) }
            position += 1
        }
        guard position > start, take(" ") else { throw failure(problem) }
        let text = bytes[start..<position - 1]
        return text.elementsEqual([UInt8(ascii: "-")]) ? nil : String(decoding: text, as: UTF8.self)
    }

    /// The rest is text. A byte order mark says that it is UTF-8; without one it nearly always is.
    private mutating func readText() {
        let mark: [UInt8] = [0xef, 0xbb, 0xbf]
        if bytes[position...].starts(with: mark) { position += mark.count }
        message.message = String(decoding: bytes[position...], as: UTF8.self)
        position = bytes.count
    }

    // MARK: Bytes

    var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard peek == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    /// The next digit, if it is one of these.
    mutating func digit(in range: ClosedRange<Int> = 0...9) -> Int? {
        guard let byte = peek else { return nil }
        let value = Int(byte) - Int(UInt8(ascii: "0"))
        guard range.contains(value) else { return nil }
        position += 1
        return value
    }

    func failure(_ problem: SyslogError.Problem) -> SyslogError {
        SyslogError(problem: problem, column: position, partial: message)
    }
}
