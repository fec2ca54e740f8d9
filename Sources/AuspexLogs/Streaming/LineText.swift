/// What a line holds beside text, and the line without what steers a terminal.
enum LineText {
    /// What was found in a line.
    struct Finding: OptionSet {
        let rawValue: UInt8

        /// Escape sequences, as programs write them that colour their output.
        static let escapes = Finding(rawValue: 1)
        /// NUL, or bytes that are not UTF-8.
        static let noText = Finding(rawValue: 2)
    }

    private static let escape: UInt8 = 0x1b

    /// Looks through a line; linear in its bytes.
    static func inspect(_ line: Span<UInt8>) -> Finding {
        var finding: Finding = []
        var isASCII = true
        for index in line.indices {
            let byte = line[index]
            if byte >= 0x80 { isASCII = false }
            if byte == escape { finding.insert(.escapes) }
            if byte == 0 { finding.insert(.noText) }
        }
        if !isASCII, line.withUnsafeBufferPointer({ String(validating: $0, as: UTF8.self) == nil }) {
            finding.insert(.noText)
        }
        return finding
    }

    /// The line without its escape sequences (ECMA-48): `ESC [` up to a letter or the like, `ESC ]` up to BEL or `ESC \`,
    /// and `ESC` with one byte.
    static func withoutEscapes(_ line: Span<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(line.count)
        var index = 0
        while index < line.count {
            guard line[index] == escape else {
                result.append(line[index])
                index += 1
                continue
            }
            switch line.peek(index + 1) {
            case UInt8(ascii: "["):
                let end = line.end(from: index + 2) { (0x20..<0x40).contains($0) }
                index = min(end + 1, line.count)
            case UInt8(ascii: "]"):
                let end = line.end(from: index + 2) { $0 != 0x07 && $0 != escape }
                index = min(line.peek(end) == escape ? end + 2 : end + 1, line.count)
            default: index = min(index + 2, line.count)
            }
        }
        return result
    }
}
