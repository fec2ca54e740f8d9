/// A length of time in whole milliseconds, written with a unit: `250ms`, `30s`, `5m`, `1h30m`, `7d`, `2w`.
public struct TimeSpan: Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
    /// Length in milliseconds; may be negative as the difference of two moments.
    public var milliseconds: Int64

    /// No time at all.
    public static let zero = TimeSpan(milliseconds: 0)

    /// Creates a span of `milliseconds`.
    public init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    /// A span of `count` seconds.
    public static func seconds(_ count: Int64) -> TimeSpan { TimeSpan(milliseconds: count * 1_000) }

    /// A span of `count` minutes.
    public static func minutes(_ count: Int64) -> TimeSpan { TimeSpan(milliseconds: count * 60_000) }

    /// A span of `count` hours.
    public static func hours(_ count: Int64) -> TimeSpan { TimeSpan(milliseconds: count * 3_600_000) }

    /// Units in the order in which they may follow one another, largest first.
    private static let units: [(name: String, milliseconds: Int64)] = [
        ("w", 604_800_000), ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1),
    ]

    /// Parses `5m` or `1h30m`: whole non-negative numbers, each with a unit, largest unit first.
    ///
    /// Returns nil for anything else, also for a bare number: a length without its unit is a mistake waiting to happen.
    public init?(_ text: String) {
        var rest = text.utf8[...]
        var total: Int64 = 0
        var nextUnit = 0
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            let digits = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            guard let number = Int64(String(Substring(digits))) else { return nil }
            rest = rest[digits.endIndex...]
            let letters = rest.prefix { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) }
            let name = String(Substring(letters))
            rest = rest[letters.endIndex...]
            guard let unit = Self.units[nextUnit...].firstIndex(where: { $0.name == name }) else { return nil }
            nextUnit = unit + 1
            let (product, overflow) = number.multipliedReportingOverflow(by: Self.units[unit].milliseconds)
            let (sum, carry) = total.addingReportingOverflow(product)
            guard !overflow, !carry else { return nil }
            total = sum
        }
        milliseconds = total
    }

    /// The shortest form that ``init(_:)`` reads back, such as `1h30m`; a negative span has a leading minus.
    public var description: String {
        guard milliseconds != 0 else { return "0s" }
        var text = milliseconds < 0 ? "-" : ""
        var rest = milliseconds.magnitude
        for unit in Self.units where unit.name != "w" {
            let count = rest / UInt64(unit.milliseconds)
            if count > 0 { text += "\(count)\(unit.name)" }
            rest %= UInt64(unit.milliseconds)
        }
        return text
    }

    /// Orders by length.
    public static func < (left: TimeSpan, right: TimeSpan) -> Bool {
        left.milliseconds < right.milliseconds
    }
}
