import AuspexSignals
import AuspexTesting
import Foundation
import Testing

/// Two engines on one data directory.
@Suite(.serialized, .timeLimit(.minutes(10))) struct TwoEnginesFaultTests {
    @Test("a second engine refuses to start, and does not disturb the first")
    func refused() async throws {
        let site = try FaultSite()
        let first = try await site.start()
        let second = try await site.launch(["AUSPEX_LISTEN": "127.0.0.1:\(try freePort())"], name: "second")
        await second.finished()
        #expect(second.exitCode == 3)
        #expect(second.log.contains("in use by another engine"), "\(second.log)")
        #expect(try await site.http.get("/readyz").status == 200)
        await first.stop()
        #expect(first.exitCode == 0)
    }

    @Test("an engine that slept while another took its directory over ends when it wakes, and does nothing before")
    func replaced() async throws {
        let site = try FaultSite()
        let other = HTTP(port: try freePort())
        try site.hold()
        try await withThrowingTaskGroup(of: Void.self) { group in
            // Not to the first: in the middle of a write it would hold on to the database in its sleep.
            group.addTask { await site.feed(other) }
            defer { group.cancelAll() }
            let first = try await site.start()
            try await site.ask(1)
            try await site.waitUntilHeld()
            first.signal(SIGSTOP)
            // As if the lock did not hold: another file of that name is another lock.
            try FileManager.default.removeItem(atPath: site.data + "/lock")
            let second = try await site.launch(["AUSPEX_LISTEN": "127.0.0.1:\(other.port)"], name: "second")
            let isTakenUp = try? await eventually("the second engine has taken the run up") { () -> Bool? in
                try await site.runs(1, other).first?["recoveries"]?.int == 1 ? true : nil
            }
            #expect(isTakenUp == true, "\(second.log)")
            first.signal(SIGCONT)
            await first.finished()
            #expect(first.exitCode == 3, "\(first.log)")
            #expect(first.log.contains("has been replaced by engine"), "\(first.log)")
            try await site.release()
            let run = try await site.end(of: 1, at: other)
            #expect(run["status"]?.string == "verified", "\(run.canonicalText)")
            #expect(site.problems(of: run, 1) == [])
            await second.stop()
            #expect(second.exitCode == 0, "\(second.log)")
        }
        #expect(try await site.bookProblems() == [])
    }
}
