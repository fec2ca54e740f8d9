import AuspexSignals

/// What a throttle remembers of a key.
enum ThrottleWindow<Payload: Hashable & Sendable & Codable>: Hashable, Sendable, Codable {
    /// An event that is counted.
    struct Moment: Hashable, Sendable, Codable {
        var time: Timestamp
        var id: String

        func precedes(_ other: Moment) -> Bool { (time, id) < (other.time, other.id) }
    }

    /// An event went through at `since`; the others are held back.
    case quiet(since: Timestamp, heldBack: Int)
    /// Events are gathered; the first will go through.
    case gathering(first: ThrottleEvent<Payload>, last: Timestamp, count: Int)
    /// Events inside the sliding window, in order; never none.
    case counting([Moment])

    /// When it is over, unless something happens before.
    func end(_ length: TimeSpan) -> Timestamp {
        switch self {
        case .quiet(let since, heldBack: _): since + length
        case .gathering(let first, last: _, count: _): first.time + length
        case .counting(let moments): (moments.last?.time ?? Timestamp(milliseconds: .min)) + length
        }
    }
}
