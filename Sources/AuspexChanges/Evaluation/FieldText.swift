import AuspexSignals

/// What the fields of a table of changes say.
enum FieldText {
    /// A measure: empty and `nan` are unknown and count as 0, truth values as 0 and 1. Nil when it is no number.
    static func measure(_ text: String) -> Double? {
        let word = text.lowercased()
        if word.isEmpty || word == "nan" { return 0 }
        if word == "true" || word == "false" { return word == "true" ? 1 : 0 }
        return Double(word).flatMap { $0.isFinite ? $0 : nil }
    }

    /// Whether a change did harm: a truth value, or how many defects it brought.
    static func truth(_ text: String) -> Bool? {
        switch text.lowercased() {
        case "true": true
        case "false": false
        default: Double(text).flatMap { $0.isFinite ? $0 > 0 : nil }
        }
    }

    /// A time: seconds since 1970, ISO 8601, or year, month, day, hour, minute and perhaps second, in UTC, separated by
    /// whatever is no digit.
    static func time(_ text: String) -> Timestamp? {
        if let moment = Timestamp(iso8601: text) { return moment }
        if let seconds = Double(text) { return timestamp(seconds: seconds) }
        let parts = text.split { !("0"..."9").contains($0) }.map { Int64($0) }
        guard (3...6).contains(parts.count), text.first?.isNumber == true else { return nil }
        let numbers = parts.compactMap { $0 } + [Int64](repeating: 0, count: 6 - parts.count)
        guard numbers.count == 6, (0...9999).contains(numbers[0]), (1...12).contains(numbers[1]),
            (1...31).contains(numbers[2]), numbers[3] < 24, numbers[4] < 60, numbers[5] <= 60
        else { return nil }
        let date = CivilDate(year: numbers[0], month: numbers[1], day: numbers[2])
        guard date.exists else { return nil }
        let seconds = ((date.daysSince1970 * 24 + numbers[3]) * 60 + numbers[4]) * 60 + numbers[5]
        return Timestamp(milliseconds: seconds * 1_000)
    }

    private static func timestamp(seconds: Double) -> Timestamp? {
        // Beyond the year 9999 it is no number of seconds.
        guard abs(seconds) < 253_402_300_800 else { return nil }
        return Timestamp(milliseconds: Int64((seconds * 1_000).rounded()))
    }
}
