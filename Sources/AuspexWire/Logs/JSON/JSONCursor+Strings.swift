extension JSONCursor {
    /// Reads a string. Bytes that are not UTF-8, and halves of surrogate pairs, become U+FFFD.
    mutating func string() throws(LogWireError) -> String {
        let (range, isEscaped) = try stringRange()
        let content = UnsafeRawBufferPointer(rebasing: bytes[range])
        guard isEscaped else { return String(decoding: content, as: UTF8.self) }
        return unescaped(content)
    }

    /// Passes over a string, and gives the bytes between its quotes.
    mutating func stringRange() throws(LogWireError) -> (range: Range<Int>, isEscaped: Bool) {
        guard try kind() == .string else { throw failure("expected a string") }
        let start = position + 1
        var index = start
        var isEscaped = false
        while index < end {
            switch bytes[index] {
            case UInt8(ascii: "\""):
                advance(to: index + 1)
                return (start..<index, isEscaped)
            case UInt8(ascii: "\\"):
                isEscaped = true
                let length = try escapeLength(at: index)
                index += length
            case 0..<0x20:
                advance(to: index)
                throw failure("a control character inside a string")
            default: index += 1
            }
        }
        throw failure("the string does not end")
    }

    private mutating func escapeLength(at index: Int) throws(LogWireError) -> Int {
        guard index + 1 < end else { throw failure("the string does not end") }
        switch bytes[index + 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            return 2
        case UInt8(ascii: "u"):
            if index + 6 <= end, hexadecimal(bytes[index + 2..<index + 6]) != nil { return 6 }
            fallthrough
        default:
            advance(to: index)
            throw failure("an escape that JSON does not have")
        }
    }

    private func unescaped(_ content: UnsafeRawBufferPointer) -> String {
        var text: [UInt8] = []
        text.reserveCapacity(content.count)
        var index = 0
        while index < content.count {
            guard content[index] == UInt8(ascii: "\\") else {
                text.append(content[index])
                index += 1
                continue
            }
            switch content[index + 1] {
            case UInt8(ascii: "b"): text.append(0x08)
            case UInt8(ascii: "f"): text.append(0x0c)
            case UInt8(ascii: "n"): text.append(0x0a)
            case UInt8(ascii: "r"): text.append(0x0d)
            case UInt8(ascii: "t"): text.append(0x09)
            case UInt8(ascii: "u"):
                let (scalar, length) = unicode(content, at: index)
                text.append(contentsOf: String(Character(scalar)).utf8)
                index += length - 2
            default: text.append(content[index + 1])
            }
            index += 2
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// The scalar of `\uXXXX` or of a surrogate pair, and how many bytes it takes.
    private func unicode(_ content: UnsafeRawBufferPointer, at index: Int) -> (Unicode.Scalar, Int) {
        let high = hexadecimal(content[index + 2..<index + 6]) ?? 0xfffd
        if let scalar = Unicode.Scalar(high) { return (scalar, 6) }
        let next = index + 6
        if high < 0xdc00, next + 6 <= content.count, content[next] == UInt8(ascii: "\\"),
            content[next + 1] == UInt8(ascii: "u"), let low = hexadecimal(content[next + 2..<next + 6]),
            (0xdc00...0xdfff).contains(low),
            let scalar = Unicode.Scalar(0x1_0000 + (high - 0xd800) << 10 + (low - 0xdc00))
        {
            return (scalar, 12)
        }
        return ("\u{fffd}", 6)
    }

    private func hexadecimal(_ digits: Slice<UnsafeRawBufferPointer>) -> UInt32? {
        var value: UInt32 = 0
        for byte in digits {
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 0x80 else { return nil }
            value = value << 4 | UInt32(digit)
        }
        return value
    }
}
