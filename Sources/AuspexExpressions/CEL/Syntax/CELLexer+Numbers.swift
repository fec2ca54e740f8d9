extension CELLexer {
    /// Reads a number: `12`, `0x1f`, `12u`, `1.5`, `.5`, `1e-3`.
    mutating func number(at start: TextPosition) throws(CELError) -> CELToken.Kind {
        let first = offset
        if peek() == UInt8(ascii: "0"), peek(1) == UInt8(ascii: "x") || peek(1) == UInt8(ascii: "X") {
            offset += 2
            let digits = offset
            while let byte = peek(), byte.hexDigit != nil { offset += 1 }
            return try wholeNumber(digits: digits, radix: 16, at: start)
        }
        skipDigits()
        var isWhole = true
        if peek() == UInt8(ascii: "."), peek(1)?.isDigit ?? false {
            isWhole = false
            offset += 1
            skipDigits()
        }
        if hasExponent {
            isWhole = false
            offset += 2
            skipDigits()
        }
        if isWhole { return try wholeNumber(digits: first, radix: 10, at: start) }
        try refuseLetter(at: start)
        let text = String(decoding: bytes[first..<offset], as: UTF8.self)
        guard let number = Double(text), number.isFinite else {
            throw CELError(.syntax, "\(text) exceeds the range of double", at: start)
        }
        return .literal(.double(number))
    }

    private mutating func wholeNumber(digits: Int, radix: Int, at start: TextPosition) throws(CELError) -> CELToken.Kind
    {
        let text = String(decoding: bytes[digits..<offset], as: UTF8.self)
        let isUnsigned = peek() == UInt8(ascii: "u") || peek() == UInt8(ascii: "U")
        if isUnsigned { offset += 1 }
        try refuseLetter(at: start)
        guard !text.isEmpty else { throw CELError(.syntax, "0x needs hexadecimal digits after it", at: start) }
        guard let number = UInt64(text, radix: radix) else {
            throw CELError(.syntax, "\(text.prefix(40)) exceeds the range of a 64-bit number", at: start)
        }
        return isUnsigned ? .literal(.uint(number)) : .integer(number)
    }

    private func refuseLetter(at start: TextPosition) throws(CELError) {
        if let byte = peek(), byte.isLetter || byte.isDigit {
            throw CELError(.syntax, "a number can't be followed by a letter", at: start)
        }
    }

    private mutating func skipDigits() {
        while let byte = peek(), byte.isDigit { offset += 1 }
    }

    /// Whether an exponent with at least one digit comes next.
    private var hasExponent: Bool {
        guard peek() == UInt8(ascii: "e") || peek() == UInt8(ascii: "E"), let next = peek(1) else { return false }
        let isSign = next == UInt8(ascii: "+") || next == UInt8(ascii: "-")
        return isSign ? peek(2)?.isDigit ?? false : next.isDigit
    }
}
