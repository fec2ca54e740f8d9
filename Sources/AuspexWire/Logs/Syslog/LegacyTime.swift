import AuspexSignals

/// Reads the time of an RFC 3164 message, in the forms that are in use.
struct LegacyTime {
    let bytes: [UInt8]
    var position: Int

    private static let months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
    /// A number in the place of the hour that is no hour but a year (rsyslog, `srUtils`).
    private static let years = 1971...2099

    /// The time, and behind it the position of what follows; nil when there is none.
    mutating func read() -> SyslogTime? {
        guard let byte = peek else { return nil }
        let isDigit = (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        return isDigit ? readRFC3339() : readMonthAndDay()
    }

    /// `2010-08-30T23:00:05Z`.
    private mutating func readRFC3339() -> SyslogTime? {
        let word = bytes[position...].prefix(40).prefix { $0 > 0x20 }
        guard word.count >= 19, word[word.startIndex + 10] == UInt8(ascii: "T") else { return nil }
        let text = String(decoding: word.last == UInt8(ascii: ":") ? word.dropLast() : word, as: UTF8.self)
        // As it is written, for the zone must be told apart.
        guard Timestamp(iso8601: text) != nil else { return nil }
        let zone = text.dropFirst(19).drop { $0 == "." || $0 == "," || $0.isNumber }
        let sign = zone.first == "-" ? -1 : 1
        // `Z`, or hours with minutes behind them or without.
        let digits = zone.dropFirst().compactMap(\.wholeNumberValue)
        let offset = zip([600, 60, 10, 1], digits).reduce(0) { $0 + $1.0 * $1.1 }
        guard let local = Timestamp(iso8601: String(text.dropLast(zone.count)) + "Z") else { return nil }
        position += word.count
        if peek == 0x20 { position += 1 }
        return SyslogTime(local, offset: zone.isEmpty ? nil : sign * offset)
    }

    /// `Oct 11 22:14:15`, the day padded or not, a year before or behind the time, a fraction, a colon behind it.
    private mutating func readMonthAndDay() -> SyslogTime? {
        let name = String(decoding: bytes[position...].prefix(3), as: UTF8.self).lowercased()
        guard let month = Self.months.firstIndex(of: name) else { return nil }
        position += 3
        guard skipBlanks(), let day = number(), (1...31).contains(day), skipBlanks(), var hour = number() else {
            return nil
        }
        var year: Int?
        if Self.years.contains(hour) {
            year = hour
            guard skipBlanks(), let next = number() else { return nil }
            hour = next
        }
        guard (0...23).contains(hour), take(":"), let minute = number(), (0...59).contains(minute), take(":"),
            let second = number(), (0...60).contains(second)
        else { return nil }
        var time = SyslogTime(
            year: year, month: month + 1, day: day, hour: hour, minute: minute, second: second)
        if take(".") {
            guard let milliseconds = fraction() else { return nil }
            time.millisecond = milliseconds
        }
        _ = take(":")
        guard position == bytes.count || take(" ") else { return nil }
        return time
    }

    private mutating func fraction() -> Int? {
        var (value, count) = (0, 0)
        while let digit = digit() {
            if count < 3 { value = 10 * value + digit }
            count += 1
        }
        guard count > 0 else { return nil }
        for _ in min(count, 3)..<3 { value *= 10 }
        return value
    }

    private mutating func number() -> Int? {
        guard var value = digit() else { return nil }
        while value < 10_000, let next = digit() { value = 10 * value + next }
        return value
    }

    private mutating func digit() -> Int? {
        guard let byte = peek, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
        position += 1
        return Int(byte - UInt8(ascii: "0"))
    }

    private mutating func skipBlanks() -> Bool {
        let start = position
        while peek == 0x20, position - start < 2 { position += 1 }
        return position > start
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard peek == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }
}

extension SyslogTime {
    /// The parts of a time that is read as if it were in UTC.
    fileprivate init(_ local: Timestamp, offset: Int?) {
        let (days, inDay) = CivilDate.floorDivide(local.milliseconds, by: 86_400_000)
        let date = CivilDate(daysSince1970: days)
        let second = Int(inDay / 1_000)
        self.init(
            year: Int(date.year), month: Int(date.month), day: Int(date.day), hour: second / 3_600,
            minute: second / 60 % 60, second: second % 60, millisecond: Int(inDay % 1_000), offset: offset)
    }
}
