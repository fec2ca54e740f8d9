import AuspexLogs

/// A session of a data set: its templates in order, and whether it is an anomaly.
struct LabelledSession: Hashable, Sendable {
    let id: String
    let templates: [TemplateID]
    let isAnomalous: Bool

    var session: LogSession { LogSession(id: id, templates: templates) }
}

/// Gives the names of events numbers in the order in which they first come, so that columns have loglizer's order.
struct EventNumbers {
    private var numbers: [String: UInt64] = [:]

    mutating func template(_ name: Substring) -> TemplateID {
        let number = numbers[String(name)] ?? UInt64(numbers.count + 1)
        numbers[String(name)] = number
        return TemplateID(number)
    }
}
