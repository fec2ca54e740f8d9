import AuspexEngine
import AuspexSignals

extension LogRecord {
    /// The attribute that keeps the time which a record's sender gave, where that could not be believed.
    static let originalTime = "log.time.original"

    /// The record as it is, or with the time of its arrival when its own lies after `latest`.
    ///
    /// The engine refuses records of the future. Doors whose senders cannot be told that one record was refused would lose it.
    func arrived(at received: Timestamp, latest: Timestamp) -> LogRecord {
        guard time > latest else { return self }
        var record = self
        record.time = received
        record.attributes = attributes.setting(Self.originalTime, to: time.iso8601)
        return record
    }
}

extension Engine {
    /// Records that arrive now, those of the future with the time of their arrival.
    func dated(_ records: [LogRecord]) -> [LogRecord] {
        let received = clock.now()
        let latest = received + configuration.detection.mostAhead
        guard records.contains(where: { $0.time > latest }) else { return records }
        return records.map { $0.arrived(at: received, latest: latest) }
    }
}
