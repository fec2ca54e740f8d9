/// Splits a stream of syslog messages (RFC 6587), fed in pieces of any size, with memory for one message of the longest
/// length.
///
/// Each message says by its beginning how it is framed: a number, a blank and `<` mean that so many bytes follow (octet
/// counting), anything else ends at a line feed. With ``Style/multiline`` a line feed ends a message only when the next one
/// begins behind it, with a priority in brackets or a count. What is longer than the limit is cut: the beginning is handed on,
/// the rest passed over.
package struct SyslogFrames: Sendable {
    /// How messages end that are not counted.
    package enum Style: Hashable, Sendable {
        /// At each line feed.
        case lines
        /// At a line feed before `<n>`.
        case multiline
    }

    /// One message.
    package struct Frame: Hashable, Sendable {
        /// The message's bytes without framing.
        package var bytes: [UInt8]
        /// Whether the message was longer.
        package var isCut: Bool

        /// A message.
        package init(bytes: [UInt8], isCut: Bool = false) {
            self.bytes = bytes
            self.isCut = isCut
        }
    }

    private let limit: Int
    private let style: Style
    /// What of the stream is not yet decided, or belongs to the message that is being read.
    private var kept: [UInt8] = []
    private var state = State.start
    /// A line feed and what may be the beginning of a message behind it.
    private var pending: [UInt8] = []

    private enum State: Sendable {
        /// Before a message.
        case start
        /// In a message of which so many bytes are still to come.
        case counted(left: Int, isCut: Bool)
        /// In a message that ends at a line feed.
        case line(isCut: Bool)
        /// Behind a line feed, which may belong to the message.
        case lineFeed(isCut: Bool)
    }

    /// A message of this many digits' length is counted; more digits are text.
    private static let mostDigits = 8

    /// Splits a stream from its beginning.
    package init(limit: Int = LogLimits().bodyBytes, style: Style = .lines) {
        self.limit = limit
        self.style = style
    }

    /// Whether the beginning of a message is held back.
    package var hasRest: Bool { if case .start = state { !kept.isEmpty } else { true } }

    /// Takes the next bytes of the stream and hands on every message that ends in them.
    package mutating func append(_ bytes: some Collection<UInt8>, _ take: (Frame) -> Void) {
        var rest = Array(bytes)[...]
        while !rest.isEmpty {
            switch state {
            case .start: begin(&rest)
            case .counted(let left, let isCut): count(&rest, left, isCut, take)
            case .line(let isCut): line(&rest, isCut, take)
            case .lineFeed(let isCut): lineFeed(&rest, isCut, take)
            }
        }
    }

    /// Hands on what is left.
    package mutating func finish(_ take: (Frame) -> Void) {
        defer { state = .start }
        switch state {
        case .start: hand(isCut: false, take)
        // The connection ended in the middle of the message.
        case .counted: hand(isCut: true, take)
        case .line(let isCut): hand(isCut: isCut, take)
        case .lineFeed(let isCut):
            let isNowCut = keep(pending) || isCut
            pending = []
            hand(isCut: isNowCut, take)
        }
    }

    /// Decides how the next message is framed, once enough of it is there.
    private mutating func begin(_ rest: inout ArraySlice<UInt8>) {
        guard let byte = rest.first else { return }
        if byte == UInt8(ascii: "\n"), !kept.isEmpty {
            state = .line(isCut: shorten())
            return
        }
        rest = rest.dropFirst()
        // Between messages some senders have line feeds, blanks or zeros too many.
        if kept.isEmpty, byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") || byte == 0 { return }
        kept.append(byte)
        if let length = Self.count(of: kept[...]) {
            kept = [byte]
            state = length > 1 ? .counted(left: length - 1, isCut: false) : .start
        } else if !Self.mayBecomeCount(kept[...]) {
            state = .line(isCut: shorten())
        }
    }

    /// Cuts off what was held back beyond the limit; says whether there was any.
    private mutating func shorten() -> Bool {
        guard kept.count > limit else { return false }
        kept.removeLast(kept.count - limit)
        return true
    }

    private mutating func count(
        _ rest: inout ArraySlice<UInt8>, _ left: Int, _ isCut: Bool, _ take: (Frame) -> Void
    ) {
        let part = rest.prefix(left)
        let isNowCut = keep(part) || isCut
        rest = rest.dropFirst(part.count)
        guard part.count == left else {
            state = .counted(left: left - part.count, isCut: isNowCut)
            return
        }
        state = .start
        hand(isCut: isNowCut, take)
    }

    private mutating func line(_ rest: inout ArraySlice<UInt8>, _ isCut: Bool, _ take: (Frame) -> Void) {
        guard let feed = rest.firstIndex(of: UInt8(ascii: "\n")) else {
            state = .line(isCut: keep(rest) || isCut)
            rest = []
            return
        }
        let isNowCut = keep(rest[..<feed]) || isCut
        rest = rest[(feed + 1)...]
        if style == .multiline {
            state = .lineFeed(isCut: isNowCut)
            pending = [UInt8(ascii: "\n")]
        } else {
            state = .start
            hand(isCut: isNowCut, take)
        }
    }

    private mutating func lineFeed(_ rest: inout ArraySlice<UInt8>, _ isCut: Bool, _ take: (Frame) -> Void) {
        guard let byte = rest.first else { return }
        let behind = pending.dropFirst() + [byte]
        if Self.isPriority(behind) || Self.count(of: behind) != nil {
            hand(isCut: isCut, take)
            kept = Array(behind)
            state = .line(isCut: false)
            if let length = Self.count(of: behind) {
                kept = [byte]
                state = length > 1 ? .counted(left: length - 1, isCut: false) : .start
            } else if shorten() {
                state = .line(isCut: true)
            }
        } else if Self.mayBecomePriority(behind) || Self.mayBecomeCount(behind) {
            pending.append(byte)
            rest = rest.dropFirst()
            return
        } else {
            // All before this byte is text; this one may be the next line feed.
            state = .line(isCut: keep(pending) || isCut)
            pending = []
            return
        }
        pending = []
        rest = rest.dropFirst()
    }

    private static func isPriority(_ bytes: ArraySlice<UInt8>) -> Bool {
        bytes.first == UInt8(ascii: "<") && (3...5).contains(bytes.count) && bytes.last == UInt8(ascii: ">")
            && bytes.dropFirst().dropLast().allSatisfy(isDigit)
    }

    /// Whether `<n>` may still come of these bytes.
    private static func mayBecomePriority(_ bytes: ArraySlice<UInt8>) -> Bool {
        bytes.first == UInt8(ascii: "<") && bytes.count <= 4 && bytes.dropFirst().allSatisfy(isDigit)
    }

    /// The length that `n <` tells; nil when it is none.
    private static func count(of bytes: ArraySlice<UInt8>) -> Int? {
        let digits = bytes.dropLast(2)
        guard mayBecomeCount(digits), !digits.isEmpty, digits.last != 0x20, bytes.dropLast().last == 0x20,
            bytes.last == UInt8(ascii: "<")
        else { return nil }
        return Int(String(decoding: digits, as: UTF8.self))
    }

    /// Whether `n <` may still come of these bytes.
    private static func mayBecomeCount(_ bytes: ArraySlice<UInt8>) -> Bool {
        let digits = bytes.prefix(while: isDigit).count
        return bytes.first != UInt8(ascii: "0") && digits <= mostDigits
            && (bytes.count == digits || (digits > 0 && bytes.count == digits + 1 && bytes.last == 0x20))
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    /// Keeps what there is room for; says whether something was left out.
    private mutating func keep(_ bytes: some Collection<UInt8>) -> Bool {
        let room = max(0, limit - kept.count)
        kept.append(contentsOf: bytes.prefix(room))
        return bytes.count > room
    }

    private mutating func hand(isCut: Bool, _ take: (Frame) -> Void) {
        // Zeros and line ends behind a message are no part of it (RFC 6587, 3.4.2).
        var frame = kept[...]
        if !isCut { while let last = frame.last, last == 0 || last == 0x0a || last == 0x0d { frame.removeLast() } }
        if !frame.isEmpty { take(Frame(bytes: Array(frame), isCut: isCut)) }
        kept.removeAll(keepingCapacity: kept.capacity <= 1 << 16)
    }
}
