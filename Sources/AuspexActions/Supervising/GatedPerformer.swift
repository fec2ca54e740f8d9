import AuspexRunbooks
import AuspexSignals

/// Lets each act of a run pass the supervisor's gate before it begins: while all runs are paused, or a fleet has no place for
/// another target, it waits there, and when a guard objects it never begins.
struct GatedPerformer: Performer {
    /// What the gate says of an act.
    enum Passage: Sendable {
        /// It may begin.
        case go
        /// It has to wait, because all runs are paused.
        case hold(String)
        /// It has to wait, and is to ask again after this time.
        case later(TimeSpan)
        /// It may not begin; its run is being stopped.
        case refuse(RunGuards.Block)
    }

    /// What ends a wait at the gate.
    enum Wake: Sendable {
        /// A pause has begun or ended, or it is time to ask again.
        case changed
        /// The act is to be ended.
        case stopped
    }

    private let inner: any Performer
    private let run: String
    private let targets: FleetTargets
    private let sleeper: any Sleeper
    private let gate: RunSupervisor

    /// Lets the acts of a run pass `gate` on their way to `inner`.
    ///
    /// - Parameter targets: The targets in fleets of the run's plan.
    init(
        _ inner: any Performer, run: String, targets: FleetTargets, sleeper: any Sleeper, gate: RunSupervisor
    ) {
        self.inner = inner
        self.run = run
        self.targets = targets
        self.sleeper = sleeper
        self.gate = gate
    }

    func perform(_ order: OperationOrder, _ control: OperationControl) async -> OperationResult {
        switch await passage(of: order) {
        case .go: await inner.perform(order, control)
        case .refuse(let block): .notBegun("\(block)")
        case .hold, .later: await performAfterWaiting(order, control)
        }
    }

    private func passage(of order: OperationOrder) async -> Passage {
        await gate.passage(of: order, on: targets.at(order.id.path), in: run)
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
    private func performAfterWaiting(_ order: OperationOrder, _ control: OperationControl) async -> OperationResult {
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
        let result = await withTaskGroup(of: Void.self) { group -> OperationResult? in
            defer { group.cancelAll() }
            for await reason in wakes {
                guard reason == .changed else { return .notBegun("the run was stopped") }
                switch await passage(of: order) {
                case .go: return nil
                case .refuse(let block): return .notBegun("\(block)")
                case .hold: break
                case .later(let span):
                    group.addTask { if (try? await sleeper.sleep(span, for: .fleet)) != nil { wake.yield(.changed) } }
                }
            }
            return .notBegun("the engine stopped")
        }
        await gate.forget(number)
        return result
    }
}
