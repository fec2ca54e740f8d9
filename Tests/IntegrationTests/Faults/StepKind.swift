import AuspexRunbookTesting
import AuspexRunbooks
import AuspexSignals

/// One row of the table that crash points are walked over: a kind of step with an effect, and how often it may happen.
/// A new kind of step is one more row.
struct StepKind: Sendable, CustomStringConvertible {
    var description: String
    var step: Plan.Step
    /// How often it must have happened at least when the run ended well.
    var atLeast = 1
    /// Whether nobody but a person may know what became of it.
    var mayAsk = false
    /// Where it stands in the plan.
    var path = StepKind.path
    /// The fleet that it waits for a place in; nil for none.
    var fleet: FleetLimit?

    static let path = "steps/act"

    static let all: [StepKind] = commands + requests + [notice, wait, verification, gated]

    private static let probe = Plan.Probe(
        operation: .run(Command(argv: ["/usr/bin/probe"])), saysDone: "stdout == \"yes\"")

    private static func acts(_ name: String, _ operation: Operation) -> [StepKind] {
        Effect.allCases.map { effect in
            StepKind(
                description: "\(name), \(effect.rawValue)",
                step: Plan.Step(
                    id: "act", action: .operation(operation), effect: effect, probe: effect == .once ? probe : nil))
        } + [
            StepKind(
                description: "\(name), once, without a probe",
                step: Plan.Step(id: "act", action: .operation(operation), effect: .once), mayAsk: true)
        ]
    }

    private static let commands = acts("run", .run(Command(argv: ["/usr/bin/act"])))
    private static let requests = acts("http", .http(Request(method: "POST", url: "http://127.0.0.1/act")))
    private static let notice = StepKind(
        description: "notify",
        step: Plan.Step(
            id: "act", action: .operation(.notify(Notification(channel: "ops", message: "hello"))),
            effect: .idempotent))

    /// Reached with the second poll, so that it sleeps once.
    private static let wait: StepKind = {
        let acceptors = [Waiter.Acceptor(state: .success, matcher: .path, argument: "@", expected: .string("ok"))]
        let waiter = Waiter(acceptors: acceptors, delay: .seconds(5), maxAttempts: 20)
        return StepKind(
            description: "wait",
            step: Plan.Step(
                id: "act", action: .wait(Plan.Wait(operation: .run(Command(argv: ["/usr/bin/poll"])), waiter: waiter)),
                effect: .read))
    }()

    private static let verification = StepKind(
        description: "verify",
        step: Plan.Step(
            id: "act",
            action: .verify(
                // Long enough for a disk that is full for some minutes.
                Verification(
                    clearAlerts: [Verification.AlertSelector(rule: "down")], soak: .seconds(30), within: .minutes(20))),
            effect: .read), atLeast: 0)

    /// Requests to two targets of a fleet, the second of which waits at the gate until the fleet has settled.
    private static let gated: StepKind = {
        let request = Operation.http(Request(method: "POST", url: "http://127.0.0.1/act"))
        let act = Plan.Step(id: "act", action: .operation(request), effect: .idempotent)
        let lanes = (1...2).map { Plan.Parallel.Lane(name: "h\($0)", group: Plan.Group(steps: [act])) }
        let parallel = Plan.Parallel(lanes: lanes, maxConcurrency: 1)
        return StepKind(
            description: "http, idempotent, at the gate",
            step: Plan.Step(id: "roll", action: .parallel(parallel), effect: .read), path: "steps/roll/2/act",
            fleet: FleetLimit(service: "api", mostAtOnce: .instances(1), settle: .minutes(3)))
    }()

    /// A plan of the step, on a target of its own.
    func plan(target: String) -> Plan {
        var plan = RunSamples.plan(steps: [step], locks: [target])
        if let fleet { plan.limits = RunbookLimits(fleet: fleet) }
        return plan
    }
}
