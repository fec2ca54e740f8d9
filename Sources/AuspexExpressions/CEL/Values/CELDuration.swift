package import AuspexSignals

/// A length of time in nanoseconds, which covers about ±292 years.
package struct CELDuration: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The length; negative towards the past.
    package let nanoseconds: Int64

    /// A length of `nanoseconds`.
    package init(nanoseconds: Int64) {
        self.nanoseconds = nanoseconds
    }

    /// The span, clamped to what fits.
    package init(_ span: TimeSpan) {
        let (product, overflow) = span.milliseconds.multipliedReportingOverflow(by: 1_000_000)
        nanoseconds = overflow ? (span.milliseconds > 0 ? .max : .min) : product
    }

    package static func < (left: CELDuration, right: CELDuration) -> Bool { left.nanoseconds < right.nanoseconds }

    /// Seconds with as many decimals as are needed: `1.5s`.
    package var description: String {
        let magnitude = nanoseconds.magnitude
        let whole = magnitude / UInt64(CELTimestamp.nanosecondsPerSecond)
        let rest = Int64(magnitude % UInt64(CELTimestamp.nanosecondsPerSecond))
        return "\(nanoseconds < 0 ? "-" : "")\(whole)\(CELTimestamp.fraction(rest))s"
    }

    /// What a unit is worth, in nanoseconds. Days and weeks are ours, so that rules say `7d` as configuration does.
    private static let units: [String: Int64] = [
        "ns": 1, "us": 1_000, "µs": 1_000, "μs": 1_000, "ms": 1_000_000, "s": 1_000_000_000, "m": 60_000_000_000,
        "h": 3_600_000_000_000, "d": 86_400_000_000_000, "w": 604_800_000_000_000,
    ]

    /// Parses numbers with units, such as `1h30m`, `-1.5s` or `250ms`, or a bare `0`. nil for anything else, and for more
    /// than fits.
    package init?(_ text: String) {
        var reader = ByteReader(text)
        let isNegative = reader.take("-")
        if !isNegative { _ = reader.take("+") }
        if text == "0" || text == "-0" || text == "+0" {
            nanoseconds = 0
            return
        }
        var total: Int64 = 0
        repeat {
            guard let part = Self.part(from: &reader) else { return nil }
            // Summed below zero, because the range reaches one further there.
            let (sum, overflow) = total.subtractingReportingOverflow(part)
            guard !overflow else { return nil }
            total = sum
        } while !reader.isAtEnd
        guard isNegative || total != .min else { return nil }
        nanoseconds = isNegative ? total : -total
    }

    /// One number and its unit, in nanoseconds.
    private static func part(from reader: inout ByteReader) -> Int64? {
        var whole: Int64 = 0
        var hasDigits = false
        while let digit = reader.digit() {
            let (product, overflow) = whole.multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.addingReportingOverflow(digit)
            guard !overflow, !carry else { return nil }
            whole = sum
            hasDigits = true
        }
        var billionths: Int64 = 0
        if reader.take(".") {
            if let decimals = reader.decimals(9) {
                billionths = decimals
                hasDigits = true
            }
            while reader.digit() != nil {}
        }
        guard hasDigits, let unit = units[reader.letters()] else { return nil }
        let (product, overflow) = whole.multipliedReportingOverflow(by: unit)
        // The product of both may need more than 64 bits; the quotient is less than the unit.
        let nanosecondsPerSecond = CELTimestamp.nanosecondsPerSecond
        let fraction = nanosecondsPerSecond.dividingFullWidth(billionths.multipliedFullWidth(by: unit)).quotient
        let (sum, carry) = product.addingReportingOverflow(fraction)
        return overflow || carry ? nil : sum
    }
}
