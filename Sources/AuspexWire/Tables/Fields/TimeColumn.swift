package import AuspexSignals

/// How the times of a table are written.
package enum TimeFormat: String, Hashable, Sendable, CustomStringConvertible {
    /// `2026-03-01T12:00:00Z`
    case iso8601
    /// Seconds since 1970, also with a fraction.
    case seconds
    /// Milliseconds since 1970.
    case milliseconds
    /// Microseconds since 1970.
    case microseconds
    /// Nanoseconds since 1970.
    case nanoseconds

    /// The name for messages.
    package var description: String { self == .iso8601 ? "ISO 8601" : "\(rawValue) since 1970" }

    /// The unit that a number of this size must be in: seconds reach 1e11 in the year 5138, which in milliseconds was
    /// 1973, and so on up by a thousand each.
    fileprivate init(magnitude: Double) {
        switch magnitude {
        case ..<1e11: self = .seconds
        case ..<1e14: self = .milliseconds
        case ..<1e17: self = .microseconds
        default: self = .nanoseconds
        }
    }

    fileprivate func milliseconds(_ number: Int64) -> Int64? {
        switch self {
        case .iso8601: nil
        case .milliseconds: number
        case .seconds: number.magnitude > UInt64(Int64.max / 1_000) ? nil : number * 1_000
        case .microseconds: number.flooredQuotient(by: 1_000)
        case .nanoseconds: number.flooredQuotient(by: 1_000_000)
        }
    }

    fileprivate func milliseconds(_ number: Double) -> Int64? {
        switch self {
        case .iso8601: nil
        case .seconds: Int64(exactly: (number * 1_000).rounded())
        case .milliseconds: Int64(exactly: number.rounded(.down))
        case .microseconds: Int64(exactly: (number / 1_000).rounded(.down))
        case .nanoseconds: Int64(exactly: (number / 1_000_000).rounded(.down))
        }
    }
}

extension Int64 {
    fileprivate func flooredQuotient(by divisor: Int64) -> Int64 {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }
}

/// Reads a table's times, all in the form of the first. Numbers keep the unit of the first row, whatever their size; only a
/// jump that would be one to another unit is refused.
package struct TimeColumn: Sendable {
    /// The form, once the first time is read.
    package private(set) var format: TimeFormat?
    /// The unit of numbers that the user gave.
    private let unit: TimeFormat?
    /// The size of the number before.
    private var magnitude = 0.0
    /// Units are a thousand apart; a number this many times larger or smaller than the one before is in another one if its
    /// size says so, too.
    private static let unitJump = 100.0
    /// Later and earlier times are no times: in milliseconds, the year 5138.
    private static let furthest: UInt64 = 100_000_000_000_000
    /// The last date in ISO 8601 and its midnight: dates repeat, and the calendar's arithmetic need not.
    private var date: [UInt8] = []
    private var midnight: Int64 = 0
    private static let dateLength = 10

    /// Creates a reader that has seen nothing yet.
    ///
    /// - Parameter unit: what numbers count; nil takes the unit that fits the first one's size.
    package init(unit: TimeFormat? = nil) {
        self.unit = unit
    }

    /// The time in the field.
    package mutating func read(_ field: Span<UInt8>) throws(TableError.Problem) -> Timestamp {
        let bytes = field.extracting(field.trimmedRange)
        if let integer = Self.integer(bytes) {
            return try moment(settle(size: Double(integer.magnitude), bytes).milliseconds(integer), field)
        }
        if let milliseconds = iso8601(bytes) {
            _ = try settle(.iso8601, bytes)
            return Timestamp(milliseconds: milliseconds)
        }
        guard case .number(let number) = DecimalNumber.read(bytes) else { throw .notATime(text: Excerpt.quoted(field)) }
        return try moment(settle(size: number.magnitude, bytes).milliseconds(number), field)
    }

    private func moment(_ milliseconds: Int64?, _ field: Span<UInt8>) throws(TableError.Problem) -> Timestamp {
        guard let milliseconds, milliseconds.magnitude <= Self.furthest else {
            throw .notATime(text: Excerpt.quoted(field))
        }
        return Timestamp(milliseconds: milliseconds)
    }

    /// The unit of a number of this size.
    private mutating func settle(size: Double, _ bytes: Span<UInt8>) throws(TableError.Problem) -> TimeFormat {
        let guessed = TimeFormat(magnitude: size)
        let isJump = size > Self.unitJump * magnitude || magnitude > Self.unitJump * size
        let found = unit ?? (isJump ? guessed : format ?? guessed)
        let settled = try settle(found, bytes)
        magnitude = size
        return settled
    }

    private mutating func settle(_ found: TimeFormat, _ bytes: Span<UInt8>) throws(TableError.Problem) -> TimeFormat {
        if let format {
            guard format == found else { throw .mixedTimes(text: Excerpt.quoted(bytes), first: "\(format)") }
        } else {
            format = found
        }
        return found
    }

    /// A whole number of at most 19 digits that fits 64 bits, or nil.
    private static func integer(_ bytes: Span<UInt8>) -> Int64? {
        guard bytes.count > 0 else { return nil }
        let negative = bytes[0] == 0x2d
        var index = negative ? 1 : 0
        guard index < bytes.count, bytes.count - index <= 19 else { return nil }
        var value: Int64 = 0
        while index < bytes.count {
            let digit = bytes[index] &- 0x30
            guard digit < 10 else { return nil }
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.addingReportingOverflow(Int64(digit))
            guard !overflow, !carry else { return nil }
            value = sum
            index += 1
        }
        return negative ? -value : value
    }

    /// `YYYY-MM-DD?HH:MM:SS`, `Z` or nothing after it, by hand with the date remembered; the rest by the general reader.
    private mutating func iso8601(_ field: Span<UInt8>) -> Int64? {
        // Some published data sets end every time in a second `Z`.
        let isDoubled = field.count > 1 && field[field.count - 1] == 0x5a && field[field.count - 2] == 0x5a
        let bytes = field.extracting(0..<(isDoubled ? field.count - 1 : field.count))
        let length = Self.dateLength
        guard bytes.count > length else { return Timestamp(iso8601: bytes.text)?.milliseconds }
        let written = bytes.extracting(0..<length)
        if !written.isEqual(to: date) {
            guard let day = Timestamp(iso8601: written.text) else { return nil }
            midnight = day.milliseconds
            date = written.withUnsafeBufferPointer { Array($0) }
        }
        let isShort = bytes.count == 19 || bytes.count == 20 && bytes[19] == 0x5a
        let separated = isShort && (bytes[10] == 0x54 || bytes[10] == 0x20) && bytes[13] == 0x3a && bytes[16] == 0x3a
        guard separated, let hour = Self.pair(bytes, 11), let minute = Self.pair(bytes, 14),
            let second = Self.pair(bytes, 17), hour < 24, minute < 60, second < 60
        else { return Timestamp(iso8601: bytes.text)?.milliseconds }
        return midnight + (hour * 3_600 + minute * 60 + second) * 1_000
    }

    private static func pair(_ bytes: Span<UInt8>, _ index: Int) -> Int64? {
        let (tens, ones) = (bytes[index] &- 0x30, bytes[index + 1] &- 0x30)
        return tens < 10 && ones < 10 ? Int64(tens) * 10 + Int64(ones) : nil
    }
}
