package import AuspexSignals

/// systemd's journal export format, as `journalctl -o export` and `systemd-journal-remote` write it: fields as `NAME=value`
/// lines, or `NAME`, a 64-bit length and bytes where a value is binary; an empty line ends an entry.
///
/// Fed in pieces of any size. Source: systemd, Journal Export Formats.
package struct JournalExport: Sendable {
    private enum State: Sendable {
        /// In a line.
        case line
        /// In the length of the binary field of this name.
        case length(String)
        /// In the value of the binary field of this name, of which so many bytes are still to come.
        case value(String, left: UInt64)
        /// Before the line feed behind a binary value.
        case end
        /// Something was malformed: the rest of the entry is passed over.
        case lost
    }

    /// The longest name of a field (systemd, `journal-file.c`).
    private static let longestName = 64
    /// The longest value that journald takes (systemd, `DATA_SIZE_MAX`); a longer one is no length but damage.
    private static let longestValue: UInt64 = 768 << 20
    /// More fields than this belong to no entry (systemd, `ENTRY_FIELD_COUNT_MAX`).
    private static let mostFields = 1_024

    private let limits: LogLimits
    private let base: LogAttributes
    private var state = State.line
    private var kept: [UInt8] = []
    private var keptIsCut = false
    private var fields: [(name: String, value: [UInt8])] = []
    private var fieldBytes = 0
    private var isCut = false
    private var number = 1
    private var mistake: String?
    /// How many bytes of the stream lie before the entry that is being read.
    package private(set) var entryStart: Int64
    private var position: Int64

    /// Reads a stream of which `position` bytes have been read already.
    ///
    /// - Parameter base: Attributes that all records have.
    package init(limits: LogLimits = LogLimits(), base: LogAttributes? = nil, position: Int64 = 0) {
        self.limits = limits
        self.base = base ?? LogAttributes(limits: limits)
        self.position = position
        entryStart = position
    }

    /// Whether the beginning of an entry is held back.
    package var hasRest: Bool { position > entryStart }

    /// Takes the next bytes and adds the records of the entries that end in them.
    ///
    /// - Parameter received: The time of an entry that has none.
    package mutating func append(_ bytes: some Collection<UInt8>, received: Timestamp, into logs: inout DecodedLogs) {
        var rest = Array(bytes)[...]
        while let byte = rest.first {
            switch state {
            case .line, .lost:
                guard let feed = rest.firstIndex(of: UInt8(ascii: "\n")) else {
                    keep(rest)
                    rest = []
                    return
                }
                keep(rest[..<feed])
                rest = rest[(feed + 1)...]
                position += 1
                endLine(received, &logs)
            case .length(let name):
                keep([byte])
                rest = rest.dropFirst()
                if kept.count == 8 { beginValue(name) }
            case .value(let name, let left):
                let part = rest.prefix(Int(clamping: left))
                keep(part)
                rest = rest.dropFirst(part.count)
                if UInt64(part.count) == left {
                    endValue(name)
                } else {
                    state = .value(name, left: left - UInt64(part.count))
                }
            case .end:
                rest = rest.dropFirst()
                position += 1
                if byte == UInt8(ascii: "\n") { state = .line } else { lose("no line feed behind a binary field") }
            }
        }
    }

    /// Adds the entry that is left when the stream ends.
    package mutating func finish(received: Timestamp, into logs: inout DecodedLogs) {
        switch state {
        case .line:
            if !kept.isEmpty { endLine(received, &logs) }
        case .lost: break
        case .end: state = .line
        case .length, .value: lose("the stream ends in a binary field")
        }
        if !fields.isEmpty || mistake != nil { endEntry(received, &logs) }
        kept = []
        state = .line
    }

    private mutating func keep(_ bytes: some Collection<UInt8>) {
        position += Int64(bytes.count)
        let room = max(0, limits.bodyBytes + Self.longestName - kept.count)
        kept.append(contentsOf: bytes.prefix(room))
        if bytes.count > room { keptIsCut = true }
    }

    private mutating func endLine(_ received: Timestamp, _ logs: inout DecodedLogs) {
        let line = kept
        isCut = isCut || keptIsCut
        (kept, keptIsCut) = ([], false)
        guard !line.isEmpty else { return endEntry(received, &logs) }
        if case .lost = state { return }
        if let equals = line.prefix(Self.longestName + 1).firstIndex(of: UInt8(ascii: "=")) {
            guard let name = Self.name(line[..<equals]) else { return lose("a field's name is malformed") }
            add(name, Array(line[(equals + 1)...]))
        } else if let name = Self.name(line[...]) {
            state = .length(name)
        } else {
            lose("expected NAME=value, or NAME and a binary value")
        }
    }

    private mutating func beginValue(_ name: String) {
        let length = kept.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        kept = []
        guard length <= Self.longestValue else { return lose("the field \(name) cannot have \(length) bytes") }
        state = length > 0 ? .value(name, left: length) : .end
        if length == 0 { add(name, []) }
    }

    private mutating func endValue(_ name: String) {
        add(name, kept)
        isCut = isCut || keptIsCut
        (kept, keptIsCut) = ([], false)
        state = .end
    }

    private mutating func add(_ name: String, _ value: [UInt8]) {
        guard fields.count < Self.mostFields, fieldBytes + value.count <= 2 * limits.bodyBytes else {
            isCut = true
            return
        }
        fieldBytes += value.count
        fields.append((name, value))
    }

    private mutating func lose(_ reason: String) {
        mistake = mistake ?? reason
        (kept, keptIsCut) = ([], false)
        state = .lost
    }

    private mutating func endEntry(_ received: Timestamp, _ logs: inout DecodedLogs) {
        if let mistake {
            logs.reject("entry \(number)", mistake)
        } else if !fields.isEmpty {
            JournalEntry(fields).accept(into: &logs, received: received, base: base, isCut: isCut)
        }
        if mistake != nil || !fields.isEmpty { number += 1 }
        (fields, fieldBytes, isCut, mistake) = ([], 0, false, nil)
        state = .line
        entryStart = position
    }

    /// A field's name: capitals, digits and underscores, the first no digit.
    private static func name(_ bytes: ArraySlice<UInt8>) -> String? {
        guard (1...longestName).contains(bytes.count), let first = bytes.first, !isDigit(first),
            bytes.allSatisfy({
                isDigit($0) || $0 == UInt8(ascii: "_") || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0)
            })
        else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}
