import AuspexRules
import AuspexRunbooks
import AuspexSignals
import AuspexTesting
import Foundation

/// A small fleet and the engine that looks after it: services that break, a rule that notices, guards that admit, runs
/// that mend. The engine dies in the middle of anything, clocks jump, answers are lost, people pause, cancel, approve and
/// decide. All of it from one seed and one after the other, so that a seed always gives the same course.
struct FleetSimulation {
    /// Time between two looks at the fleet.
    static let tick: Int64 = 10_000
    private static let ticks = 150
    /// Ticks in which nothing new goes wrong any more, and by the end of which every run must be over.
    private static let settling = 1_500

    /// The engine dies here.
    struct Death: Error {}

    // What lasts.
    var journal = FleetJournal()
    var fleet: Fleet
    private var savedRules: Data?
    private var factsSince: [Fact] = []
    private(set) var isPaused = false

    // What dies with the engine.
    private var rules: RuleEngine
    private var machines: [String: Machine] = [:]
    private var letGo: Set<String> = []

    /// A run that is driven.
    private struct Machine {
        var state: RunState
        var queue: [RunAction] = []
        /// When timers go off, by the time since boot.
        var timers: [RunTimer: Int64] = [:]
    }

    let ruleSet: RuleSet
    private let guards = RunGuards()
    private(set) var clock = FleetClock()
    private var random: SplitMix64
    /// How likely each kind of trouble is at each occasion.
    private let trouble: Trouble
    private(set) var violations: [String] = []
    private(set) var deaths = 0
    private var count = 0

    /// What may go wrong, and how likely it is.
    private struct Trouble {
        var death: Double
        var breakage: Double
        var jump: Double
        var word: Double
        var isApproved: Double

        init(_ random: inout SplitMix64) {
            death = random.uniform() < 0.2 ? 0 : 0.01 * random.uniform()
            breakage = 0.002 + 0.05 * random.uniform()
            jump = random.uniform() < 0.5 ? 0 : 0.02 * random.uniform()
            word = 0.03 * random.uniform()
            isApproved = random.uniform() < 0.3 ? 0.5 : 0
        }
    }

    init(seed: UInt64, ruleSet: RuleSet) {
        random = SplitMix64(seed: seed)
        trouble = Trouble(&random)
        fleet = Fleet(services: 2 + Int(random.next() % 4), &random)
        self.ruleSet = ruleSet
        rules = RuleEngine(ruleSet)
    }

    private mutating func happens(_ chance: Double) -> Bool { random.uniform() < chance }

    // MARK: - The course

    /// Lets it run to its end.
    mutating func run() throws {
        for number in 0..<(Self.ticks + Self.settling) {
            let isCalm = number >= Self.ticks
            if isCalm, journal.open.isEmpty { break }
            do {
                if isCalm, isPaused { try setPause(false) }
                clock.pass(Self.tick)
                try step(isCalm: isCalm)
            } catch is Death {
                try restart()
            }
            check()
        }
        for run in journal.open {
            violations.append("\(run.id) never ends: \(run.status), \(run.steps.last?.path ?? "-")")
        }
    }

    private mutating func step(isCalm: Bool) throws {
        if !isCalm { try makeTrouble() }
        for (service, isUp) in fleet.states {
            let labels = Labels(["__name__": "up", "service": service])
            let fact = Fact.metric(
                MetricFact(labels: labels, reading: Reading(time: clock.real, value: isUp ? 1 : 0, readiness: .ready)))
            factsSince.append(fact)
            for event in rules.handle(fact, now: clock.wall) {
                if case .request(let request) = event { try submit(request) }
            }
        }
        if happens(0.1) {
            savedRules = try rules.snapshot()
            factsSince = []
        }
        for (id, result) in fleet.ended(at: clock) { try tell(id.run, .operationEnded(id, result)) }
        for id in machines.keys.sorted() {
            while let timer = dueTimer(of: id) {
                machines[id]?.timers[timer] = nil
                try tell(id, .timerFired(timer))
            }
        }
        try speak(isCalm: isCalm)
    }

    /// The timer of a run that went off first.
    private func dueTimer(of id: String) -> RunTimer? {
        machines[id]?.timers.filter { $0.value <= clock.moment.sinceBoot }
            .min { ($0.value, "\($0.key)") < ($1.value, "\($1.key)") }?.key
    }

    // MARK: - Trouble

    private mutating func makeTrouble() throws {
        fleet.breakSome(trouble.breakage, &random)
        if happens(trouble.jump) { clock.jump(&random) }
        if happens(trouble.death) { throw Death() }
        if happens(trouble.word / 4) { try setPause(!isPaused) }
    }

    private mutating func setPause(_ pause: Bool) throws {
        isPaused = pause
        for id in machines.keys.sorted() { try tell(id, pause ? .pause : .unpause) }
    }

    /// Another engine goes on with what lasts.
    private mutating func restart() throws {
        deaths += 1
        while true {
            fleet.loseSome(&random)
            // Mostly at once, sometimes after a while, now and then after days or a boot of the host.
            let pause: Int64 = happens(0.05) ? 48 * 3_600_000 : happens(0.3) ? 600_000 : 1_000
            clock.pass(pause)
            if happens(0.2) {
                clock.boot()
                fleet.loseAll(&random)
            }
            machines = [:]
            letGo = []
            do {
                return try start()
            } catch is Death {
                deaths += 1
            }
        }
    }

    private mutating func start() throws {
        rules = RuleEngine(ruleSet)
        if let savedRules { _ = try rules.restore(savedRules, now: clock.wall) }
        for var run in journal.open {
            if let why = run.doubt(isRestored: false, now: clock.wall),
                let commit = RunState.parking(run, because: why, now: clock.moment)
            {
                violations += journal.commit(commit)
                run = commit.record
            }
            try begin(run, isRecovery: true)
        }
        for fact in factsSince {
            for event in rules.handle(fact, now: clock.wall) {
                if case .request(let request) = event { try submit(request) }
            }
        }
    }

    // MARK: - People

    private mutating func speak(isCalm: Bool) throws {
        for run in journal.open {
            switch run.status {
            case .needsDecision where happens(0.2):
                let happened = run.question?.path.map { fleet.effects["\(run.id) \($0)"] ?? 0 > 0 }
                let decision: Decision =
                    happened == true ? .done : happens(0.5) ? .runAgain : .giveUp
                try tell(run.id, .decide(decision, by: "bob"))
            case .awaitingApproval where happens(0.2): try approve(run)
            default: if !isCalm, happens(trouble.word) { try tell(run.id, .cancel(by: "bob", reason: "enough")) }
            }
        }
    }

    private mutating func approve(_ run: RunRecord) throws {
        let question = GuardQuestion(
            plan: run.plan, mode: run.mode, stage: .approval, requestedBy: run.requestedBy, run: run,
            facts: facts(run.plan), now: clock.wall)
        guard guards.answer(question) == .go else { return }
        try tell(run.id, .approve(by: "bob", planHash: run.planHash))
        if journal.records[run.id]?.approvedBy != nil { letGo.insert(run.id) }
    }

    // MARK: - Admission

    private func facts(_ plan: Plan) -> RunGuards.Facts {
        RunGuards.Facts(
            pausedBecause: isPaused ? "people" : nil, open: journal.open,
            recent: journal.runs(since: clock.wall - guards.horizon(plan)), letGo: letGo)
    }

    private mutating func submit(_ request: RunRequest) throws {
        guard journal.triggers[request.triggerKey] == nil, let service = request.parameters["service"]?.string else {
            return
        }
        let plan = fleet.plan(for: service)
        let mode: RunMode = happens(trouble.isApproved) ? .approve : .auto
        let question = GuardQuestion(
            plan: plan, mode: mode, requestedBy: "rule down", facts: facts(plan), now: clock.wall)
        guard guards.answer(question) == .go else { return }
        count += 1
        let record = RunRecord(
            id: "r\(count)", plan: plan, triggerKey: request.triggerKey, mode: mode, requestedBy: "rule down",
            createdAt: clock.wall)
        if happens(trouble.death) { throw Death() }
        journal.insert(record, at: clock.real)
        if happens(trouble.death) { throw Death() }
        try begin(record, isRecovery: false)
    }

    private mutating func begin(_ record: RunRecord, isRecovery: Bool) throws {
        if record.mode != .approve { letGo.insert(record.id) }
        var machine = Machine(state: try RunState(record))
        let now = clock.moment
        if isPaused { machine.queue = machine.state.handle(.pause, now: now) }
        machine.queue += isRecovery ? machine.state.recover(now: now) : machine.state.handle(.begin, now: now)
        machines[record.id] = machine
        try work(record.id)
    }

    // MARK: - Driving

    private mutating func tell(_ id: String, _ event: RunEvent) throws {
        guard var machine = machines[id] else { return }
        machine.queue += machine.state.handle(event, now: clock.moment)
        machines[id] = machine
        try work(id)
    }

    private mutating func work(_ id: String) throws {
        while var machine = machines[id], !machine.queue.isEmpty {
            let action = machine.queue.removeFirst()
            machines[id] = machine
            if happens(trouble.death) { throw Death() }
            let events = carryOut(action, of: id)
            if happens(trouble.death) { throw Death() }
            if case .finish = action {
                machines[id] = nil
                letGo.remove(id)
                return
            }
            for event in events {
                guard let actions = machines[id]?.state.handle(event, now: clock.moment) else { continue }
                machines[id]?.queue += actions
            }
        }
    }

    private mutating func carryOut(_ action: RunAction, of id: String) -> [RunEvent] {
        switch action {
        case .commit(let commit):
            violations += journal.commit(commit)
            return [.committed(revision: commit.record.revision)]
        case .acquireLocks(let locks, let span):
            return [.locks(journal.acquire(locks, run: id, now: clock.wall, until: clock.wall + span))]
        case .releaseLocks:
            journal.release(run: id)
            return []
        case .start(let order):
            let last = journal.records[id]?.lastAttempt(at: order.id.path)
            if last?.state != .intent || last?.attempt != order.id.attempt {
                violations.append("\(order.id) was started without its record")
            }
            if isPaused, !order.operation.isMessage { violations.append("\(order.id) was started in a pause") }
            violations += fleet.start(order, at: clock, &random)
            return []
        case .stop(let operation):
            return fleet.stop(operation).map { [.operationEnded(operation, $0)] } ?? []
        case .locate(let order): return [.located(order.id, fleet.locate(order))]
        case .setTimer(let timer, let span):
            machines[id]?.timers[timer] = clock.moment.sinceBoot + span.milliseconds * 1_000
            return []
        case .clearTimer(let timer):
            machines[id]?.timers[timer] = nil
            return []
        case .observe(_, let path):
            let seen = fleet.observe(run: journal.records[id], at: clock, &random)
            return [.observed(seen, problem: seen == nil ? "no answer" : nil, path: path)]
        case .tell, .finish: return []
        }
    }

    // MARK: - Laws

    private mutating func check() {
        let atWork = journal.open.filter { $0.isActive || letGo.contains($0.id) }
        if atWork.count > guards.mostAtOnce { violations.append("\(atWork.count) runs are at work at once") }
        let begun = journal.open.filter(\.isActive)
        for lock in Set(begun.flatMap(\.plan.locks)) {
            let holders = begun.filter { $0.plan.locks.contains(lock) }
            if holders.count > 1 { violations.append("\(holders.map(\.id)) are at work on \(lock)") }
        }
        violations += fleet.violations()
        // A clock that jumps moves the hour that it measures with it.
        if trouble.jump == 0 { violations += journal.rateViolations(guards) }
    }
}

extension AuspexRunbooks.Operation {
    fileprivate var isMessage: Bool { if case .notify = self { true } else { false } }
}
