package import AuspexRunbooks
package import AuspexSignals

/// Who carries operations out.
package protocol Performer: Sendable {
    /// Carries an operation out and says how it ended. When ``OperationControl/stops`` speaks it ends the operation.
    /// When the task is cancelled, because the engine stops, it returns soon and leaves what must not be lost to be
    /// found by ``locate(_:)``; the result is then of no use.
    func perform(_ order: OperationOrder, _ control: OperationControl) async -> OperationResult

    /// Says what is known of an operation that an earlier engine was to begin.
    func locate(_ order: OperationOrder) async -> Located

    /// Waits for an operation that was located as running, and says how it ended.
    func attach(_ order: OperationOrder, _ control: OperationControl) async -> OperationResult

    /// Removes what it keeps of runs that are not among `open` and were last worked on before `time`.
    func tidy(keeping open: Set<String>, before time: Timestamp) async
}

extension Performer {
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

    /// Creates a line.
    package init(
        stops: AsyncStream<Void>, started: @escaping @Sendable (ProcessIdentity) -> Void = { _ in },
        spoke: @escaping @Sendable () -> Void = {}
    ) {
        self.stops = stops
        self.started = started
        self.spoke = spoke
    }

    /// A line on which nobody speaks.
    package static var silent: OperationControl { OperationControl(stops: AsyncStream { _ in }) }
}

/// Sends each operation to the performer of its kind.
package struct OperationPerformer: Performer {
    private let processes: any Performer
    private let requests: any Performer
    private let notifications: any Performer

    /// Creates a performer from those of the three kinds.
    package init(processes: any Performer, requests: any Performer, notifications: any Performer) {
        self.processes = processes
        self.requests = requests
        self.notifications = notifications
    }

    private func performer(of order: OperationOrder) -> any Performer {
        switch order.operation {
        case .run: processes
        case .http: requests
        case .notify: notifications
        }
    }

    package func perform(_ order: OperationOrder, _ control: OperationControl) async -> OperationResult {
        await performer(of: order).perform(order, control)
    }

    package func locate(_ order: OperationOrder) async -> Located { await performer(of: order).locate(order) }

    package func attach(_ order: OperationOrder, _ control: OperationControl) async -> OperationResult {
        await performer(of: order).attach(order, control)
    }

    package func tidy(keeping open: Set<String>, before time: Timestamp) async {
        for performer in [processes, requests, notifications] { await performer.tidy(keeping: open, before: time) }
    }
}
