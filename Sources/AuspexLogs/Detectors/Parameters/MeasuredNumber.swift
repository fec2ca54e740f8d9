#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Reads a number with or without a unit, such as `512`, `-3.5e2`, `1.2ms` or `64KiB`.
enum MeasuredNumber {
    /// Longer texts are no measurements.
    private static let longest = 32
    /// Seconds and bytes, so that `900ms` and `1.1s` are near each other; a percent is a number as it stands.
    private static let units: [(name: StaticString, factor: Double)] = [
        ("ns", 1e-9), ("us", 1e-6), ("ms", 1e-3), ("s", 1), ("sec", 1), ("secs", 1), ("m", 60), ("min", 60),
        ("h", 3_600), ("b", 1), ("kb", 1e3), ("mb", 1e6), ("gb", 1e9), ("tb", 1e12), ("kib", 1_024),
        ("mib", 1_048_576), ("gib", 1_073_741_824), ("%", 1),
    ]

    /// The number in seconds, bytes or as it stands; nil for anything that is not one.
    static func read(_ text: Span<UInt8>) -> Double? {
        guard text.count > 0, text.count <= longest else { return nil }
        var position = 0
        let isNegative = text[0] == UInt8(ascii: "-")
        if isNegative || text[0] == UInt8(ascii: "+") { position = 1 }
        var (mantissa, digits, exponent) = (0.0, 0, 0)
        var isFraction = false
        while position < text.count {
            let byte = text[position]
            if byte == UInt8(ascii: "."), !isFraction {
                isFraction = true
            } else if (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) {
                mantissa = mantissa * 10 + Double(byte - UInt8(ascii: "0"))
                digits += 1
                if isFraction { exponent -= 1 }
            } else {
                break
            }
            position += 1
        }
        guard digits > 0 else { return nil }
        exponent += readExponent(text, &position)
        guard let factor = factor(text.extracting(position..<text.count)) else { return nil }
        let value = mantissa * pow(10, Double(exponent)) * factor
        return value.isFinite ? (isNegative ? -value : value) : nil
    }

    /// What follows an `e`, if that is a number; otherwise the `e` begins the unit.
    private static func readExponent(_ text: Span<UInt8>, _ position: inout Int) -> Int {
        guard position < text.count, text[position] | 0x20 == UInt8(ascii: "e") else { return 0 }
        var next = position + 1
        let isNegative = next < text.count && text[next] == UInt8(ascii: "-")
        if isNegative || next < text.count && text[next] == UInt8(ascii: "+") { next += 1 }
        let first = next
        var exponent = 0
        while next < text.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(text[next]) {
            exponent = min(exponent * 10 + Int(text[next] - UInt8(ascii: "0")), 1_000)
            next += 1
        }
        guard next > first else { return 0 }
        position = next
        return isNegative ? -exponent : exponent
    }

    private static func factor(_ unit: Span<UInt8>) -> Double? {
        if unit.count == 0 { return 1 }
        return units.first { name, _ in
            name.utf8CodeUnitCount == unit.count
                && unit.indices.allSatisfy { (unit[$0] | 0x20) == (name.utf8Start[$0] | 0x20) }
        }?.factor
    }
}
