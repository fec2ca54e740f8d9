extension Timestamp {
    /// Parses an RFC 3339 / ISO 8601 date and time.
    ///
    /// Accepted: `2026-03-01T12:00:00Z`, a blank or `t` for the `T`, a fraction of 1 to 9 digits (truncated to
    /// milliseconds), an offset `+02:00`, `+0200` or none (UTC is meant), a date alone (midnight UTC).
    /// Returns nil for anything else, also for days that the month does not have.
    public init?(iso8601 text: some StringProtocol) {
        var reader = ISO8601Reader(bytes: Array(text.utf8))
        guard let milliseconds = reader.read() else { return nil }
        self.init(milliseconds: milliseconds)
    }

    /// The moment as `2026-03-01T12:00:00.250Z`; the fraction is left out when it is zero.
    public var iso8601: String {
        let (days, inDay) = CivilDate.floorDivide(milliseconds, by: 86_400_000)
        let date = CivilDate(daysSince1970: days)
        let seconds = inDay / 1_000
        let fraction = inDay % 1_000
        var text = "\(padded(date.year, 4))-\(padded(date.month, 2))-\(padded(date.day, 2))T"
        text += "\(padded(seconds / 3_600, 2)):\(padded(seconds / 60 % 60, 2)):\(padded(seconds % 60, 2))"
        if fraction != 0 { text += ".\(padded(fraction, 3))" }
        return text + "Z"
    }
}

private func padded(_ number: Int64, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
}

/// Reads the grammar of ``Timestamp/init(iso8601:)`` from bytes, left to right.
private struct ISO8601Reader {
    let bytes: [UInt8]
    var position = 0

    init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    mutating func read() -> Int64? {
        guard let year = digits(4), take("-"), let month = digits(2), take("-"), let day = digits(2) else { return nil }
        let date = CivilDate(year: year, month: month, day: day)
        guard date.exists else { return nil }
        let midnight = date.daysSince1970 * 86_400_000
        if position == bytes.count { return midnight }
        guard take("T") || take("t") || take(" ") else { return nil }
        guard let hour = digits(2), take(":"), let minute = digits(2) else { return nil }
        guard hour < 24, minute < 60 else { return nil }
        var milliseconds = (hour * 60 + minute) * 60_000
        if take(":") {
            guard let second = digits(2), second <= 60 else { return nil }
            milliseconds += second * 1_000
            if take(".") || take(",") {
                guard let fraction = fraction() else { return nil }
                milliseconds += fraction
            }
        }
        guard let offset = offset(), position == bytes.count else { return nil }
        return midnight + milliseconds - offset
    }

    /// The UTC offset in milliseconds; 0 when there is none.
    private mutating func offset() -> Int64? {
        if position == bytes.count || take("Z") || take("z") { return 0 }
        let sign: Int64
        if take("+") { sign = 1 } else if take("-") { sign = -1 } else { return nil }
        guard let hours = digits(2) else { return nil }
        _ = take(":")
        let minutes = position == bytes.count ? 0 : digits(2)
        guard let minutes, hours < 24, minutes < 60 else { return nil }
        return sign * (hours * 60 + minutes) * 60_000
    }

    private mutating func fraction() -> Int64? {
        var value: Int64 = 0
        var count = 0
        while let digit = digit() {
            if count < 3 { value = value * 10 + digit }
            count += 1
        }
        guard (1...9).contains(count) else { return nil }
        for _ in min(count, 3)..<3 { value *= 10 }
        return value
    }

    private mutating func digits(_ count: Int) -> Int64? {
        var value: Int64 = 0
        for _ in 0..<count {
            guard let digit = digit() else { return nil }
            value = value * 10 + digit
        }
        return value
    }

    private mutating func digit() -> Int64? {
        guard position < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[position]) else {
            return nil
        }
        defer { position += 1 }
        return Int64(bytes[position] - UInt8(ascii: "0"))
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }
}
