import AuspexDocuments
import AuspexSignals

/// Decodes when a window is: `from` and `until`, or `weekly` or `monthly` with `time_zone`.
enum ScheduleDecoder {
    /// The schedule; nil when something is missing or wrong, which is then reported.
    static func schedule(_ reader: inout MappingReader) -> TimeWindow.Schedule? {
        let keys = ["from", "until", "weekly", "monthly", "time_zone"]
        reader.refuseNull(keys)
        let isOnce = reader.has("from") || reader.has("until")
        let times = isOnce ? range(&reader) : nil
        let zone = reader.optionalTextNode("time_zone")
        let weekly = reader.optionalMapping("weekly", named: "'weekly'")
        let monthly = reader.optionalMapping("monthly", named: "'monthly'")
        for key in ["from", "until"] where !isOnce { _ = reader.optionalNode(key) }
        checkForms(reader, isOnce: isOnce)
        let clock = zone.flatMap { zoneClock($0.text, $0.node, reader.collector) }
        let everyWeek = weekly.flatMap { recurrence($0, clock, isMonthly: false) }
        let everyMonth = monthly.flatMap { recurrence($0, clock, isMonthly: true) }
        if let times { return .once(times) }
        return (everyWeek ?? everyMonth).map { .recurring($0) }
    }

    private static func checkForms(_ reader: MappingReader, isOnce: Bool) {
        let repeated = ["weekly", "monthly"].filter(reader.has)
        let forms = (isOnce ? ["from/until"] : []) + repeated
        if forms.count > 1, let second = repeated.last {
            let names = forms.map { "'\($0)'" }.joined(separator: " and ")
            reader.report(second, "a window has exactly one of 'from/until', 'weekly' or 'monthly', not \(names)")
        } else if forms.isEmpty, !reader.keys.isEmpty {
            reader.collector.report(reader.location, "a window needs 'from' and 'until', 'weekly' or 'monthly'")
        }
        if let first = repeated.first, !reader.has("time_zone") {
            reader.report(first, "a \(first) window needs 'time_zone', such as Europe/Berlin")
        } else if repeated.isEmpty, reader.has("time_zone") {
            reader.report("time_zone", "'time_zone' is for 'weekly' and 'monthly'; 'from' and 'until' have their own")
        }
    }

    private static func range(_ reader: inout MappingReader) -> Range<Timestamp>? {
        let (from, until) = (time("from", &reader), time("until", &reader))
        guard let from, let until else { return nil }
        guard from < until else {
            reader.report("until", "'until' must lie after 'from', which is \(from.iso8601)")
            return nil
        }
        return from..<until
    }

    private static func time(_ key: String, _ reader: inout MappingReader) -> Timestamp? {
        guard let (node, text) = reader.textNode(key) else { return nil }
        let time = Timestamp(iso8601: text)
        if time == nil {
            reader.collector.report(
                node.location, "'\(key)' must be a date and time such as 2026-12-01T00:00:00Z, not '\(text)'")
        }
        return time
    }

    private static func zoneClock(
        _ name: String, _ node: DocumentNode, _ collector: DiagnosticCollector
    ) -> ZoneClock? {
        if let clock = ZoneClock(name) { return clock }
        let nearest = ZoneClock.nearest(to: name).map { "did you mean '\($0)'?" }
        collector.report(
            node.location, "unknown time zone '\(name)'; \(nearest ?? "use a name such as Europe/Berlin or UTC")")
        return nil
    }

    private static func recurrence(
        _ reader: MappingReader, _ clock: ZoneClock?, isMonthly: Bool
    ) -> Recurrence? {
        var reader = reader
        let nodes = reader.list("days")
        let from = minutes("from", upTo: 23 * 60 + 59, &reader)
        let to = minutes("to", upTo: 24 * 60, &reader)
        reader.finish()
        if nodes?.isEmpty ?? false { reader.report("days", "'days' is empty, so the window never comes") }
        let days = nodes.flatMap { isMonthly ? monthDays($0, reader.collector) : weekdays($0, reader.collector) }
        if let from, from == to {
            reader.report("to", "'to' is 'from'; for a whole day write from: \"00:00\", to: \"24:00\"")
            return nil
        }
        guard let days, let from, let to, let clock else { return nil }
        return Recurrence(days: days, from: from, to: to, clock: clock)
    }

    private static func weekdays(_ nodes: [DocumentNode], _ collector: DiagnosticCollector) -> Recurrence.Days? {
        let names = Recurrence.Weekday.allCases.map(\.rawValue)
        let days = nodes.compactMap { node -> Recurrence.Weekday? in
            if let day = node.text.flatMap(Recurrence.Weekday.init(rawValue:)) { return day }
            let hint = nearestName(to: node.text ?? "", among: names).map { "; did you mean '\($0)'?" } ?? ""
            collector.report(node.location, "a day is \(alternatives(names)), not \(node.kind)\(hint)")
            return nil
        }
        return days.count == nodes.count && !days.isEmpty ? .weekly(Set(days)) : nil
    }

    private static func monthDays(_ nodes: [DocumentNode], _ collector: DiagnosticCollector) -> Recurrence.Days? {
        let days = nodes.compactMap { node -> Int64? in
            if let day = node.int, day != 0, (-31...31).contains(day) { return day }
            let form = "1 to 31, or -1 for the last, -2 for the one before it and so on to -31"
            collector.report(node.location, "a day of the month is \(form), not \(node.kind)")
            return nil
        }
        return days.count == nodes.count && !days.isEmpty ? .monthly(Set(days)) : nil
    }

    /// A time of day as `HH:MM`, in minutes.
    private static func minutes(_ key: String, upTo latest: Int64, _ reader: inout MappingReader) -> Int64? {
        guard let (node, text) = reader.textNode(key) else { return nil }
        let bytes = Array(text.utf8)
        if bytes.count == 5, bytes[2] == UInt8(ascii: ":"), let hour = number(bytes[...1]),
            let minute = number(bytes[3...]), minute < 60, hour * 60 + minute <= latest
        {
            return hour * 60 + minute
        }
        let bounds = latest == 24 * 60 ? "00:00 to 24:00" : "00:00 to 23:59"
        let message = "'\(key)' must be a time of day such as \"22:00\" (\(bounds)), not \(node.kind)"
        reader.collector.report(node.location, message)
        return nil
    }

    /// The number that these digits write; nil when there is anything else among them.
    private static func number(_ digits: ArraySlice<UInt8>) -> Int64? {
        let zero = UInt8(ascii: "0")
        guard digits.allSatisfy({ (zero...UInt8(ascii: "9")).contains($0) }) else { return nil }
        return digits.reduce(0) { $0 * 10 + Int64($1 - zero) }
    }
}
