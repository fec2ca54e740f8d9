package import AuspexRunbooks
package import AuspexSignals

/// Sends each operation to the performer of its kind.
package struct OperationPerformer: Performer {
    private let processes: any Performer
    private let requests: any Performer
    private let notifications: any Performer
    private let health: any Performer
    private let collections: any Performer

    /// Creates a performer from those of the five kinds.
    package init(
        processes: any Performer, requests: any Performer, notifications: any Performer, health: any Performer,
        collections: any Performer
    ) {
        self.processes = processes
        self.requests = requests
        self.notifications = notifications
        self.health = health
        self.collections = collections
    }

    private func performer(of order: OperationOrder) -> any Performer {
        switch order.operation {
        case .run: processes
        case .http: requests
        case .notify: notifications
        case .health: health
        case .collect: collections
        }
    }

    package func perform(_ order: OperationOrder, _ control: OperationControl) async -> OperationResult {
        await performer(of: order).perform(order, control)
    }

    package func newestRepetition(of order: OperationOrder) async -> Int {
        await performer(of: order).newestRepetition(of: order)
    }

    package func locate(_ order: OperationOrder) async -> Located { await performer(of: order).locate(order) }

    package func attach(_ order: OperationOrder, _ control: OperationControl) async -> OperationResult {
        await performer(of: order).attach(order, control)
    }

    package func tidy(keeping open: Set<String>, before time: Timestamp) async {
        for performer in [processes, requests, notifications, health, collections] {
            await performer.tidy(keeping: open, before: time)
        }
    }
}
