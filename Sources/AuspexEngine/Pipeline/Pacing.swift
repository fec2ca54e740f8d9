import AuspexSignals

/// Keeps something that is done again and again to a share of the time: the longer it takes, the longer is the rest
/// after it. What takes less than the clock can show is done whenever there is something to do.
struct Pacing: Sendable {
    /// How many times as long as the work the rest after it is.
    let share: Int64
    /// The longest rest.
    let longest: TimeSpan
    private var restsUntil: Timestamp?

    /// Starts with work to do.
    init(share: Int64, longest: TimeSpan) {
        self.share = share
        self.longest = longest
    }

    /// How long the rest still lasts; nil when there is none. A clock that was set back ends it.
    func rest(at now: Timestamp) -> TimeSpan? {
        guard let restsUntil, now < restsUntil, restsUntil - now <= longest else { return nil }
        return restsUntil - now
    }

    /// Says how long the work took.
    mutating func took(from start: Timestamp, to end: Timestamp) {
        let taken = min(max(.zero, end - start), longest).milliseconds
        restsUntil = end + min(TimeSpan(milliseconds: share * taken), longest)
    }
}
