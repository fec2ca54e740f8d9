import AuspexRunbookTesting
import AuspexRunbooks
import AuspexSignals
import AuspexTesting

/// Services, and what runs do to them.
struct Fleet {
    /// An act that goes on.
    private struct Act {
        var order: OperationOrder
        var endsAt: Timestamp
        var result: OperationResult
    }

    private var services: [String: Bool] = [:]
    private var acts: [OperationID: Act] = [:]
    private var results: [OperationID: OperationResult] = [:]
    private var begun: Set<OperationID> = []
    private var revoked: Set<OperationID> = []
    /// Whether the restart is a request, of which nobody knows what became of it.
    private let restartsByRequest: Bool
    private let hasProbe: Bool
    private var broken: [String] = []
    /// How often each step of each run has taken effect, by `run path`.
    private(set) var effects: [String: Int] = [:]

    init(services count: Int, _ random: inout SplitMix64) {
        for number in 0..<count { services["service-\(number)"] = true }
        restartsByRequest = Bool.random(using: &random)
        hasProbe = random.uniform() < 0.7
    }

    var states: [(service: String, isUp: Bool)] { services.sorted { $0.key < $1.key }.map { ($0.key, $0.value) } }

    mutating func breakSome(_ chance: Double, _ random: inout SplitMix64) {
        for name in services.keys.sorted() where random.uniform() < chance { services[name] = false }
    }

    // MARK: - Plans

    func plan(for service: String) -> Plan {
        func command(_ id: String, _ effect: Effect) -> Plan.Step {
            Plan.Step(id: id, action: .operation(.run(Command(argv: ["/bin/\(id)", service]))), effect: effect)
        }
        let restart: AuspexRunbooks.Operation =
            restartsByRequest
            ? .http(Request(method: "POST", url: "http://10.0.0.1/restart/\(service)"))
            : .run(Command(argv: ["/bin/restart", service]))
        let probe = Plan.Probe(operation: .run(Command(argv: ["/bin/asked", service])), saysDone: "exit == 0")
        let acceptors = [Waiter.Acceptor(state: .success, matcher: .path, argument: "@", expected: .string("up"))]
        let wait = Plan.Wait(
            operation: .run(Command(argv: ["/bin/poll", service])),
            waiter: Waiter(acceptors: acceptors, delay: .seconds(5), maxAttempts: 12))
        let message = Plan.Step(
            id: "page", action: .operation(.notify(Notification(channel: "ops", message: service))),
            effect: .idempotent)
        return RunSamples.plan(
            steps: [
                command("look", .read), command("drain", .idempotent),
                Plan.Step(id: "restart", action: .operation(restart), effect: .once, probe: hasProbe ? probe : nil),
                Plan.Step(id: "healthy", action: .wait(wait), effect: .read),
            ],
            verification: Verification(
                clearAlerts: [Verification.AlertSelector(rule: "service-down", labels: ["service": service])],
                soak: .minutes(1), within: .minutes(5)),
            onFailure: [message], always: [command("enable", .idempotent)], locks: ["service/\(service)"])
    }

    private func service(of order: OperationOrder) -> String {
        switch order.operation {
        case .run(let command): command.argv.last ?? ""
        case .http(let request): request.url.split(separator: "/").last.map(String.init) ?? ""
        case .notify(let message): message.message
        case .health, .collect: ""
        }
    }

    // MARK: - Acts

    /// Begins an act, and says what is wrong with that.
    mutating func start(_ order: OperationOrder, at clock: FleetClock, _ random: inout SplitMix64) -> [String] {
        guard !revoked.contains(order.id) else { return ["\(order.id) was started after it was given up"] }
        begun.insert(order.id)
        let result = takeEffect(order, &random)
        acts[order.id] = Act(
            order: order, endsAt: clock.real + TimeSpan(milliseconds: Int64.random(in: 0...30_000, using: &random)),
            result: result)
        let count = effects["\(order.id.run) \(order.id.path)"] ?? 0
        return order.effect == .once && count > 1 ? ["\(order.id) has happened \(count) times"] : []
    }

    private mutating func takeEffect(_ order: OperationOrder, _ random: inout SplitMix64) -> OperationResult {
        let (service, path) = (service(of: order), order.id.path)
        if path.hasSuffix("/probe") {
            let happened = effects["\(order.id.run) \(path.dropLast("/probe".count))"] ?? 0 > 0
            // Now and then it cannot tell.
            if random.uniform() < 0.1 { return OperationResult(outcome: .timedOut, reason: "no answer") }
            return OperationResult(outcome: happened ? .succeeded : .failed, status: happened ? 0 : 1)
        }
        if path.hasSuffix("/healthy") {
            let text = services[service] == true ? "\"up\"" : "\"down\""
            return OperationResult(outcome: .succeeded, status: 0, output: CapturedText(head: text))
        }
        effects["\(order.id.run) \(path)", default: 0] += 1
        if path.hasSuffix("/restart"), random.uniform() < 0.8 { services[service] = true }
        let luck = random.uniform()
        if luck < 0.03 { return OperationResult(outcome: .failed, reason: "exit 1", status: 1) }
        // The answer is lost on its way.
        if luck < 0.08, case .http = order.operation { return OperationResult(outcome: .unknown, reason: "no answer") }
        return OperationResult(outcome: .succeeded, status: 0)
    }

    /// The acts that have ended since the last look.
    mutating func ended(at clock: FleetClock) -> [(OperationID, OperationResult)] {
        let over = acts.filter { $0.value.endsAt <= clock.real }
            .sorted { ($0.value.endsAt, $0.key.description) < ($1.value.endsAt, $1.key.description) }
        for (id, act) in over {
            acts[id] = nil
            results[id] = act.result
        }
        return over.map { ($0.key, $0.value.result) }
    }

    /// Ends an act; nil when it is over already.
    mutating func stop(_ id: OperationID) -> OperationResult? {
        guard acts.removeValue(forKey: id) != nil else { return nil }
        let result = OperationResult(outcome: .cancelled, reason: "stopped")
        results[id] = result
        return result
    }

    /// What a later engine can find out.
    mutating func locate(_ order: OperationOrder) -> Located {
        guard case .run = order.operation, order.effect != .read else {
            acts[order.id] = nil
            return .unknown
        }
        if acts[order.id] != nil { return .running }
        if let result = results[order.id] { return result.outcome == .unknown ? .unknown : .finished(result) }
        if begun.contains(order.id) { return .unknown }
        revoked.insert(order.id)
        return .notStarted
    }

    /// With an engine go its requests, and now and then the helper of a command with all that it knew.
    mutating func loseSome(_ random: inout SplitMix64) {
        for id in acts.keys.sorted(by: { $0.description < $1.description }) {
            guard let order = acts[id]?.order else { continue }
            if case .run = order.operation, random.uniform() < 0.8 { continue }
            acts[id] = nil
        }
    }

    /// With the host go all of them.
    mutating func loseAll(_ random: inout SplitMix64) { acts = [:] }

    // MARK: - Looking

    func observe(run: RunRecord?, at clock: FleetClock, _ random: inout SplitMix64) -> Observation? {
        guard let run, random.uniform() > 0.05 else { return nil }
        let name = run.plan.locks.first?.split(separator: "/").last.map(String.init) ?? ""
        let state: Observation.AlertReading.State = services[name] == true ? .clear : .firing
        let reading = Observation.AlertReading(state: state, evaluatedAt: clock.real)
        return Observation(alerts: run.plan.verification.clearAlerts.map { _ in reading })
    }

    /// Where two changes of one service go on at once.
    func violations() -> [String] {
        let changing = acts.values.filter { $0.order.effect != .read }
        return Dictionary(grouping: changing, by: { service(of: $0.order) }).filter { $0.value.count > 1 }
            .map { "\($0.value.map(\.order.id.description).sorted()) change \($0.key) at once" }
    }
}
