import AuspexRunbooks
import AuspexSignals

/// Lets each act of a run pass the supervisor's gate before it begins: while all runs are paused it waits there, and when a
/// guard objects it never begins.
struct GatedPerformer: Performer {
    /// What the gate says of an act.
    enum Passage: Sendable {
        /// It may begin.
        case go
        /// It has to wait, because all runs are paused.
        case hold(String)
        /// It may not begin; its run is being stopped.
        case refuse(RunGuards.Block)
    }

    /// What ends a wait at the gate.
    enum Wake: Sendable {
        /// A pause has begun or ended.
        case changed
        /// The act is to be ended.
        case stopped
    }

    private let inner: any Performer
    private let run: String
    private let gate: RunSupervisor

    /// Lets the acts of a run pass `gate` on their way to `inner`.
    init(_ inner: any Performer, run: String, gate: RunSupervisor) {
        self.inner = inner
        self.run = run
        self.gate = gate
    }

    func perform(_ order: OperationOrder, _ control: OperationControl) async -> OperationResult {
        switch await gate.passage(of: order, in: run) {
        case .go: await inner.perform(order, control)
        case .refuse(let block): .notBegun("\(block)")
        case .hold: await performAfterPause(order, control)
        }
    }

    func locate(_ order: OperationOrder) async -> Located { await inner.locate(order) }

    func attach(_ order: OperationOrder, _ control: OperationControl) async -> OperationResult {
        await inner.attach(order, control)
    }

    func tidy(keeping open: Set<String>, before time: Timestamp) async {
        await inner.tidy(keeping: open, before: time)
    }

    /// Waits at the gate, then carries the act out. The stream of stops has one reader, so what comes on it meanwhile is
    /// passed on.
    private func performAfterPause(_ order: OperationOrder, _ control: OperationControl) async -> OperationResult {
        let (stops, stop) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        let (wakes, wake) = AsyncStream<Wake>.makeStream(bufferingPolicy: .unbounded)
        return await withTaskGroup(of: OperationResult?.self) { group in
            group.addTask {
                for await _ in control.stops {
                    stop.yield()
                    wake.yield(.stopped)
                }
                return nil
            }
            group.addTask {
                if let refusal = await refusal(of: order, wakes, wake) { return refusal }
                let passedOn = OperationControl(
                    stops: stops, started: control.started, spoke: control.spoke)
                return await inner.perform(order, passedOn)
            }
            for await result in group {
                guard let result else { continue }
                group.cancelAll()
                return result
            }
            return .notBegun("the engine stopped")
        }
    }

    /// Waits until the act may begin; then nil, else how it ended before it began.
    private func refusal(
        of order: OperationOrder, _ wakes: AsyncStream<Wake>, _ wake: AsyncStream<Wake>.Continuation
    ) async -> OperationResult? {
        let number = await gate.remember(wake)
        var result: OperationResult? = .notBegun("the engine stopped")
        waiting: for await reason in wakes {
            switch reason {
            case .stopped:
                result = .notBegun("the run was stopped")
                break waiting
            case .changed:
                switch await gate.passage(of: order, in: run) {
                case .go:
                    result = nil
                    break waiting
                case .refuse(let block):
                    result = .notBegun("\(block)")
                    break waiting
                case .hold: break
                }
            }
        }
        await gate.forget(number)
        return result
    }
}
