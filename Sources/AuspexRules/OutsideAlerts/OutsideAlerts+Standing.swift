import AuspexSignals

extension OutsideAlerts {
    /// How an alert stands.
    enum Standing: Hashable, Sendable, Codable {
        /// It fires.
        case firing(Episode)
        /// It was over at this moment.
        case over(at: Timestamp)

        /// The time in which it fires; nil when it is over.
        var episode: Episode? { if case .firing(let episode) = self { episode } else { nil } }
    }

    /// A time in which an alert fires.
    struct Episode: Hashable, Sendable, Codable {
        /// The earliest beginning that was told; by a sender's clock it may lie ahead.
        var startsAt: Timestamp
        /// The time of the fact that it begins, which later news don't change.
        let since: Timestamp
        /// When the alert was over before; nil when that is not known.
        let after: Timestamp?
        /// When it is over unless it is heard of again.
        var endsAt: Timestamp
        /// Whether nobody named that end.
        var isEndAssumed: Bool

        /// Whether an end belongs to this time and not to a former one.
        func isEnded(by end: Timestamp) -> Bool {
            end >= min(startsAt, since) && after.map { end > $0 } ?? true
        }

        /// The episode with news that it goes on, by an Alertmanager's rules: what does not overlap with it takes its
        /// place, and the newest alone decides whether the end is assumed.
        func merged(with alert: ReceivedAlert) -> Episode {
            var merged = self
            let isMerged = overlaps(alert)
            merged.startsAt = isMerged ? min(startsAt, alert.startsAt) : alert.startsAt
            merged.endsAt = isMerged && !isEndAssumed ? max(endsAt, alert.endsAt) : alert.endsAt
            merged.isEndAssumed = alert.isEndAssumed
            return merged
        }

        /// Whether one begins or ends inside the other, in the way in which an Alertmanager asks that.
        private func overlaps(_ alert: ReceivedAlert) -> Bool {
            (alert.endsAt > startsAt && alert.endsAt < endsAt) || (alert.startsAt > startsAt && alert.startsAt < endsAt)
        }
    }
}
