import AuspexRunbooks

/// Follows a run, here or at a server, until it is over or needs a person.
struct RunFollower: Sendable {
    /// How the run stands.
    var look: @Sendable () async throws -> RunRecord
    /// Stops it; nil where following does not mean being answerable for it.
    var cancel: (@Sendable () async throws -> Void)?
    /// Asks a person about a step whose outcome nobody knows, and passes the answer on.
    ///
    /// Returns false when there was none.
    var settle: (@Sendable (RunRecord) async throws -> Bool)?
    /// What steps print while they are at work; nil to leave that out.
    var output: StepOutputFollower.Read?
    /// The time between two looks.
    var interval: Duration
    /// Whether to go on while the run waits for people.
    var waitsForPeople = false

    /// Follows it, telling of it through `printer`.
    ///
    /// - Parameter interrupts: Where a wish to stop comes from.
    /// - Returns: The run as it stands when it is over, or when it needs a person who is not here.
    func follow(_ printer: inout RunPrinter, _ interrupts: Interrupts) async throws -> RunRecord {
        var outputs = output.map(StepOutputFollower.init)
        while true {
            let record = try await look()
            // What a step has printed comes before its end.
            printer.show(try await outputs?.rest(in: record) ?? [])
            printer.show(record)
            printer.show(try await outputs?.news(in: record) ?? [])
            if record.status.isOver || !record.isOpen { return record }
            if interrupts.takeWish() { try await cancel?() }
            switch record.status {
            case .awaitingApproval where !waitsForPeople: return record
            case .needsDecision where !waitsForPeople:
                if try await settle?(record) ?? false { break }
                // Whoever wants to stop instead of answering stops the run.
                guard let cancel, interrupts.takeWish() else { return record }
                try await cancel()
            default: break
            }
            try await Task.sleep(for: interval)
        }
    }
}
