package import AuspexActions
package import AuspexRunbooks
package import AuspexSignals
import AuspexStore
import Synchronization

/// Runs of one person on one machine, without a server: a journal in a directory of their own, the same guards, the same
/// performers, and no detectors. A verification therefore asks the person.
package struct LocalRuns: Sendable {
    private let store: Store
    let journal: SQLiteRunJournal
    let outputs: StepOutputs
    private let supervisor: RunSupervisor
    private let failures: Failures
    private let clock: any WallClock
    private let ids: any IDSource

    /// Why runs could not be driven on.
    ///
    /// A class because the supervisor reports what others ask for.
    private final class Failures: Sendable {
        let reasons = Mutex<[String: String]>([:])
    }

    /// The supervisor, for those that it works with itself.
    ///
    /// A class because it is made after them.
    private final class Late: Sendable {
        let supervisor = Mutex<RunSupervisor?>(nil)
    }

    /// Who is asked before each act of the runs.
    package struct Stepping: Sendable {
        /// Who is asked.
        package var gate: any StepGate
        /// The plan of the run that is to begin, whose secrets are not shown; nil where runs are only taken up.
        package var plan: Plan?
        /// Who answers.
        package var person: String

        /// Creates it.
        package init(gate: any StepGate, plan: Plan?, person: String) {
            self.gate = gate
            self.plan = plan
            self.person = person
        }
    }

    /// Opens the journal in the configuration's data directory, and holds the directory until ``driving(_:)`` has ended.
    ///
    /// - Parameter stepping: Who is asked before each act; nil for nobody.
    /// - Throws: `StoreError` when the directory cannot be used or an engine has it, ``EngineError/noHelper``, for a
    ///   host in `actions.http_hosts` that is none, or what the journal throws.
    package init(
        _ configuration: EngineConfiguration, stepping: Stepping? = nil, clock: any WallClock = SystemWallClock(),
        ids: any IDSource = RandomIDSource()
    ) async throws {
        self.clock = clock
        self.ids = ids
        store = try Store(directory: configuration.dataDirectory, clock: clock)
        let journal = SQLiteRunJournal(store: store)
        self.journal = journal
        let vault = SecretVault(configuration)
        outputs = StepOutputs(configuration, vault: vault)
        var surroundings = try RunDriver.Surroundings(
            configuration, journal: journal, observations: NobodyObserves(), vault: vault, clock: clock)
        let late = Late()
        if let stepping {
            let hooks = SteppedPerformer.Hooks(
                person: stepping.person,
                abort: { run in
                    let supervisor = late.supervisor.withLock { $0 }
                    // One that is ending already needs no more words.
                    try? await supervisor?.cancel(run, by: stepping.person, reason: "aborted at the terminal")
                },
                note: { audit, run in
                    var detail = audit.detail.object ?? [:]
                    detail["by"] = .string(stepping.person)
                    try await journal.appendAudit(
                        RunAudit(kind: audit.kind, detail: .object(detail)), run: run, at: clock.now())
                })
            let open = try await journal.openRuns()
            let secrets = (open.map(\.plan) + [stepping.plan].compactMap(\.self)).flatMap(\.secrets)
            let probes = Dictionary(open.map { ($0.id, PlanProbes($0.plan)) }) { first, _ in first }
            let newProbes = stepping.plan.map(PlanProbes.init)
            surroundings.performer = SteppedPerformer(
                surroundings.performer, gate: stepping.gate, mask: SecretMask(secrets), hooks: hooks,
                isProbe: { (probes[$0.run] ?? newProbes)?.contains($0.path) ?? false })
        }
        let failures = Failures()
        self.failures = failures
        let supervisor = RunSupervisor(
            surroundings, guards: RunGuards(configuration), ids: ids,
            pauseFile: PauseFile(path: configuration.dataDirectory + "/paused")
        ) { report in
            guard case .failed(let run, let error) = report else { return }
            failures.reasons.withLock { $0[run] = "\(error)" }
        }
        self.supervisor = supervisor
        late.supervisor.withLock { $0 = supervisor }
    }

    /// How often it is looked whether the database is still this engine's, and taken down where its audit stands.
    private static let lookEvery = Duration.seconds(1)

    /// Drives runs, those first that an earlier call left open, until `body` has ended.
    package func driving<Result: Sendable>(
        _ body: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        defer { try? store.close() }
        return try await withThrowingTaskGroup(of: Result?.self) { group in
            group.addTask {
                await supervisor.run()
                return nil
            }
            group.addTask { try await body() }
            group.addTask {
                // As in a server. What is taken down here shows a later call that the database was put back.
                while true {
                    try await Task.sleep(for: Self.lookEvery)
                    try await store.check()
                }
            }
            defer { group.cancelAll() }
            while let result = try await group.next() { if let result { return result } }
            throw CancellationError()
        }
    }

    /// The runs that an earlier call left open, oldest first, secrets masked.
    package func openRuns() async throws -> [RunRecord] { try await journal.openRuns().map(\.masked) }

    /// Begins a run that a person wishes.
    ///
    /// - Throws: ``EngineError/notPossible(_:)`` when a guard is in the way, or what the journal throws.
    package func start(_ plan: Plan, by person: String) async throws -> RunRecord {
        let wish = AuspexActions.RunRequest(
            plan: plan, mode: .manual, triggerKey: "manual/\(ids.next())", requestedBy: person)
        switch try await supervisor.submit(wish) {
        case .accepted(let record), .duplicate(let record): return record.masked
        case .blocked(let block): throw EngineError.notPossible(block.description)
        }
    }

    /// How a run stands, secrets masked.
    ///
    /// - Throws: ``EngineError/unknownRun(_:)``, or ``EngineError/notPossible(_:)`` when it cannot be driven on.
    package func run(_ id: String) async throws -> RunRecord {
        guard let record = try await journal.run(id) else { throw EngineError.unknownRun(id) }
        if let reason = failures.reasons.withLock({ $0[id] }) {
            throw EngineError.notPossible("run \(id) cannot be driven on: \(reason)")
        }
        return record.masked
    }

    /// Stops a run; what it does at the end in any case is still done.
    ///
    /// - Throws: `RunCommandError`, or what the journal throws.
    package func cancel(_ id: String, by person: String, reason: String) async throws {
        try await supervisor.cancel(id, by: person, reason: reason)
    }

    /// Answers a run's question.
    ///
    /// - Throws: `RunCommandError`, or what the journal throws.
    package func decide(_ id: String, _ decision: Decision, by person: String) async throws {
        try await supervisor.decide(id, decision, by: person)
    }
}

/// There are no detectors, which is not the same as that all is well.
private struct NobodyObserves: ObservationSource {
    func observe(_ verification: Verification, since: Timestamp) async throws -> Observation { throw NoDetectors() }
}
