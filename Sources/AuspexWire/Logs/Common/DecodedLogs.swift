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
        if isShortened { shortened += 1 }
    }

    /// Adds what another part of the same data brought.
    package mutating func append(_ other: DecodedLogs) {
        records += other.records
        rejections += other.rejections.prefix(max(0, described - rejections.count))
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
