/// How long a gate is asked again and again, and how long it is left alone in between.
struct GatePatience {
    /// The shortest and the longest pause, and by how much each is longer than the one before.
    private static let (shortest, longest) = (Duration.seconds(1), Duration.seconds(10))
    private static let growth = 1.5
    /// The least time that an attempt is given, however little is left.
    private static let leastAttempt = Duration.seconds(1)

    /// When it is over.
    let end: ContinuousClock.Instant
    private var next = shortest

    /// Begins now.
    init(_ wait: Duration) {
        end = ContinuousClock.now + wait
    }

    /// How long to pause before the next attempt; nil when there is no time for another one.
    mutating func pause(at now: ContinuousClock.Instant) -> Duration? {
        let left = end - now
        guard left > .zero else { return nil }
        defer { next = min(next * Self.growth, Self.longest) }
        return min(next, left)
    }

    /// The most that an attempt may take.
    func attempt(at now: ContinuousClock.Instant, most: Duration) -> Duration {
        min(most, max(end - now, Self.leastAttempt))
    }
}
