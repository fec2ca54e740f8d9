import AuspexSignals
import AuspexTesting
import Foundation
import Testing

/// SIGTERM in the middle of a step, and a start after it.
@Suite(.serialized, .timeLimit(.minutes(10))) struct ShutdownFaultTests {
    @Test("it ends in time, the step that must not happen twice goes on by itself, and the next engine ends the run")
    func midStep() async throws {
        let site = try FaultSite()
        try site.hold()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await site.feed() }
            defer { group.cancelAll() }
            let first = try await site.start()
            try await site.ask(1)
            try await site.waitUntilHeld()
            await first.stop(SIGTERM)
            #expect(first.exitCode == 0, "\(first.log)")
            try await site.release()
            let second = try await site.start()
            let run = try await site.end(of: 1)
            #expect(run["status"]?.string == "verified", "\(run.canonicalText)")
            #expect(site.effects(run, 1)["add"] == 1)
            #expect(site.problems(of: run, 1) == [])
            await second.stop(SIGTERM)
            #expect(second.exitCode == 0, "\(second.log)")
        }
        #expect(try await site.bookProblems() == [])
    }

    @Test("ended at random times and started again, it ends every run")
    func randomTimes() async throws {
        let site = try FaultSite()
        let seeds = FaultScale.seeds(3, full: 40)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await site.feed() }
            defer { group.cancelAll() }
            var engine = try await site.start()
            for seed in seeds {
                var generator = SplitMix64(seed: seed)
                async let asked = site.ask(Int(seed))
                try await Task.sleep(for: .milliseconds(Int.random(in: 0..<1_500, using: &generator)))
                await engine.stop(SIGTERM)
                #expect(engine.exitCode == 0, "seed \(seed): \(engine.log)")
                _ = try? await asked
                engine = try await site.start()
                let run = try await site.end(of: Int(seed))
                #expect(run["status"]?.string == "verified", "seed \(seed): \(run.canonicalText)")
                #expect(site.problems(of: run, Int(seed)) == [], "seed \(seed)")
            }
            await engine.stop(SIGTERM)
        }
        #expect(try await site.bookProblems() == [])
        FaultScale.report("the real program ended \(seeds.count) times by SIGTERM")
    }
}
