import AuspexSignals

extension SyslogReader {
    /// `2003-10-11T22:14:15.003Z`, or nil for `-`. Leap seconds have no place in it (RFC 5424, 6.2.3).
    mutating func timestamp() throws(SyslogError) -> SyslogTime? {
        if peek == UInt8(ascii: "-") {
            position += 1
            return nil
        }
        let start = position
        var year = 0
        for _ in 0..<4 { year = 10 * year + (try one()) }
        try mark("-")
        let month = try two(tens: 0...1) { $0 == 0 ? 1...9 : 0...2 }
        try mark("-")
        let day = try two(tens: 0...3) { $0 == 0 ? 1...9 : $0 == 3 ? 0...1 : 0...9 }
        try mark("T")
        let hour = try two(tens: 0...2) { $0 == 2 ? 0...3 : 0...9 }
        try mark(":")
        let minute = try two(tens: 0...5) { _ in 0...9 }
        try mark(":")
        let second = try two(tens: 0...5) { _ in 0...9 }
        let millisecond = try fraction()
        let offset = try offset()
        let date = CivilDate(year: Int64(year), month: Int64(month), day: Int64(day))
        guard date.exists else {
            position = start
            throw failure(.timestamp)
        }
        return SyslogTime(
            year: year, month: month, day: day, hour: hour, minute: minute, second: second,
            millisecond: millisecond, offset: offset)
    }

    /// Up to six digits behind a point; milliseconds are kept.
    private mutating func fraction() throws(SyslogError) -> Int {
        guard take(".") else { return 0 }
        var (value, count) = (try one(), 1)
        while count < 6, let next = digit() {
            if count < 3 { value = 10 * value + next }
            count += 1
        }
        for _ in min(count, 3)..<3 { value *= 10 }
        return value
    }

    private mutating func offset() throws(SyslogError) -> Int {
        if take("Z") { return 0 }
        let sign: Int
        if take("+") { sign = 1 } else if take("-") { sign = -1 } else { throw failure(.timestamp) }
        let hours = try two(tens: 0...2) { $0 == 2 ? 0...3 : 0...9 }
        try mark(":")
        return sign * (60 * hours + (try two(tens: 0...5) { _ in 0...9 }))
    }

    private mutating func one() throws(SyslogError) -> Int {
        guard let value = digit() else { throw failure(.timestamp) }
        return value
    }

    /// Two digits, of which the first decides what the second may be.
    private mutating func two(
        tens: ClosedRange<Int>, _ ones: (Int) -> ClosedRange<Int>
    ) throws(SyslogError) -> Int {
        guard let first = digit(in: tens) else { throw failure(.timestamp) }
        guard let second = digit(in: ones(first)) else { throw failure(.timestamp) }
        return 10 * first + second
    }

    private mutating func mark(_ character: Unicode.Scalar) throws(SyslogError) {
        guard take(character) else { throw failure(.timestamp) }
    }
}
