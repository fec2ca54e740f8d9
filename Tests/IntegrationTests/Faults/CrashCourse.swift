import AuspexActions
import AuspexRunbooks
import AuspexSignals
import AuspexStore
import AuspexTesting
import Synchronization

/// One run, from the wish for it to its end, through engines that die where they are told to; between them a person asks
/// for the run, tries to approve it without being allowed to, has it approved, and decides what nobody else knows.
struct CrashCourse {
    /// Where an engine dies: at this point, when it is reached for the so-many-th time.
    struct Death: Sendable, CustomStringConvertible {
        var point: CrashPoint
        var count = 1

        var description: String { "\(point.rawValue):\(count)" }
    }

    /// What became of it.
    struct Outcome {
        var record: RunRecord
        /// How many engines died.
        var deaths: Int
        /// How often a person had to decide.
        var decisions: Int
        /// The highest number of recoveries that the journal ever had.
        var recoveries: Int
    }

    /// More engines than any course needs, and more looks of the person.
    private static let mostLives = 12
    private static let mostLooks = 30_000

    let journal: any RunJournal
    let world: FaultWorld
    let kind: StepKind
    /// Names the run's trigger and target.
    let name: String

    struct Stuck: Error, CustomStringConvertible { var description: String }

    /// Runs it with engines that die like this, one after the other; the one after them lives.
    func run(_ deaths: [Death]) async throws -> Outcome {
        // The last run is out of everybody's mind, and out of all guards' sight.
        world.advance(.hours(2))
        var outcome: Outcome?
        var (died, decisions, recoveries) = (0, 0, 0)
        for number in 0..<Self.mostLives {
            let ending = try await life(number < deaths.count ? deaths[number] : nil, &decisions, &recoveries)
            if let ending {
                outcome = Outcome(record: ending, deaths: died, decisions: decisions, recoveries: recoveries)
                break
            }
            died += 1
        }
        guard let outcome else { throw Stuck(description: "\(name): no engine brought it to its end") }
        return outcome
    }

    /// One engine's life.
    ///
    /// - Returns: the run when it is over; nil when the engine died before.
    private func life(_ death: Death?, _ decisions: inout Int, _ recoveries: inout Int) async throws -> RunRecord? {
        let life = EngineLife()
        let crashes = death.map { CrashPlan($0.point, count: $0.count) { try life.end() } } ?? .never
        let supervisor = RunSupervisor(
            RunDriver.Surroundings(
                journal: MortalJournal(inner: journal, life: life),
                performer: MortalPerformer(world: world, life: life), observations: world,
                notices: MortalNotices(world: world, life: life), moments: world,
                sleeper: MortalSleeper(world: world, life: life), crashes: crashes),
            outside: kind.fleet == nil ? nil : WellFleets())
        let engine = Task { await supervisor.run() }
        // A dead engine answers nobody: who waits for a word is cut off, as by a connection that breaks.
        let watch = Task {
            while !life.isOver { try await Task.sleep(for: .milliseconds(1)) }
            engine.cancel()
        }
        defer {
            watch.cancel()
            engine.cancel()
        }
        let ending = try await attend(supervisor, life, &decisions, &recoveries)
        engine.cancel()
        await engine.value
        return ending
    }

    /// What the person does while an engine lives.
    private func attend(
        _ supervisor: RunSupervisor, _ life: EngineLife, _ decisions: inout Int, _ recoveries: inout Int
    ) async throws -> RunRecord? {
        let plan = kind.plan(target: name)
        let request = RunRequest(plan: plan, mode: .approve, triggerKey: name, requestedBy: "ann")
        var id: String?
        var hasTried = false
        for _ in 0..<Self.mostLooks where !life.isOver {
            if id == nil {
                switch try? await supervisor.submit(request) {
                case .accepted(let record), .duplicate(let record): id = record.id
                case .blocked(let block): throw Stuck(description: "\(name): \(block)")
                case nil: break
                }
            }
            if let id, let record = try await journal.run(id) {
                recoveries = max(recoveries, record.recoveries)
                switch record.status {
                case .awaitingApproval:
                    if !hasTried {
                        // Whoever asked for it may not: refused, and audited.
                        hasTried = (try? await supervisor.approve(id, planHash: plan.hash, by: "ann")) == nil
                    }
                    try? await supervisor.approve(id, planHash: plan.hash, by: "bob")
                case .needsDecision:
                    let happened = record.question?.path != nil && world.acts(of: id, at: kind.path) > 0
                    if (try? await supervisor.decide(id, happened ? .done : .runAgain, by: "bob")) != nil {
                        decisions += 1
                    }
                case .verified, .failed, .cancelled: if !life.isOver { return record }
                default: break
                }
            }
            try await Task.sleep(for: .milliseconds(1))
        }
        guard life.isOver else { throw Stuck(description: "\(name): nothing happens any more") }
        return nil
    }
}

/// Fleets that are well.
private struct WellFleets: GuardSurroundings {
    func world(for plan: Plan, alert: String?, beside others: [RunRecord]) async throws -> GuardWorld {
        var world = GuardWorld()
        for fleet in plan.fleets { world.fleets[fleet.name] = FleetCount(healthy: 10, others: 0) }
        return world
    }
}
