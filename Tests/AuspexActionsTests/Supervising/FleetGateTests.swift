import AuspexActions
import AuspexRunbookTesting
import AuspexRunbooks
import AuspexSignals
import AuspexTesting
import Synchronization
import Testing

/// A run's targets in a fleet are begun with one after the other, as the fleet allows.
@Suite("The gate before further targets", .timeLimit(.minutes(2))) struct FleetGateTests {
    private static let limit = FleetLimit(service: "api", mostAtOnce: .instances(1), settle: .minutes(3))

    /// Four lanes that may all begin at once, for all that the runbook says.
    private static let plan: Plan = {
        let lanes = (1...4).map { number in
            var act = RunSamples.step("act")
            act.undo = [RunSamples.step("take-back")]
            return Plan.Parallel.Lane(name: "h\(number)", group: Plan.Group(steps: [act]))
        }
        let roll = Plan.Step(
            id: "roll", action: .parallel(Plan.Parallel(lanes: lanes, maxConcurrency: 4)), effect: .read)
        var plan = RunSamples.plan(steps: [roll])
        plan.limits = RunbookLimits(fleet: limit)
        return plan
    }()

    private static func submit(to site: GateSite) async throws -> RunRecord {
        site.world.world?.fleets = ["api": FleetCount(healthy: 10, others: 0)]
        let submission = try await site.supervisor.submit(
            RunRequest(
                plan: plan, mode: .auto, triggerKey: "t1", alertID: "a", requestedBy: "rule down",
                firedAt: site.time.now().wall))
        guard case .accepted(let run) = submission else {
            Issue.record("\(submission)")
            throw CancellationError()
        }
        return run
    }

    @Test("lanes wait for a place, and for the fleet to settle in between")
    func oneAtATime() async throws {
        let holder = Mutex<ManualTime?>(nil)
        let begun = Mutex<[Timestamp]>([])
        let site = GateSite(
            ScriptedPerformer { order, _ in
                if let now = holder.withLock({ $0 })?.now().wall { begun.withLock { $0.append(now) } }
                return OperationResult(outcome: .succeeded, status: 0)
            })
        holder.withLock { $0 = site.time }
        try await site.atWork {
            let run = try await Self.submit(to: site)
            try await site.wait(for: run, .verified)
            let times = begun.withLock { $0 }
            #expect(times.count == 4)
            for (earlier, later) in zip(times, times.dropFirst()) { #expect(later - earlier >= Self.limit.settle) }
        }
    }

    @Test("a fleet that is not well after one target has no other touched, and what was done is taken back")
    func unhealthy() async throws {
        let holder = Mutex<SetWorld?>(nil)
        let site = GateSite(
            ScriptedPerformer { order, _ in
                holder.withLock { $0 }?.world?.fleets = ["api": FleetCount(healthy: 5, others: 5)]
                return OperationResult(outcome: .succeeded, status: 0)
            })
        holder.withLock { $0 = site.world }
        try await site.atWork {
            let run = try await Self.submit(to: site)
            let ended = try await site.wait(for: run, .cancelled)
            #expect(ended.blockedBy == "fleet_unhealthy")
            let acts = site.performer.acts.map(\.id.path)
            #expect(acts.count == 2 && acts[1] == "undo/\(acts[0])/take-back", "\(acts)")
        }
    }
}
