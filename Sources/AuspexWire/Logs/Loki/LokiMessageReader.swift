import AuspexSignals

/// Reads Loki's `PushRequest` from its protobuf form.
struct LokiMessageReader {
    private typealias Cursor = ProtobufCursor<LogWireError>

    private let limits: LogLimits
    private var logs: DecodedLogs
    private var entries = 0

    init(limits: LogLimits) {
        self.limits = limits
        logs = DecodedLogs(limits: limits)
    }

    /// Reads the whole message.
    mutating func read(_ bytes: UnsafeRawBufferPointer) throws(LogWireError) -> DecodedLogs {
        var cursor = Cursor(bytes, in: 0..<bytes.count)
        var number = 0
        while let tag = try cursor.nextTag() {
            guard tag.field == 1 else {
                try cursor.skip(tag.type)
                continue
            }
            try cursor.expect(.lengthDelimited, of: tag, "PushRequest.streams")
            guard number < limits.records else { throw .tooManyGroups(limit: limits.records) }
            try readStream(bytes, in: try cursor.lengthDelimited(), number)
            number += 1
        }
        return logs
    }

    private mutating func readStream(
        _ bytes: UnsafeRawBufferPointer, in range: Range<Int>, _ number: Int
    ) throws(LogWireError) {
        // The labels come first from all known senders, but need not.
        var labels = ""
        var cursor = Cursor(bytes, in: range)
        while let tag = try cursor.nextTag() {
            guard tag.field == 1 else {
                try cursor.skip(tag.type)
                continue
            }
            try cursor.expect(.lengthDelimited, of: tag, "Stream.labels")
            labels = text(bytes, try cursor.lengthDelimited())
        }
        var attributes = LogAttributes(limits: limits)
        var mistake: String?
        do throws(LokiLabels.Mistake) {
            for (name, value) in try LokiLabels.read(labels) { attributes.set(name, value) }
        } catch {
            mistake = error.reason
        }
        cursor = Cursor(bytes, in: range)
        var entry = 0
        while let tag = try cursor.nextTag() {
            guard tag.field == 2 else {
                try cursor.skip(tag.type)
                continue
            }
            try cursor.expect(.lengthDelimited, of: tag, "Stream.entries")
            entries += 1
            try logs.check(entries, limits)
            // Read even when the labels are bad: a malformed message must not half succeed.
            let read = try readEntry(bytes, in: try cursor.lengthDelimited(), attributes)
            if let mistake {
                logs.reject("streams[\(number)].entries[\(entry)]", mistake)
            } else if let read {
                read.accept(into: &logs)
            } else {
                logs.reject(
                    "streams[\(number)].entries[\(entry)]", "the timestamp must lie between the years 1677 and 2262")
            }
            entry += 1
        }
    }

    /// The entry; nil when its time cannot be one.
    private func readEntry(
        _ bytes: UnsafeRawBufferPointer, in range: Range<Int>, _ attributes: LogAttributes
    ) throws(LogWireError) -> LokiEntry? {
        var entry = LokiEntry(time: 0, line: "", attributes: attributes)
        var time: Int64? = 0
        var cursor = Cursor(bytes, in: range)
        while let tag = try cursor.nextTag() {
            switch tag.field {
            case 1:
                try cursor.expect(.lengthDelimited, of: tag, "Entry.timestamp")
                time = try readTime(bytes, in: try cursor.lengthDelimited())
            case 2:
                try cursor.expect(.lengthDelimited, of: tag, "Entry.line")
                entry.line = text(bytes, try cursor.lengthDelimited())
            case 3:
                try cursor.expect(.lengthDelimited, of: tag, "Entry.structuredMetadata")
                let (name, value) = try readPair(bytes, in: try cursor.lengthDelimited())
                entry.attributes.set(name, value)
            default: try cursor.skip(tag.type)
            }
        }
        guard let time else { return nil }
        entry.time = time
        return entry
    }

    private func readTime(
        _ bytes: UnsafeRawBufferPointer, in range: Range<Int>
    ) throws(LogWireError) -> Int64? {
        var (seconds, nanoseconds): (Int64, Int64) = (0, 0)
        var cursor = Cursor(bytes, in: range)
        while let tag = try cursor.nextTag() {
            switch tag.field {
            case 1:
                try cursor.expect(.varint, of: tag, "Timestamp.seconds")
                seconds = Int64(bitPattern: try cursor.varint())
            case 2:
                try cursor.expect(.varint, of: tag, "Timestamp.nanos")
                nanoseconds = Int64(bitPattern: try cursor.varint())
            default: try cursor.skip(tag.type)
            }
        }
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, overflowed) = product.addingReportingOverflow(nanoseconds)
        return overflow || overflowed ? nil : sum
    }

    private func readPair(
        _ bytes: UnsafeRawBufferPointer, in range: Range<Int>
    ) throws(LogWireError) -> (String, String) {
        var (name, value) = ("", "")
        var cursor = Cursor(bytes, in: range)
        while let tag = try cursor.nextTag() {
            switch tag.field {
            case 1:
                try cursor.expect(.lengthDelimited, of: tag, "LabelPair.name")
                name = text(bytes, try cursor.lengthDelimited())
            case 2:
                try cursor.expect(.lengthDelimited, of: tag, "LabelPair.value")
                value = text(bytes, try cursor.lengthDelimited())
            default: try cursor.skip(tag.type)
            }
        }
        return (name, value)
    }
}

/// The text of a range; what is not UTF-8 becomes U+FFFD.
func text(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) -> String {
    String(decoding: UnsafeRawBufferPointer(rebasing: bytes[range]), as: UTF8.self)
}
