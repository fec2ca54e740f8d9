import AuspexSignals
import AuspexTesting
import Foundation
import Testing

/// The disk under the database of the real program is full, fails, or tears a write apart, for a while.
@Suite(.enabled(if: FailingDisk.canBeMade, FailingDisk.reason), .timeLimit(.minutes(FaultScale.count(20, full: 90))))
struct DiskFaultTests {
    /// The errors of the C library: no space, and an error of the device.
    private static let full = 28
    private static let broken = 5

    @Test("full at any write: what is not on disk is not done, the engine says so, and goes on when there is room")
    func fullAtAnyWrite() async throws {
        try await atAnyWrite("write", Self.full, counts: FaultScale.choice(of: Array(0..<60), short: 5))
    }

    @Test("a write that is torn in two at any place takes back no more than itself")
    func tornAtAnyWrite() async throws {
        try await atAnyWrite("torn", Self.broken, counts: FaultScale.choice(of: Array(0..<60), short: 3))
    }

    @Test("a sync that fails at any place is no sync: the write is done again")
    func noSync() async throws {
        try await atAnyWrite("sync", Self.broken, counts: FaultScale.choice(of: Array(0..<40), short: 3))
    }

    /// Lets the disk fail after so many good operations from the moment on in which a run is asked for, until the engine
    /// has noticed, and then mends it.
    private func atAnyWrite(_ kind: String, _ code: Int, counts: [Int]) async throws {
        let site = try FaultSite()
        let disk = try FailingDisk(for: site)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await site.feed() }
            defer { group.cancelAll() }
            let engine = try await site.start(disk.environment)
            for (number, count) in counts.enumerated() {
                try disk.fail(kind, code, after: count)
                _ = try? await site.ask(number)
                let isSaid = try? await eventually("the engine says that the disk fails") { () -> Bool? in
                    let answer = try await site.http.get("/readyz")
                    return answer.status == 503 && answer.text.contains("the disk does not take it") ? true : nil
                }
                #expect(isSaid == true, "\(kind) after \(count): \(engine.log)")
                #expect(try await site.http.get("/healthz").status == 200)
                disk.mend()
                _ = try await eventually("the engine goes on by itself: \(engine.log)") { () -> Bool? in
                    try await site.http.get("/readyz").status == 200 ? true : nil
                }
                let run = try await site.end(of: number)
                #expect(run["status"]?.string == "verified", "\(kind) after \(count): \(run.canonicalText)")
                #expect(run["recoveries"]?.int == 0)
                #expect(site.problems(of: run, number) == [], "\(kind) after \(count)")
            }
            #expect(engine.isRunning)
            await engine.stop()
            #expect(engine.exitCode == 0, "\(engine.log)")
        }
        #expect(try await site.bookProblems() == [])
        FaultScale.report("\(kind) failing with error \(code) at \(counts.count) places")
    }

    @Test("killed while the disk fails, it has what it had stored, and nothing happened without its record")
    func killedWhileFailing() async throws {
        let site = try FaultSite()
        let disk = try FailingDisk(for: site)
        let seeds = FaultScale.seeds(3, full: 60)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await site.feed() }
            defer { group.cancelAll() }
            for seed in seeds {
                var generator = SplitMix64(seed: seed)
                let engine = try await site.start(disk.environment)
                let kind = ["write", "torn", "sync"].randomElement(using: &generator) ?? "write"
                try disk.fail(kind, Self.broken, after: Int.random(in: 0..<60, using: &generator))
                _ = try? await site.ask(Int(seed))
                try await Task.sleep(for: .milliseconds(Int.random(in: 0..<1_500, using: &generator)))
                await engine.stop(SIGKILL)
                disk.mend()
                let next = try await site.start()
                let run = try await site.end(of: Int(seed))
                #expect(run["status"]?.string == "verified", "seed \(seed): \(run.canonicalText)")
                #expect(site.problems(of: run, Int(seed)) == [], "seed \(seed)")
                await next.stop()
            }
        }
        #expect(try await site.bookProblems() == [])
        FaultScale.report("the real program killed \(seeds.count) times while its disk failed")
    }
}
