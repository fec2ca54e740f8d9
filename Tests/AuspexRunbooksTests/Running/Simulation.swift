import AuspexRunbookTesting
import AuspexRunbooks
import AuspexSignals

/// A small world in which a run takes place: a journal that lasts, acts that are counted, a clock that jumps to the
/// next timer, and an engine that can die before or after anything that it does.
struct Simulation {
    /// What a later engine can find out about an act of an earlier one.
    enum Knowledge: String, CaseIterable, Sendable {
        /// Everything, as from the helper's status file.
        case all
        /// Whether it began, and no more.
        case whetherItBegan
        /// Nothing.
        case nothing
    }

    /// How often each step has taken effect, by its path.
    var effects: [String: Int] = [:]
    /// The acts in order.
    var started: [OperationID] = []
    /// The audit.
    var audit: [String] = []
    /// What people were told.
    var notices: [RunNotice] = []
    /// What breaks the law that an act follows its record.
    var violations: [String] = []
    var stored: RunRecord
    var now: Int64 = 0
    var crashes = 0
    var boot = "boot-1"

    /// How an act ends.
    var result: (OperationOrder, Simulation) -> OperationResult = { _, _ in
        OperationResult(outcome: .succeeded, status: 0)
    }
    /// What the detectors say.
    var observation: (Verification, Simulation) -> Observation? = { verification, world in
        let clear = Observation.AlertReading(state: .clear, evaluatedAt: Timestamp(milliseconds: world.now))
        return Observation(alerts: verification.clearAlerts.map { _ in clear })
    }
    var knowledge = Knowledge.all
    var locks = LockOutcome.acquired
    /// Until when another run holds the locks.
    var locksBusyUntil: Int64 = 0
    /// How many acts may be under way at once.
    var mostAtOnce = 1
    /// How long an act takes, in milliseconds.
    var duration: (OperationOrder) -> Int64 = { _ in 0 }
    /// The steps whose acts go on until they are stopped, by their paths.
    var endless: Set<String> = []
    /// The acts that were stopped, in order.
    var stopped: [OperationID] = []
    /// What happens at the n-th action, by its number from 0: words for the run.
    var words: [Int: RunEvent] = [:]
    /// What people say when nothing can happen by itself, to the same engine; nil for nothing.
    var answer: (RunRecord) -> RunEvent? = { _ in nil }
    /// Whether the simulation ended because nothing more could happen by itself.
    var isStuck = false
    /// Whether the run's deadline never comes.
    var hasEndlessTime = false

    /// How much later than it should a timer fires, by when it should, as after the host was suspended.
    var lateness: [Int64: Int64] = [:]
    /// How long the host has been suspended.
    var suspension: Int64 = 0

    private var results: [OperationID: OperationResult] = [:]
    private var running: Set<OperationID> = []
    /// When the acts end that take time.
    private var pending: [OperationID: Int64] = [:]
    /// Most acts that were under way at once.
    private(set) var mostRunning = 0
    private var hasLocks = false
    private(set) var actions = 0

    init(_ plan: Plan, mode: RunMode = .auto) {
        stored = RunSamples.record(id: "r1", plan: plan, mode: mode)
    }

    var moment: Moment {
        var moment = RunSamples.moment(now, boot: boot)
        moment.sinceBoot += suspension * 1_000
        return moment
    }

    /// Runs until the run is over, or nothing more can happen.
    ///
    /// - Parameter crash: Says whether the engine dies at this place: twice for each action, before and after it is
    /// done.
    mutating func run(crash: (Int) -> Bool = { _ in false }) throws {
        var place = 0
        var isFirst = true
        while true {
            var state = try RunState(stored)
            var queue = isFirst ? state.handle(.begin, now: moment) : state.recover(now: moment)
            isFirst = false
            if try drive(&state, &queue, &place, crash) { return }
            crashes += 1
            // Enough for every test; a run that needs more does not end.
            guard crashes < 50 else {
                violations.append("the run does not end")
                return
            }
        }
    }

    /// Goes on with a run that waits for people.
    mutating func resume(isPaused: Bool = false, with events: RunEvent...) throws {
        var state = try RunState(stored)
        var queue = isPaused ? state.handle(.pause, now: moment) : []
        queue += state.recover(now: moment)
        var place = 0
        isStuck = false
        for event in events { queue += state.handle(event, now: moment) }
        _ = try drive(&state, &queue, &place) { _ in false }
    }

    /// Whether the run came to rest; false when the engine died.
    private mutating func drive(
        _ state: inout RunState, _ queue: inout [RunAction], _ place: inout Int, _ crash: (Int) -> Bool
    ) throws -> Bool {
        var timers: [RunTimer: Int64] = [:]
        while true {
            while !queue.isEmpty {
                let action = queue.removeFirst()
                defer { place += 2 }
                if crash(place) { return false }
                let events = perform(action, &timers)
                if crash(place + 1) { return false }
                if case .finish = action { return true }
                if let word = words.removeValue(forKey: actions) { queue += state.handle(word, now: moment) }
                actions += 1
                for event in events { queue += state.handle(event, now: moment) }
            }
            let next = timers.min { ($0.value, "\($0.key)") < ($1.value, "\($1.key)") }
            let end = pending.min { ($0.value, $0.key.path) < ($1.value, $1.key.path) }
            if let end, end.value <= next?.value ?? .max {
                now = max(now, end.value)
                queue = state.handle(finished(end.key), now: moment)
                continue
            }
            guard let next else {
                if let word = answer(state.record) {
                    queue = state.handle(word, now: moment)
                    if !queue.isEmpty { continue }
                    violations.append("nobody heard \(word)")
                }
                isStuck = true
                return true
            }
            timers[next.key] = nil
            now = max(now, next.value + lateness[next.value, default: 0])
            queue = state.handle(.timerFired(next.key), now: moment)
        }
    }

    /// Lets the acts that are under way be over without a word.
    mutating func loseActs() { running = [] }

    private mutating func finished(_ id: OperationID) -> RunEvent {
        pending[id] = nil
        running.remove(id)
        return .operationEnded(id, results[id] ?? OperationResult(outcome: .unknown))
    }

    private mutating func perform(_ action: RunAction, _ timers: inout [RunTimer: Int64]) -> [RunEvent] {
        switch action {
        case .commit(let commit):
            if commit.record.revision != stored.revision + 1 { violations.append("revision \(commit.record.revision)") }
            stored = commit.record
            audit.append(commit.audit.kind)
            return [.committed(revision: commit.record.revision)]
        case .acquireLocks:
            let outcome = now < locksBusyUntil ? .held(lock: "service/api", run: "r9") : locks
            hasLocks = outcome == .acquired
            return [.locks(outcome)]
        case .releaseLocks:
            if !running.isEmpty { violations.append("the locks were given back while \(running) went on") }
            hasLocks = false
            return []
        case .stop(let id):
            stopped.append(id)
            guard running.remove(id) != nil else { return [] }
            pending[id] = nil
            results[id] = OperationResult(outcome: .cancelled, reason: "stopped")
            return [.operationEnded(id, OperationResult(outcome: .cancelled, reason: "stopped"))]
        case .start(let order):
            let isCheck = order.id.path.hasPrefix("preconditions/")
            let isMessage = if case .notify = order.operation { stored.ending != nil } else { false }
            if !hasLocks, !isCheck, !isMessage { violations.append("\(order.id) was started without locks") }
            if running.count >= mostAtOnce { violations.append("\(order.id) was started while \(running) went on") }
            let last = stored.lastAttempt(at: order.id.path)
            if last?.state != .intent || last?.attempt != order.id.attempt {
                violations.append("\(order.id) was started without its record")
            }
            started.append(order.id)
            effects[order.id.path, default: 0] += 1
            guard !endless.contains(order.id.path) else {
                running.insert(order.id)
                return []
            }
            let result = result(order, self)
            results[order.id] = result
            let length = duration(order)
            guard length == 0 else {
                running.insert(order.id)
                mostRunning = max(mostRunning, running.count)
                pending[order.id] = now + length
                return []
            }
            return [.operationEnded(order.id, result)]
        case .locate(let order): return [.located(order.id, located(order))]
        case .setTimer(.deadline, _) where hasEndlessTime: return []
        case .setTimer(let timer, let span):
            timers[timer] = now + span.milliseconds
            return []
        case .clearTimer(let timer):
            timers[timer] = nil
            return []
        case .observe(let verification, let path):
            let observation = observation(verification, self)
            return [.observed(observation, problem: observation == nil ? "no answer" : nil, path: path)]
        case .tell(let notice):
            notices.append(notice)
            return []
        case .finish: return []
        }
    }

    private func located(_ order: OperationOrder) -> Located {
        if running.contains(order.id) { return .running }
        let result = results[order.id]
        switch knowledge {
        case .all: return result.map(Located.finished) ?? .notStarted
        case .whetherItBegan: return result == nil ? .notStarted : .unknown
        case .nothing: return .unknown
        }
    }
}
