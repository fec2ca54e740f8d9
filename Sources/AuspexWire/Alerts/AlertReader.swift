import AuspexSignals

/// Reads one alert of a request, whose form is the same wherever it stands.
struct AlertReader {
    /// Why the alert is left out.
    struct Refusal: Error {
        let reason: String
    }

    private let limits: AlertLimits
    private(set) var labels: [String: String] = [:]
    private(set) var annotations: [String: String] = [:]
    /// Nil when the alert names none, which Go writes as the year 1.
    private(set) var startsAt: Timestamp?
    /// Nil as above.
    private(set) var endsAt: Timestamp?
    private(set) var generatorURL = ""
    /// `firing` or `resolved` in notifications.
    private(set) var status: String?
    /// Whether a limit has cut something off.
    private(set) var isShortened = false

    /// Midnight of 1 January of the year 1, by which programs written in Go mean no time at all.
    private static let none = Timestamp(milliseconds: -62_135_596_800_000)
    /// So much of a sender's text may stand in a reason.
    private static let shownBytes = 100

    /// Reads the alert at `cursor`, which has no mistakes as JSON.
    init(_ cursor: inout JSONCursor, limits: AlertLimits) throws(Refusal) {
        self.limits = limits
        do throws(LogWireError) {
            guard try cursor.kind() == .object else {
                throw cursor.failure("an alert must be an object, not \(try cursor.kind().rawValue)")
            }
            try cursor.object { cursor, name throws(LogWireError) in try read(name, &cursor) }
        } catch {
            throw Refusal(reason: error.reason)
        }
        guard !labels.isEmpty else { throw Refusal(reason: "an alert must have at least one label that is not empty") }
    }

    /// The alert, which began and is over at these moments.
    func alert(from start: Timestamp, to end: Timestamp, isEndAssumed: Bool) -> ReceivedAlert {
        ReceivedAlert(
            labels: Labels(labels), annotations: annotations, startsAt: start, endsAt: end, isEndAssumed: isEndAssumed,
            generatorURL: generatorURL)
    }

    private mutating func read(_ name: String, _ cursor: inout JSONCursor) throws(LogWireError) {
        switch name {
        case "labels": labels = try Self.labels(&cursor, name, limits)
        case "annotations": try readAnnotations(&cursor)
        case "startsAt": startsAt = try Self.time(&cursor, name)
        case "endsAt": endsAt = try Self.time(&cursor, name)
        case "generatorURL":
            let text = try Self.text(&cursor, name)
            generatorURL = text.utf8.count <= limits.annotationBytes ? text : ""
            if generatorURL != text { isShortened = true }
        case "status": status = try Self.text(&cursor, name)
        default: try cursor.skip()
        }
    }

    /// Reads labels; those with empty values are none.
    static func labels(
        _ cursor: inout JSONCursor, _ member: String, _ limits: AlertLimits
    ) throws(LogWireError) -> [String: String] {
        var labels: [String: String] = [:]
        try pairs(&cursor, member) { cursor, name, value throws(LogWireError) in
            guard !name.isEmpty else { throw cursor.failure("a label in '\(member)' has no name") }
            guard name.utf8.count <= limits.nameBytes else {
                throw cursor.failure(
                    "the name of the label '\(shown(name))…' has more than \(limits.nameBytes) bytes")
            }
            guard value.utf8.count <= limits.valueBytes else {
                throw cursor.failure("the label '\(shown(name))' has more than \(limits.valueBytes) bytes")
            }
            // The last one counts, also when it says that there is none.
            labels[name] = value.isEmpty ? nil : value
            guard labels.count <= limits.labels else {
                throw cursor.failure("'\(member)' has more than \(limits.labels) labels")
            }
        }
        let bytes = labels.reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count }
        guard bytes <= limits.labelBytes else {
            throw cursor.failure("'\(member)' has \(bytes) bytes; at most \(limits.labelBytes) are accepted")
        }
        return labels
    }

    private mutating func readAnnotations(_ cursor: inout JSONCursor) throws(LogWireError) {
        annotations = [:]
        try Self.pairs(&cursor, "annotations") { _, name, value throws(LogWireError) in
            guard !name.isEmpty, !value.isEmpty else { return }
            guard name.utf8.count <= limits.nameBytes,
                annotations.count < limits.annotations || annotations[name] != nil
            else {
                isShortened = true
                return
            }
            if value.utf8.count > limits.annotationBytes { isShortened = true }
            annotations[name] = value.cut(to: limits.annotationBytes)
        }
    }

    private static func pairs(
        _ cursor: inout JSONCursor, _ member: String,
        _ pair: (JSONCursor, String, String) throws(LogWireError) -> Void
    ) throws(LogWireError) {
        let kind = try cursor.kind()
        // Go writes an empty map of its own as null.
        if kind == .null { return try cursor.null() }
        guard kind == .object else {
            throw cursor.failure("'\(member)' must be an object of strings, not \(kind.rawValue)")
        }
        try cursor.object { cursor, name throws(LogWireError) in
            try pair(cursor, name, try text(&cursor, name))
        }
    }

    private static func time(_ cursor: inout JSONCursor, _ member: String) throws(LogWireError) -> Timestamp? {
        let text = try text(&cursor, member)
        guard !text.isEmpty else { return nil }
        guard let time = Timestamp(iso8601: text) else {
            throw cursor.failure(
                "'\(member)' must be a time such as 2026-03-01T12:00:00Z, not '\(shown(text))'")
        }
        return time == none ? nil : time
    }

    /// Reads a string; null is an empty one.
    static func text(_ cursor: inout JSONCursor, _ member: String) throws(LogWireError) -> String {
        let kind = try cursor.kind()
        if kind == .null {
            try cursor.null()
            return ""
        }
        guard kind == .string else {
            throw cursor.failure("'\(shown(member))' must be a string, not \(kind.rawValue)")
        }
        return try cursor.string()
    }

    /// The beginning of a sender's text, printable.
    static func shown(_ text: String) -> String {
        let printable = text.cut(to: shownBytes).unicodeScalars.filter { $0.properties.generalCategory != .control }
        return String(String.UnicodeScalarView(printable))
    }
}

extension LogWireError {
    /// What is wrong, without the place in the text.
    fileprivate var reason: String {
        if case .invalidJSON(_, let reason) = self { reason } else { description }
    }
}
