import AuspexSignals

/// Lengths of time as Prometheus writes them: `5m`, `1h30m`, `1d`, `2w`, `1y` (365 days), `250ms`; largest unit first.
enum PromQLDuration {
    /// The units, largest first, in milliseconds.
    private static let units: [(name: String, milliseconds: Int64)] = [
        ("y", 31_536_000_000), ("w", 604_800_000), ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000),
        ("ms", 1),
    ]

    /// The longest that Prometheus knows: what its nanoseconds in 64 bits hold.
    private static let longest = Int64.max / 1_000_000

    /// Reads `text`; nil for anything else and for what is too long for Prometheus. A bare `0` needs no unit.
    static func span(_ text: some StringProtocol) -> TimeSpan? {
        if text == "0" { return .zero }
        var rest = text.utf8[...]
        var total: Int64 = 0
        var nextUnit = 0
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            let digits = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            rest = rest[digits.endIndex...]
            let letters = rest.prefix { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) }
            rest = rest[letters.endIndex...]
            let name = String(decoding: letters, as: UTF8.self)
            guard let number = Int64(String(decoding: digits, as: UTF8.self)),
                let unit = units[nextUnit...].firstIndex(where: { $0.name == name })
            else { return nil }
            nextUnit = unit + 1
            let (product, overflow) = number.multipliedReportingOverflow(by: units[unit].milliseconds)
            let (sum, carry) = total.addingReportingOverflow(product)
            guard !overflow, !carry, sum <= longest else { return nil }
            total = sum
        }
        return TimeSpan(milliseconds: total)
    }
}
