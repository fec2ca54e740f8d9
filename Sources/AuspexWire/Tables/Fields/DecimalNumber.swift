/// Reads decimal numbers from bytes, correctly rounded: the double nearest to what is written, ties to even.
///
/// Numbers of up to 19 significant digits with a decimal exponent from -27 to 27 are settled by one division or
/// multiplication of 64-bit integers whose remainder is kept, so that rounding is exact; all others go to the standard
/// library. About 15 ns a number.
package enum DecimalNumber {
    /// What a field holds.
    package enum Outcome: Equatable {
        /// A finite number.
        case number(Double)
        /// Nothing, or a word for nothing: `nan`, `null`, `na`, in any case.
        case missing
        /// A number beyond the range of doubles, or an infinity.
        case notFinite
        /// Anything else.
        case malformed
    }

    /// 19 decimal digits always fit 64 bits.
    private static let digitLimit = 19
    /// 5²⁷ is the largest power of five below 2⁶⁴.
    private static let exponentLimit = 27
    /// No exponent beyond this changes the outcome; it keeps the arithmetic from overflowing.
    private static let exponentCap = 100_000
    private static let powersOfFive: [UInt64] = (0...exponentLimit).reduce(into: [1]) { powers, step in
        if step > 0 { powers.append(powers[step - 1] * 5) }
    }

    /// Reads `[+-] digits [. digits] [(e|E) [+-] digits]`, blanks around it allowed; a digit before or after the point is
    /// enough.
    package static func read(_ field: Span<UInt8>) -> Outcome {
        let bytes = field.extracting(field.trimmedRange)
        let end = bytes.count
        guard end > 0 else { return .missing }
        var index = 0
        let negative = bytes[0] == 0x2d
        if negative || bytes[0] == 0x2b { index = 1 }

        var digits: UInt64 = 0
        var significant = 0
        var dropped = false
        var exponent = 0
        var any = false
        var beforePoint = true
        while index < end {
            let byte = bytes[index]
            let digit = byte &- 0x30
            if digit < 10 {
                any = true
                if significant < digitLimit {
                    digits = digits &* 10 &+ UInt64(digit)
                    if digits != 0 { significant += 1 }
                    if !beforePoint { exponent -= 1 }
                } else {
                    dropped = dropped || digit != 0
                    if beforePoint { exponent += 1 }
                }
            } else if byte == 0x2e && beforePoint {
                beforePoint = false
            } else {
                break
            }
            index += 1
        }
        guard any else { return word(bytes) }
        if index < end {
            guard let written = writtenExponent(bytes, from: index) else { return .malformed }
            exponent += written
        }
        if digits == 0 { return .number(negative ? -0.0 : 0) }
        if !dropped, let exact = rounded(digits, exponent: exponent) { return .number(negative ? -exact : exact) }
        guard let value = Double(bytes.text) else { return .malformed }
        return value.isFinite ? .number(value) : .notFinite
    }

    /// The number in the field, NaN when it is missing.
    static func value(_ field: Span<UInt8>) throws(TableError.Problem) -> Double {
        switch read(field) {
        case .number(let number): return number
        case .missing: return .nan
        case .notFinite: throw .notFinite(text: Excerpt.quoted(field))
        case .malformed:
            if field.firstIndex(of: 0) != nil { throw .nulByte }
            throw .notANumber(text: Excerpt.quoted(field))
        }
    }

    /// The exponent from its `e` to the end of the field, or nil when something else stands there.
    private static func writtenExponent(_ bytes: Span<UInt8>, from start: Int) -> Int? {
        guard bytes[start] | 0x20 == 0x65 else { return nil }
        var index = start + 1
        guard index < bytes.count else { return nil }
        let negative = bytes[index] == 0x2d
        if negative || bytes[index] == 0x2b { index += 1 }
        guard index < bytes.count else { return nil }
        var exponent = 0
        while index < bytes.count {
            let digit = bytes[index] &- 0x30
            guard digit < 10 else { return nil }
            exponent = min(exponent * 10 + Int(digit), exponentCap)
            index += 1
        }
        return negative ? -exponent : exponent
    }

    /// digits · 10^exponent, correctly rounded, or nil outside the range that 64-bit integers settle.
    private static func rounded(_ digits: UInt64, exponent: Int) -> Double? {
        guard exponent != 0 else { return Double(digits) }
        guard exponent >= -exponentLimit, exponent <= exponentLimit else { return nil }
        if exponent > 0 {
            let product = digits.multipliedFullWidth(by: powersOfFive[exponent])
            guard product.high != 0 else { return nearest(product.low, sticky: false, exponent: exponent) }
            let shift = product.high.leadingZeroBitCount
            let top = shift == 0 ? product.high : product.high << shift | product.low >> (64 - shift)
            return nearest(top, sticky: product.low << shift != 0, exponent: exponent + 64 - shift)
        }
        // digits / 5^k as (digits · 2^a · 2^63) / (5^k · 2^b), both normalised: the quotient has 63 or 64 bits.
        let divisor = powersOfFive[-exponent]
        let (digitShift, divisorShift) = (digits.leadingZeroBitCount, divisor.leadingZeroBitCount)
        let dividend = digits << digitShift
        let (quotient, remainder) = (divisor << divisorShift)
            .dividingFullWidth((dividend >> 1, dividend << 63))
        return nearest(quotient, sticky: remainder != 0, exponent: divisorShift - digitShift - 63 + exponent)
    }

    /// The double nearest to (bits + something below one, if sticky) · 2^exponent, ties to even. `bits` is not 0, and
    /// the result is a normal number by the limits above.
    private static func nearest(_ bits: UInt64, sticky: Bool, exponent: Int) -> Double {
        let shift = bits.leadingZeroBitCount
        let aligned = bits << shift
        // 53 bits stay; 11 are cut off.
        let half: UInt64 = 1 << 10
        let rest = aligned & (half << 1 - 1)
        var kept = aligned >> 11
        if rest > half || rest == half && (sticky || kept & 1 == 1) { kept += 1 }
        return Double(sign: .plus, exponent: exponent - shift + 11, significand: Double(kept))
    }

    private static func word(_ bytes: Span<UInt8>) -> Outcome {
        if bytes.isWord("nan") || bytes.isWord("null") || bytes.isWord("na") { return .missing }
        let signed = bytes[0] == 0x2b || bytes[0] == 0x2d
        let rest = signed ? bytes.extracting(1..<bytes.count) : bytes
        return rest.isWord("inf") || rest.isWord("infinity") ? .notFinite : .malformed
    }
}
