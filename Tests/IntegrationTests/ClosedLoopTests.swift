import AuspexSignals
import Foundation
import Testing

/// The main job, with real peers: Prometheus scrapes a service and writes to the engine; the service dies; the engine
/// detects it, fires the rule, restarts the service, sees it healthy, and verifies with the same detectors.
@Suite(.serialized, .enabled(if: Peers.areHere, Peers.reason))
struct ClosedLoopTests {
    /// Enough history that the first change of a constant series is beyond the alert line.
    private let history = 2_000

    @Test("a killed service is restarted, and the run is verified by the detectors", .timeLimit(.minutes(5)))
    func restartsAndVerifies() async throws {
        let shop = try Shop()
        try await shop.startService()
        let engine = try await shop.startEngine()
        try await shop.sendHistory(count: history)
        let peers = try await shop.startPrometheus()
        try await waitForScrapes(shop)

        shop.stopService()
        let run = try await shop.run(inStatus: "verified")

        #expect(shop.read("acts") == "start\nend\n")
        #expect(run["plan"]?["runbook"]?.string == "restart-shop")
        #expect(run["mode"]?.string == "auto")
        let id = try #require(run["id"]?.string)
        try await expectAudit(shop, of: id, hasSteps: ["restart", "healthy", "verify"])
        let resolved = try await eventually("the alert is resolved") {
            try await shop.auspex.get("/api/v1/alerts?rule=service-down&state=resolved").json.array?.first
        }
        #expect(resolved["evidence"]?["value"]?.double == 0)
        #expect(try await shop.auspex.get("/metrics").text.contains("auspex_runs_started_total 1\n"))
        await engine.stop()
        #expect(engine.log.contains("a run is over"))
        for peer in peers { await peer.stop() }
    }

    @Test(
        "an engine killed in the middle of a step ends the run correctly, and nothing runs twice",
        .timeLimit(.minutes(5)))
    func survivesBeingKilled() async throws {
        let shop = try Shop()
        #expect(mkfifo(shop.directory + "/gate", 0o600) == 0)
        try await shop.startService()
        var engine = try await shop.startEngine()
        try await shop.sendHistory(count: history)
        let peers = try await shop.startPrometheus()
        try await waitForScrapes(shop)
        #expect(FileManager.default.createFile(atPath: shop.directory + "/hold", contents: nil))

        shop.stopService()
        // The intent is on disk before the program starts; its result is not known yet.
        _ = try await eventually("the step waits") {
            FileManager.default.fileExists(atPath: shop.directory + "/held") ? true : nil
        }
        await engine.stop(SIGKILL)
        #expect(shop.read("acts") == "start\n")
        try FileManager.default.removeItem(atPath: shop.directory + "/hold")
        _ = try await eventually("the step goes on") { shop.openGate() ? true : nil }

        engine = try await shop.startEngine()
        let run = try await shop.run(inStatus: "verified")
        #expect(shop.read("acts") == "start\nend\n")
        let id = try #require(run["id"]?.string)
        try await expectAudit(shop, of: id, hasSteps: ["restart", "healthy", "verify"])
        let runs = try await shop.auspex.get("/api/v1/runs").json.array ?? []
        #expect(runs.count == 1)
        await engine.stop()
        for peer in peers { await peer.stop() }
    }

    @Test("what was answered 204 is there after kill -9", .timeLimit(.minutes(2)))
    func acceptedIsDurable() async throws {
        let shop = try Shop()
        var engine = try await shop.startEngine()
        for round in 1...5 {
            try await shop.sendHistory(count: 50 + round, round: "\(round)")
            await engine.stop(SIGKILL)
            engine = try await shop.startEngine()
        }
        for round in 1...5 {
            _ = try await eventually("the samples of round \(round) are worked in, each once") { () -> Bool? in
                let found = try await shop.auspex.get("/api/v1/series?name=up&label.round=\(round)").json.array
                return found?.count == 1 && found?.first?["samples"]?.int == Int64(50 + round) ? true : nil
            }
        }
        await engine.stop()
    }

    /// Waits until samples of the real Prometheus have arrived, of both jobs.
    private func waitForScrapes(_ shop: Shop) async throws {
        _ = try await eventually("Prometheus has written") { () -> Bool? in
            let up = try await shop.auspex.get("/api/v1/series?name=up&label.job=shop").json.array?.first
            let node = try await shop.auspex.get("/api/v1/series?name=up&label.job=node").json.array?.first
            return (up?["samples"]?.int ?? 0) > Int64(history + 2) && node != nil ? true : nil
        }
    }

    /// The audit must show that each step was intended and ended.
    private func expectAudit(_ shop: Shop, of run: String, hasSteps steps: [String]) async throws {
        let entries = try await shop.auspex.get("/api/v1/audit?run=\(run)").json.array ?? []
        let texts = entries.map { "\($0["kind"]?.string ?? "") \($0["detail"]?.canonicalText ?? "")" }
        for step in steps {
            #expect(texts.contains { $0.contains(step) }, "no audit of \(step) in \(texts)")
        }
        #expect(texts.first?.hasPrefix("run.created") == true)
        #expect(entries.compactMap { $0["sequence"]?.int } == entries.compactMap { $0["sequence"]?.int }.sorted())
    }
}
