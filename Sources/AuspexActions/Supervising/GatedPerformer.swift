import AuspexRunbooks
import AuspexSignals

/// Lets each act of a run pass the supervisor's gate before it begins: while all runs are paused, people make the run wait, or a
/// fleet has no place for another target, it waits there, and when a guard objects it never begins.
struct GatedPerformer: Performer {
    /// What the gate says of an act.
    enum Passage: Sendable {
        /// It may begin, and take this long at most; nil for as long as its order says.
        case go(within: TimeSpan?)
        /// It has to wait until people let it go on.
        case hold
        /// It has to wait, and is to ask again after this time.
        case later(TimeSpan)
        /// It may not begin any more.
        case refuse(String)
    }

    /// How a wait at the gate ends.
    private enum Admission {
        case begin(OperationOrder)
        case refuse(String)
    }

    /// What ends a wait at the gate.
    enum Wake: Sendable {
        /// A pause, or what else people make runs wait by, has begun or ended.
        case changed
        /// It is time to ask again, for the wait of this number.
        case due(Int)
        /// The act is to be ended.
        case stopped
    }

    private static let engineStopped = "the engine stopped"

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
        switch await passage(of: order, hasWaited: false) {
        case .go: await inner.perform(order, control)
        case .refuse(let why): .notBegun(why)
        case .hold, .later: await performAfterWaiting(order, control)
        }
    }

    private func passage(of order: OperationOrder, hasWaited: Bool) async -> Passage {
        await gate.passage(of: order, on: targets, in: run, hasWaited: hasWaited)
    }

    /// What still runs has passed the gate of an earlier engine. This one counts it before any other act of the run asks.
    func locate(_ order: OperationOrder) async -> Located {
        let located = await inner.locate(order)
        if located == .running { await gate.notePassed(order, on: targets.at(order.id.path), in: run) }
        return located
    }

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
                // An engine that dies meanwhile leaves behind that nothing was done.
                guard await control.heldUp(true) else { return .notBegun(Self.engineStopped) }
                switch await admission(of: order, wakes, wake) {
                case .refuse(let why): return .notBegun(why)
                case .begin(let order):
                    guard await control.heldUp(false) else { return .notBegun(Self.engineStopped) }
                    return await inner.perform(order, control.stopped(by: stops))
                }
            }
            for await result in group {
                guard let result else { continue }
                group.cancelAll()
                return result
            }
            return .notBegun(Self.engineStopped)
        }
    }

    /// Waits until the act may begin, or never will.
    private func admission(
        of order: OperationOrder, _ wakes: AsyncStream<Wake>, _ wake: AsyncStream<Wake>.Continuation
    ) async -> Admission {
        let number = await gate.remember(wake)
        let admission = await withTaskGroup(of: Void.self) { group -> Admission in
            defer { group.cancelAll() }
            // Of waits that were cut short by news only the newest counts.
            var latest = 0
            for await reason in wakes {
                switch reason {
                case .stopped: return .refuse("the run was stopped")
                case .due(let wait) where wait != latest: continue
                case .changed, .due: break
                }
                switch await passage(of: order, hasWaited: true) {
                case .go(let most):
                    var order = order
                    order.timeout = most.map { min($0, order.timeout) } ?? order.timeout
                    return .begin(order)
                case .refuse(let why): return .refuse(why)
                case .hold: break
                case .later(let span):
                    latest += 1
                    group.addTask { [latest] in
                        if (try? await sleeper.sleep(span, for: .fleet)) != nil { wake.yield(.due(latest)) }
                    }
                }
            }
            return .refuse(Self.engineStopped)
        }
        await gate.forget(number)
        return admission
    }
}
