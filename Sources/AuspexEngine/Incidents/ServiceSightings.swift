import AuspexSignals

/// Which labels have been looked at for what they say of services. Looking at the same again within the hour is left out:
/// the labels of every record would take longer than the record.
struct ServiceSightings: Sendable {
    private static let within = TimeSpan.hours(1)
    /// Label sets that are remembered; over that all are looked at anew.
    private static let most = 200_000

    private var hour: Int64?
    private var seen: Set<Labels> = []

    /// Whether labels that were seen at `time` have something to say that was not looked at before.
    mutating func isNew(_ labels: Labels, at time: Timestamp) -> Bool {
        let hour = time.milliseconds / Self.within.milliseconds
        if self.hour.map({ hour > $0 }) ?? true || seen.count >= Self.most {
            self.hour = hour
            seen.removeAll(keepingCapacity: true)
        }
        return seen.insert(labels).inserted
    }
}
