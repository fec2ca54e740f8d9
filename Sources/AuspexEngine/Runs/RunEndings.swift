import AuspexRunbooks

/// Runs that are over, for one reader. They are in the journal as well, so those for which there is no room are found again
/// after the next start.
struct RunEndings: Sendable {
    /// Runs that may wait.
    private static let mostWaiting = 1_024

    /// The runs.
    let runs: AsyncStream<RunRecord>
    private let intake: AsyncStream<RunRecord>.Continuation

    /// Starts without runs.
    init() {
        (runs, intake) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(Self.mostWaiting))
    }

    /// Adds a run.
    func add(_ run: RunRecord) { intake.yield(run) }
}
