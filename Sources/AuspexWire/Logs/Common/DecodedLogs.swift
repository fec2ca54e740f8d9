package import AuspexSignals

/// A record that was left out.
package struct LogRejection: Hashable, Sendable, CustomStringConvertible {
    /// Where it stood, such as `line 3` or `resourceLogs[0].scopeLogs[1].logRecords[7]`.
    package var place: String
    /// What was wrong and what would be right.
    package var reason: String

    package var description: String { "\(place): \(reason)" }
}

/// What came out of log data: the records, what was left out, and what was shortened.
package struct DecodedLogs: Hashable, Sendable {
    /// The records that were accepted, in order.
    package var records: [LogRecord] = []
    /// The first of those that were left out, each with the reason.
    package private(set) var rejections: [LogRejection] = []
    /// How many were left out, whether described or not.
    package private(set) var rejected = 0
    /// How many records lost the end of their body or some of their attributes to a limit.
    package var shortened = 0

    /// About how many bytes the records take in memory with their attributes, of which each and every record costs some beside
    /// its text.
    private(set) var bytes = 0

    /// What a record takes beside its body and its attributes.
    private static let bytesOfRecord = 64
    /// What an attribute takes beside its text: two strings of 16 bytes.
    private static let bytesOfPair = 32

    private let described: Int

    /// Nothing yet.
    package init(limits: LogLimits = LogLimits()) {
        described = limits.describedRejections
    }

    /// Notes a record that is left out.
    package mutating func reject(_ place: @autoclosure () -> String, _ reason: @autoclosure () -> String) {
        rejected += 1
        guard rejections.count < described else { return }
        rejections.append(LogRejection(place: place(), reason: reason()))
    }

    /// Adds a record.
    mutating func accept(_ record: LogRecord, isShortened: Bool = false) {
        records.append(record)
        bytes += record.attributes.pairs.reduce(Self.bytesOfRecord + record.body.utf8.count) {
            $0 + Self.bytesOfPair + $1.name.utf8.count + $1.value.utf8.count
        }
        if isShortened { shortened += 1 }
    }

    /// Refuses a request that has grown too large.
    ///
    /// - Parameter count: how many records it has had, refused ones included.
    func check(_ count: Int, _ limits: LogLimits) throws(LogWireError) {
        guard count <= limits.records else { throw .tooManyRecords(limit: limits.records) }
        guard bytes <= limits.recordBytes else { throw .recordsTooLarge(limit: limits.recordBytes) }
    }

    /// Adds a line of text that says nothing of itself; an empty one is none.
    package mutating func acceptText(_ line: LogLineSplitter.Line, time: Timestamp, attributes: LogAttributes) {
        guard !line.bytes.isEmpty else { return }
        let body = String(decoding: line.bytes, as: UTF8.self)
        let (record, isShortened) = attributes.record(time: time, severity: "", body: body)
        accept(record, isShortened: isShortened || line.isCut)
    }

    /// Adds what another part of the same data brought.
    package mutating func append(_ other: DecodedLogs) {
        records += other.records
        rejections += other.rejections.prefix(max(0, described - rejections.count))
        bytes += other.bytes
        rejected += other.rejected
        shortened += other.shortened
    }

    /// What to answer when something was left out; nil when nothing was.
    package var problem: String? {
        guard rejected > 0 else { return nil }
        let more = rejected > rejections.count ? "; and \(rejected - rejections.count) more" : ""
        return "\(rejected) records refused, \(records.count) accepted: "
            + rejections.map(\.description).joined(separator: "; ") + more
    }
}
