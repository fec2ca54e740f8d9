import AuspexSignals

/// Reads the timestamps with which log lines begin.
enum TimestampReader {
    /// A timestamp in a line: where it ends, and the moment if its form tells it in full.
    struct Reading: Equatable {
        var end: Int
        var time: Timestamp?
    }

    /// The timestamp that starts at `start`. `reference` gives the year where the line has none: the one that puts the
    /// moment at most a day after the reference; without it such a moment stays unknown. A time without a zone is taken
    /// as UTC, and the order of day and month in `17/06/09` is not guessed.
    static func read(_ line: Span<UInt8>, at start: Int, reference: Timestamp?) -> Reading? {
        let first = line.peek(start)
        guard first.isDigit else { return first.isUpperCase ? named(line, start, reference) : nil }
        return iso(line, start) ?? webServer(line, start) ?? shortDate(line, start) ?? compact(line, start)
            ?? sixAndSix(line, start) ?? dateOnly(line, start) ?? epoch(line, start) ?? clockOnly(line, start)
    }

    // MARK: Forms

    /// `yyyy-mm-dd hh:mm:ss[.fraction][zone]`; also `/` or `.` in the date, `T`, `_` or `-` before the time, and `.` in
    /// the time.
    private static func iso(_ line: Span<UInt8>, _ start: Int) -> Reading? {
        guard let dateEnd = CompositeSpan.date(in: line, at: start), isISOMark(line.peek(dateEnd)),
            let (end, milliseconds) = fullClock(line, dateEnd + 1)
        else { return nil }
        let day = daysSince1970(date(line, start))
        guard let zoneEnd = CompositeSpan.zone(in: line, at: end) else {
            return Reading(end: end, time: moment(day, milliseconds))
        }
        return Reading(end: zoneEnd, time: moment(day, milliseconds, offset: offset(line, zoneEnd)))
    }

    private static func isISOMark(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "T") || byte == UInt8(ascii: " ") || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
    }

    /// `[Ddd[,] ]Mon d [yyyy ]hh:mm[:ss[.fraction]][ ZZZ][ yyyy]`: syslog, Apache's error log and `date`.
    private static func named(_ line: Span<UInt8>, _ start: Int, _ reference: Timestamp?) -> Reading? {
        guard let clockStart = CompositeSpan.clockAfterNamedDate(in: line, at: start),
            let (clockEnd, milliseconds) = clock(line, clockStart)
        else { return nil }
        let monthStart =
            CompositeSpan.isWeekday(in: line, at: start)
            ? line.end(from: start + 3) { !$0.isASCIILetter } : start
        let dayStart = line.end(from: monthStart + 3) { $0 == UInt8(ascii: " ") }
        let dayEnd = line.endOfDigits(from: dayStart)
        guard let month = CompositeSpan.month(in: line, at: monthStart) else { return nil }
        let day = line.number(dayStart..<dayEnd)
        var year = clockStart > dayEnd + 1 ? line.number(dayEnd + 1..<dayEnd + 5) : nil
        var end = clockEnd
        for length in [4, 3] where line.peek(end) == UInt8(ascii: " ") {
            guard line.all(length, from: end + 1, { $0.isUpperCase }), !line.peek(end + 1 + length).isWord else {
                continue
            }
            end += 1 + length
            break
        }
        if line.peek(end) == UInt8(ascii: " "), line.hasDigits(4, at: end + 1), !line.peek(end + 5).isWord {
            year = year ?? line.number(end + 1..<end + 5)
            end += 5
        }
        if let year {
            return Reading(end: end, time: moment(daysSince1970((year, month, day)), milliseconds))
        }
        return Reading(end: end, time: latest(month: month, day: day, milliseconds, reference))
    }

    /// `d/Mon/yyyy:hh:mm:ss[ ±zzzz]`, as web servers write it.
    private static func webServer(_ line: Span<UInt8>, _ start: Int) -> Reading? {
        let slash = line.endOfDigits(from: start)
        guard (1...2).contains(slash - start), line.peek(slash) == UInt8(ascii: "/"),
            let month = CompositeSpan.month(in: line, at: slash + 1), line.peek(slash + 4) == UInt8(ascii: "/"),
            line.hasDigits(4, at: slash + 5), line.peek(slash + 9) == UInt8(ascii: ":"),
            let (end, milliseconds) = clock(line, slash + 10)
        else { return nil }
        let day = daysSince1970((line.number(slash + 5..<slash + 9), month, line.number(start..<slash)))
        let zoneEnd = line.peek(end) == UInt8(ascii: " ") ? CompositeSpan.zone(in: line, at: end) : nil
        guard let zoneEnd else { return Reading(end: end, time: moment(day, milliseconds)) }
        return Reading(end: zoneEnd, time: moment(day, milliseconds, offset: offset(line, zoneEnd)))
    }

    /// `dd/mm[/yy[yy]] hh:mm[:ss]`, also with `.` and `-`; the moment is not told.
    private static func shortDate(_ line: Span<UInt8>, _ start: Int) -> Reading? {
        guard line.hasDigits(2, at: start), CompositeSpan.isDateMark(line.peek(start + 2)),
            line.hasDigits(2, at: start + 3)
        else { return nil }
        var end = start + 5
        if CompositeSpan.isDateMark(line.peek(end)), line.hasDigits(2, at: end + 1) {
            end = min(line.endOfDigits(from: end + 1), end + 5)
        }
        guard line.peek(end) == UInt8(ascii: " "), let (clockEnd, _) = clock(line, end + 1) else { return nil }
        return Reading(end: clockEnd, time: nil)
    }

    /// `yyyymmdd-h:m:s:fraction`.
    private static func compact(_ line: Span<UInt8>, _ start: Int) -> Reading? {
        guard line.hasDigits(8, at: start), line.peek(start + 8) == UInt8(ascii: "-") else { return nil }
        var index = start + 9
        var parts: [Int] = []
        for position in 0..<4 {
            let end = line.endOfDigits(from: index)
            guard (1...3).contains(end - index) else { return nil }
            parts.append(line.number(index..<end))
            index = end
            let mark = line.peek(end)
            if position == 3 { break }
            guard mark == UInt8(ascii: ":") || (position == 2 && mark == UInt8(ascii: ".")) else { return nil }
            index += 1
        }
        let date = (
            line.number(start..<start + 4), line.number(start + 4..<start + 6), line.number(start + 6..<start + 8)
        )
        return Reading(end: index, time: moment(daysSince1970(date), milliseconds(parts)))
    }

    /// `yymmdd hhmmss`, this century.
    private static func sixAndSix(_ line: Span<UInt8>, _ start: Int) -> Reading? {
        guard line.hasDigits(6, at: start), line.peek(start + 6) == UInt8(ascii: " "), line.hasDigits(6, at: start + 7),
            start + 13 < line.count, line.peek(start + 13) == UInt8(ascii: " ")
        else { return nil }
        func pair(_ offset: Int) -> Int { line.number(start + offset..<start + offset + 2) }
        let day = daysSince1970((2_000 + pair(0), pair(2), pair(4)))
        return Reading(end: start + 13, time: moment(day, milliseconds([pair(7), pair(9), pair(11), 0])))
    }

    private static func dateOnly(_ line: Span<UInt8>, _ start: Int) -> Reading? {
        guard let end = CompositeSpan.date(in: line, at: start) else { return nil }
        return Reading(end: end, time: moment(daysSince1970(date(line, start)), 0))
    }

    /// Ten digits of seconds, or thirteen of milliseconds, since 1970, and maybe a fraction.
    private static func epoch(_ line: Span<UInt8>, _ start: Int) -> Reading? {
        let digits = line.endOfDigits(from: start)
        guard digits - start == 10 || digits - start == 13 else { return nil }
        var end = digits
        if line.peek(end) == UInt8(ascii: "."), line.peek(end + 1).isDigit { end = line.endOfDigits(from: end + 1) }
        let next = line.peek(end)
        guard end < line.count, next.isBlank || next == UInt8(ascii: "|") || next == UInt8(ascii: ",") else {
            return nil
        }
        let number = Int64(line.number(start..<digits))
        let fraction = end > digits ? Int64(thousandths(line, digits + 1..<end)) : 0
        return Reading(
            end: end, time: Timestamp(milliseconds: digits - start == 13 ? number : number * 1_000 + fraction))
    }

    private static func clockOnly(_ line: Span<UInt8>, _ start: Int) -> Reading? {
        clock(line, start).map { Reading(end: $0.end, time: nil) }
    }

    // MARK: Parts

    /// `h:mm[:ss[.fraction]]` in milliseconds since midnight, nil where there is no such time of day.
    private static func clock(_ line: Span<UInt8>, _ start: Int) -> (end: Int, milliseconds: Int?)? {
        guard let ends = CompositeSpan.clock(in: line, at: start) else { return nil }
        var parts = [line.number(start..<ends.minutes - 3), line.number(ends.minutes - 2..<ends.minutes), 0, 0]
        if let seconds = ends.seconds { parts[2] = line.number(seconds - 2..<seconds) }
        if let seconds = ends.seconds, let fraction = ends.fraction {
            parts[3] = thousandths(line, seconds + 1..<fraction)
        }
        return (ends.fraction ?? ends.seconds ?? ends.minutes, milliseconds(parts))
    }

    /// `hh:mm:ss[.fraction]`, also with dots for colons.
    private static func fullClock(_ line: Span<UInt8>, _ start: Int) -> (end: Int, milliseconds: Int?)? {
        guard line.hasDigits(2, at: start), isClockMark(line.peek(start + 2)), line.hasDigits(2, at: start + 3),
            isClockMark(line.peek(start + 5)), line.hasDigits(2, at: start + 6)
        else { return nil }
        var parts = [0, 3, 6].map { line.number(start + $0..<start + $0 + 2) } + [0]
        var end = start + 8
        let mark = line.peek(end)
        if mark == UInt8(ascii: ".") || mark == UInt8(ascii: ","), line.peek(end + 1).isDigit {
            let fraction = line.endOfDigits(from: end + 1)
            parts[3] = thousandths(line, end + 1..<fraction)
            end = fraction
        }
        return (end, milliseconds(parts))
    }

    private static func isClockMark(_ byte: UInt8) -> Bool { byte == UInt8(ascii: ":") || byte == UInt8(ascii: ".") }

    /// Hours, minutes, seconds and milliseconds as one number. A leap second counts into the next minute.
    private static func milliseconds(_ parts: [Int]) -> Int? {
        guard parts[0] < 24, parts[1] < 60, parts[2] <= 60 else { return nil }
        return ((parts[0] * 60 + parts[1]) * 60 + parts[2]) * 1_000 + parts[3]
    }

    /// A fraction's first three digits, as if it had three.
    private static func thousandths(_ line: Span<UInt8>, _ digits: Range<Int>) -> Int {
        var value = 0
        for position in 0..<3 {
            let index = digits.lowerBound + position
            value = value * 10 + (index < digits.upperBound ? line[index].digitValue : 0)
        }
        return value
    }

    /// The offset of the zone that ends at `end`, in milliseconds.
    private static func offset(_ line: Span<UInt8>, _ end: Int) -> Int {
        guard line[end - 1] != UInt8(ascii: "Z") else { return 0 }
        let hours = line[end - 3] == UInt8(ascii: ":") ? end - 5 : end - 4
        let minutes = line.number(hours..<hours + 2) * 60 + line.number(end - 2..<end)
        return (line[hours - 1] == UInt8(ascii: "-") ? -minutes : minutes) * 60_000
    }

    // MARK: Days

    private static func date(_ line: Span<UInt8>, _ start: Int) -> (year: Int, month: Int, day: Int) {
        (line.number(start..<start + 4), line.number(start + 5..<start + 7), line.number(start + 8..<start + 10))
    }

    /// The day's number from 1970-01-01 on; nil for a month or day that doesn't exist. Era arithmetic of Hinnant,
    /// "chrono-Compatible Low-Level Date Algorithms" (2021).
    private static func daysSince1970(_ date: (year: Int, month: Int, day: Int)) -> Int? {
        let lengths = [31, isLeap(date.year) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        guard date.year >= 1, (1...12).contains(date.month), (1...lengths[date.month - 1]).contains(date.day) else {
            return nil
        }
        let year = date.month <= 2 ? date.year - 1 : date.year
        let yearOfEra = year % 400
        let dayOfYear = (153 * ((date.month + 9) % 12) + 2) / 5 + date.day - 1
        return year / 400 * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private static func isLeap(_ year: Int) -> Bool {
        year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400))
    }

    /// The moment, less the zone's offset; nil for a day or a time of day that doesn't exist.
    private static func moment(_ day: Int?, _ milliseconds: Int?, offset: Int = 0) -> Timestamp? {
        guard let day, let milliseconds else { return nil }
        return Timestamp(milliseconds: Int64(day * 86_400_000 + milliseconds - offset))
    }

    /// The latest such moment that is at most a day after the reference.
    private static func latest(month: Int, day: Int, _ milliseconds: Int?, _ reference: Timestamp?) -> Timestamp? {
        guard let reference else { return nil }
        let bound = reference + .hours(24)
        let year = 1_970 + Int(bound.milliseconds / 31_556_952_000)
        // A leap day may be up to eight years back.
        for candidate in stride(from: year + 1, through: max(1, year - 8), by: -1) {
            if let time = moment(daysSince1970((candidate, month, day)), milliseconds), time <= bound { return time }
        }
        return nil
    }
}
