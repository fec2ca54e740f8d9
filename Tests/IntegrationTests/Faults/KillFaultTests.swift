import AuspexActions
import AuspexSignals
import AuspexTesting
import Foundation
import Testing

/// The real program is killed, at the points where it can be told to die and at times that nobody chose.
@Suite(.timeLimit(.minutes(FaultScale.count(20, full: 90)))) struct KillFaultTests {
    /// Points that a run which a person started never reaches.
    private static let elsewhere: Set<CrashPoint> = [
        .beforeApproval, .afterApproval, .afterLocate, .beforeGateCommit, .afterGateCommit,
    ]
    /// Points that are reached before the engine is ready, or when it is asked for something else than a run.
    private static let apart: Set<CrashPoint> = [
        .beforeRecovery, .beforeAudit, .afterAudit, .beforeSend, .afterSend, .beforeNotice,
    ]

    /// Does `body` while samples flow.
    private func whileFed(_ site: FaultSite, _ body: () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await site.feed() }
            defer { group.cancelAll() }
            try await body()
        }
    }

    @Test("told to die at a point, it dies there, and the next one ends the run")
    func points() async throws {
        let site = try FaultSite()
        let all = CrashPoint.allCases.filter { !Self.elsewhere.contains($0) && !Self.apart.contains($0) }
        let points = FaultScale.choice(of: all, short: 5)
        try await whileFed(site) {
            for (number, point) in points.enumerated() {
                let engine = try await site.start([CrashPlan.variable: "\(point.rawValue):1"])
                _ = try? await site.ask(number)
                await engine.finished()
                #expect(engine.exitCode == 137, "\(point): \(engine.log)")
                let next = try await site.start()
                let run = try await site.end(of: number)
                #expect(run["status"]?.string == "verified", "\(point): \(run.canonicalText)")
                #expect(site.problems(of: run, number) == [], "\(point)")
                await next.stop()
                #expect(next.exitCode == 0, "\(point): \(next.log)")
            }
        }
        #expect(try await site.bookProblems() == [])
        FaultScale.report("the real program killed at \(points.count) points")
    }

    /// Engines that are killed beside one another: most of the time each waits for a program or a clock.
    private static let lanes = 4

    @Test("killed at random times, it never does twice what must not be, and ends every run")
    func randomTimes() async throws {
        let seeds = FaultScale.seeds(20, full: 500)
        let cut = try await withThrowingTaskGroup(of: Int.self) { group in
            for lane in 0..<Self.lanes {
                let own = seeds.enumerated().filter { $0.offset % Self.lanes == lane }.map(\.element)
                group.addTask { try await self.kill(at: own) }
            }
            return try await group.reduce(0, +)
        }
        FaultScale.report(
            "the real program killed \(seeds.count) times, seeds \(seeds[0]) to \(seeds[seeds.count - 1]), "
                + "\(cut) times in the middle of a run")
    }

    /// Kills one engine after another on one site, each at a time that a seed says.
    ///
    /// - Returns: how often that was in the middle of a run.
    private func kill(at seeds: [UInt64]) async throws -> Int {
        guard !seeds.isEmpty else { return 0 }
        let site = try FaultSite()
        var cut = 0
        try await whileFed(site) {
            var engine = try await site.start()
            for seed in seeds {
                var generator = SplitMix64(seed: seed)
                let number = Int(seed)
                // About as long as a run takes.
                let time = Int.random(in: 0..<1_500, using: &generator)
                async let asked = site.ask(number)
                try await Task.sleep(for: .milliseconds(time))
                await engine.stop(SIGKILL)
                _ = try? await asked
                engine = try await site.start()
                let run = try await site.end(of: number)
                #expect(run["status"]?.string == "verified", "seed \(seed): \(run.canonicalText)")
                #expect(site.problems(of: run, number) == [], "seed \(seed), killed after \(time) ms")
                if run["recoveries"]?.int ?? 0 > 0 { cut += 1 }
            }
            await engine.stop()
            #expect(engine.exitCode == 0, "\(engine.log)")
        }
        #expect(try await site.bookProblems() == [])
        return cut
    }

    @Test("killed while it recovers, five times in a row, it asks a person, and ends the run when it is told to")
    func recovery() async throws {
        let site = try FaultSite()
        try await whileFed(site) {
            let first = try await site.start([CrashPlan.variable: "\(CrashPoint.afterSpawn.rawValue):1"])
            _ = try? await site.ask(1)
            await first.finished()
            for _ in 0..<5 {
                let engine = try await site.launch([CrashPlan.variable: "\(CrashPoint.afterStateCommit.rawValue):1"])
                // From the fourth on there is nothing left to recover, so that it lives.
                _ = try await eventually("the engine dies, or asks") { () -> Bool? in
                    if !engine.isRunning { return true }
                    return try await site.runs(1).first?["status"]?.string == "needs_decision" ? true : nil
                }
                await engine.stop(SIGKILL)
            }
            let engine = try await site.start()
            let run = try await site.end(of: 1)
            #expect(run["status"]?.string == "needs_decision")
            #expect(run["recoveries"]?.int == 4)
            let id = try #require(run["id"]?.string)
            let answer = try await site.http.post(
                "/api/v1/runs/\(id)/decide", json: .object(["by": .string("bob"), "decision": .string("run_again")]))
            #expect(answer.status == 202, "\(answer.text)")
            let end = try await eventually("the run is over") { () -> JSONValue? in
                try await site.runs(1).first.flatMap { $0["status"]?.string == "verified" ? $0 : nil }
            }
            #expect(site.problems(of: end, 1) == [])
            await engine.stop()
        }
        #expect(try await site.bookProblems() == [])
    }
}
