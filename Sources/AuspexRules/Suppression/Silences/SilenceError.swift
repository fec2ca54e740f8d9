package import AuspexSignals

/// Why a silence can't be made or changed.
package enum SilenceError: Error, Hashable, Sendable, CustomStringConvertible {
    /// This text is missing.
    case empty(String)
    /// This text is too long.
    case tooLong(String, bytes: Int, longest: Int)
    /// The end does not lie after the start.
    case endsBeforeItStarts(startsAt: Timestamp, endsAt: Timestamp)
    /// It would be over already.
    case endsInThePast(endsAt: Timestamp, now: Timestamp)
    /// There is a silence of this identifier already.
    case taken(String)
    /// There is no silence of this identifier.
    case unknown(String)
    /// The silence of this identifier is over.
    case expired(String)
    /// There are so many that none can be added.
    case full(limit: Int)

    package var description: String {
        switch self {
        case .empty(let name): "a silence needs '\(name)'"
        case .tooLong(let name, let bytes, let longest): "'\(name)' has \(bytes) bytes; at most \(longest) are accepted"
        case .endsBeforeItStarts(let start, let end):
            "a silence ends after it starts; this one starts at \(start.iso8601) and ends at \(end.iso8601)"
        case .endsInThePast(let end, let now):
            "the end, \(end.iso8601), is past (it is \(now.iso8601)); choose a later one"
        case .taken(let id): "there is a silence '\(id)' already; choose another id"
        case .unknown(let id): "there is no silence '\(id)'"
        case .expired(let id): "the silence '\(id)' is over already; make a new one"
        case .full(let limit): "there are \(limit) silences that are not over, and there can't be more; expire some"
        }
    }
}
