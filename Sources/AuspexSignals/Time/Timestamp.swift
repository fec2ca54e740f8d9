/// A moment in event time: whole milliseconds since 1970-01-01T00:00:00Z, leap seconds ignored.
public struct Timestamp: Hashable, Comparable, Sendable, Codable {
    /// Milliseconds since 1970-01-01T00:00:00Z; negative before it.
    public var milliseconds: Int64

    /// Creates the moment `milliseconds` after 1970-01-01T00:00:00Z.
    public init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    /// Reads the number of milliseconds, so that JSON holds a plain number.
    public init(from decoder: any Decoder) throws {
        milliseconds = try decoder.singleValueContainer().decode(Int64.self)
    }

    /// Writes the number of milliseconds.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(milliseconds)
    }

    /// Orders by time.
    public static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.milliseconds < right.milliseconds
    }

    /// The moment `duration` later; saturates at the ends of the range.
    public static func + (moment: Timestamp, duration: TimeSpan) -> Timestamp {
        let (sum, overflow) = moment.milliseconds.addingReportingOverflow(duration.milliseconds)
        return Timestamp(milliseconds: overflow ? (duration.milliseconds > 0 ? .max : .min) : sum)
    }

    /// The moment `duration` earlier; saturates at the ends of the range.
    public static func - (moment: Timestamp, duration: TimeSpan) -> Timestamp {
        let (difference, overflow) = moment.milliseconds.subtractingReportingOverflow(duration.milliseconds)
        return Timestamp(milliseconds: overflow ? (duration.milliseconds > 0 ? .min : .max) : difference)
    }

    /// The span from `earlier` to `later`, negative when they are the other way round; saturates.
    public static func - (later: Timestamp, earlier: Timestamp) -> TimeSpan {
        let (difference, overflow) = later.milliseconds.subtractingReportingOverflow(earlier.milliseconds)
        return TimeSpan(milliseconds: overflow ? (later > earlier ? .max : .min) : difference)
    }
}
