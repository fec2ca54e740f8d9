/// How values are written as text.
enum CELText {
    /// A double without a needless `.0` and with an exponent only beyond 10^21: `5`, `0.1`, `1e+22`, `NaN`, `Infinity`.
    static func string(_ number: Double) -> String {
        if number.isNaN { return "NaN" }
        if number.isInfinite { return number < 0 ? "-Infinity" : "Infinity" }
        let text = "\(number)"
        if text.hasSuffix(".0") { return String(text.dropLast(2)) }
        // Swift turns to exponents at 2^53 already.
        if number.magnitude < largestPlain, number == number.rounded(), let whole = Int128(exactly: number) {
            return String(whole)
        }
        return text
    }

    /// Where whole doubles begin to be written with an exponent; the bound of JavaScript and Go.
    private static let largestPlain = 1e21

    /// The string in double quotes, with escapes for what can't stand in them. Other scalars stay as they are.
    static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            let isPlain = scalar.value >= 0x20 && scalar.value != 0x7F && scalar != "\"" && scalar != "\\"
            if isPlain {
                result.unicodeScalars.append(scalar)
            } else {
                result += escapes[scalar] ?? "\\x" + hexadecimal(UInt8(scalar.value))
            }
        }
        return result + "\""
    }

    private static let escapes: [Unicode.Scalar: String] = [
        "\u{7}": "\\a", "\u{8}": "\\b", "\u{C}": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\u{B}": "\\v",
        "\\": "\\\\", "\"": "\\\"",
    ]

    /// Two hexadecimal digits for each byte.
    static func hexadecimal(_ bytes: some Collection<UInt8>) -> String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        text.reserveCapacity(2 * bytes.count)
        for byte in bytes {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Two hexadecimal digits.
    static func hexadecimal(_ byte: UInt8) -> String {
        (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }
}
