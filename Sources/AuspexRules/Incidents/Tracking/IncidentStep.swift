import AuspexSignals

/// One thing that happens to incidents, at one moment.
enum IncidentStep: Hashable, Sendable, Codable {
    /// A change was reported.
    case changed(Change)
    /// An alert fired.
    case fired(IncidentAlert)
    /// An alert was over.
    case resolved(IncidentAlert, at: Timestamp)
    /// A person did something.
    case act(IncidentAct)

    /// What decides in which order steps are taken. Two steps with the same key are the same step.
    struct Key: Hashable, Comparable, Sendable, Codable {
        var time: Timestamp
        /// At one moment changes come first, because alerts may come from them, and people last.
        var rank: Int
        var id: String

        static func < (one: Key, other: Key) -> Bool {
            (one.time, one.rank, one.id) < (other.time, other.rank, other.id)
        }
    }

    /// Whether it is the report of a change.
    var isChange: Bool {
        if case .changed = self { true } else { false }
    }

    /// When it happened.
    var time: Timestamp {
        switch self {
        case .changed(let change): change.endedAt ?? change.startedAt
        case .fired(let alert): alert.firedAt
        case .resolved(_, let time): time
        case .act(let act): act.at
        }
    }

    /// The key of the step when it is taken at `time`.
    func key(at time: Timestamp) -> Key {
        switch self {
        case .changed(let change): Key(time: time, rank: 0, id: change.id)
        case .fired(let alert): Key(time: time, rank: 1, id: alert.id)
        case .resolved(let alert, _): Key(time: time, rank: 2, id: alert.id)
        case .act(let act): Key(time: time, rank: 3, id: act.id)
        }
    }

    /// Which of two reports with the same key counts, whatever order they come in: the change that says more, the worse
    /// alert, else the one whose text comes last.
    func isOutweighed(by other: IncidentStep) -> Bool {
        switch (self, other) {
        case (.changed(let change), .changed(let newer)): return ChangeLog.says(newer, moreThan: change)
        case (.fired(let alert), .fired(let newer)), (.resolved(let alert, _), .resolved(let newer, _)):
            if alert.severity != newer.severity { return alert.severity.rank < newer.severity.rank }
            func texts(_ alert: IncidentAlert) -> [String] {
                [alert.rule, alert.title, alert.service, alert.labels.description]
            }
            return texts(alert).lexicographicallyPrecedes(texts(newer))
        default: return false
        }
    }
}
