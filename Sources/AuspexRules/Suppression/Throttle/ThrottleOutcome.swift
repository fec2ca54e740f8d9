package import AuspexSignals

/// Something that a throttle decides about, such as an alert that begins to fire.
package struct ThrottleEvent<Payload: Hashable & Sendable & Codable>: Hashable, Sendable, Codable {
    /// Unique; an event that comes twice has the same one.
    package var id: String
    /// Events of one key are throttled together; see ``Throttle/key(of:)``.
    package var key: Labels
    /// When it happened.
    package var time: Timestamp
    /// What is let go when it goes through.
    package var payload: Payload

    /// Creates an event.
    package init(id: String, key: Labels, time: Timestamp, payload: Payload) {
        self.id = id
        self.key = key
        self.time = time
        self.payload = payload
    }

    /// The order in which events are decided: by time, those of one moment by identifier.
    func precedes(_ other: ThrottleEvent) -> Bool { (time, id) < (other.time, other.id) }
}

/// What a throttle lets go.
package enum ThrottleOutcome<Payload: Hashable & Sendable & Codable>: Hashable, Sendable {
    /// An event goes through.
    case release(Release)
    /// A window is over in which events were held back, of which nobody has been told.
    case lapse(Lapse)

    /// An event that goes through.
    package struct Release: Hashable, Sendable {
        /// The event.
        package var event: ThrottleEvent<Payload>
        /// The moment from which it counts as let go, in event time.
        package var at: Timestamp
        /// How many events it stands for, itself included.
        package var count: Int
        /// The first and the last of these.
        package var span: ClosedRange<Timestamp>
    }

    /// What was held back in a window that is over.
    package struct Lapse: Hashable, Sendable {
        /// The key.
        package var key: Labels
        /// When the window began: the time of the event that went through.
        package var since: Timestamp
        /// When it ended.
        package var at: Timestamp
        /// How many events were held back; at least one.
        package var heldBack: Int
    }

    /// When it counts.
    package var at: Timestamp {
        switch self {
        case .release(let release): release.at
        case .lapse(let lapse): lapse.at
        }
    }
}

/// How a throttle went.
package struct ThrottleStatistics: Hashable, Sendable, Codable {
    /// Events that went through.
    package internal(set) var released = 0
    /// Events that did not go through by themselves; those that were gathered into another one are among them.
    package internal(set) var heldBack = 0
    /// Events that were known already.
    package internal(set) var duplicates = 0
    /// Events that came after all of their time should have been in. They are counted in the window that is open.
    package internal(set) var late = 0
    /// Events that were decided before their time because too many waited.
    package internal(set) var hurried = 0
    /// Keys that were forgotten because there were too many.
    package internal(set) var forgottenKeys = 0
}
