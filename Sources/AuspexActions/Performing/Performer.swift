package import AuspexRunbooks
package import AuspexSignals

/// Who carries operations out.
package protocol Performer: Sendable {
    /// Carries an operation out and says how it ended. When ``OperationControl/stops`` speaks it ends the operation.
    /// When the task is cancelled, because the engine stops, it returns soon and leaves what must not be lost to be
    /// found by ``locate(_:)``; the result is then of no use.
    func perform(_ order: OperationOrder, _ control: OperationControl) async -> OperationResult

    /// The number of the newest repetition of an act of which anything is kept, as ``OperationID/poll`` has it; 0 where it
    /// was not done again. Unlike ``locate(_:)`` it decides nothing.
    func newestRepetition(of order: OperationOrder) async -> Int

    /// Says what is known of an operation that an earlier engine was to begin.
    func locate(_ order: OperationOrder) async -> Located

    /// Waits for an operation that was located as running, and says how it ended.
    func attach(_ order: OperationOrder, _ control: OperationControl) async -> OperationResult

    /// Removes what it keeps of runs that are not among `open` and were last worked on before `time`.
    func tidy(keeping open: Set<String>, before time: Timestamp) async
}

extension Performer {
    package func newestRepetition(of order: OperationOrder) async -> Int { 0 }

    /// Most performers keep nothing.
    package func tidy(keeping open: Set<String>, before time: Timestamp) async {}
}

/// The line between an operation and whoever asked for it.
package struct OperationControl: Sendable {
    /// Speaks when the operation is to be ended. One reader.
    package let stops: AsyncStream<Void>
    /// To be called when the operation runs as a process.
    package let started: @Sendable (ProcessIdentity) -> Void
    /// To be called, once, when the command has written something or the other side has begun to answer.
    package let spoke: @Sendable () -> Void
    /// To be called with true when the operation has to wait before it may begin, and with false when it need not any more,
    /// before anything of it is done. Returns when the journal says so, by which a later engine knows that it never began;
    /// false when nobody drives its run any more, and then it may not begin.
    package let heldUp: @Sendable (_ isWaiting: Bool) async -> Bool

    /// Creates a line.
    package init(
        stops: AsyncStream<Void>, started: @escaping @Sendable (ProcessIdentity) -> Void = { _ in },
        spoke: @escaping @Sendable () -> Void = {}, heldUp: @escaping @Sendable (Bool) async -> Bool = { _ in true }
    ) {
        self.stops = stops
        self.started = started
        self.spoke = spoke
        self.heldUp = heldUp
    }

    /// The same line, on which stops come from elsewhere.
    func stopped(by stops: AsyncStream<Void>) -> OperationControl {
        OperationControl(stops: stops, started: started, spoke: spoke, heldUp: heldUp)
    }

    /// A line on which nobody speaks.
    package static var silent: OperationControl { OperationControl(stops: AsyncStream { _ in }) }
}
