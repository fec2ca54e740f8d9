import AuspexActions
import AuspexRunbooks
import AuspexSignals
import AuspexTesting
import Foundation
import Testing

/// The real program is killed while a person approves a run, and while the audit is written to.
@Suite(.serialized, .timeLimit(.minutes(30))) struct ApprovalKillFaultTests {
    private func whileFed(_ site: FaultSite, _ body: () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await site.feed() }
            defer { group.cancelAll() }
            try await body()
        }
    }

    /// The run of this number when it waits for a person's yes.
    private func waiting(_ number: Int, _ site: FaultSite) async throws -> JSONValue {
        try await eventually("run \(number) waits for a yes") { () -> JSONValue? in
            try await site.runs(number).first.flatMap { $0["status"]?.string == "awaiting_approval" ? $0 : nil }
        }
    }

    private func approve(_ run: JSONValue, _ number: Int, by person: String = "bob", _ site: FaultSite) async throws
        -> HTTP.Answer
    {
        try await site.http.post(
            "/api/v1/runs/\(run["id"]?.string ?? "")/approve",
            json: .object([
                "by": .string(person), "planHash": .string(try site.plan(number, of: "approved").hash),
            ]))
    }

    private func audit(_ kind: String, _ site: FaultSite) async throws -> [JSONValue] {
        let answer = try await site.http.get("/api/v1/audit?limit=1000")
        return (answer.json.array ?? []).filter { $0["kind"]?.string == kind }
    }

    /// Points, each with how often it is reached until the approval, and whether the approval outlives it.
    static let points: [(point: CrashPoint, count: Int, isDurable: Bool)] = [
        (.beforeApproval, 1, false), (.beforeStateCommit, 2, false), (.afterStateCommit, 2, true),
        (.afterApproval, 1, true),
    ]

    @Test("killed around a yes, it neither loses one that is on disk nor makes one up, and the step happens once")
    func approvals() async throws {
        let site = try FaultSite()
        try await whileFed(site) {
            for (number, (point, count, isDurable)) in Self.points.enumerated() {
                let engine = try await site.start([CrashPlan.variable: "\(point.rawValue):\(count)"])
                try await site.ask(number, runbook: "approved")
                let run = try await waiting(number, site)
                _ = try? await approve(run, number, site)
                await engine.finished()
                #expect(engine.exitCode == 137, "\(point): \(engine.log)")
                let next = try await site.start()
                if !isDurable {
                    let again = try await waiting(number, site)
                    #expect(again["id"] == run["id"])
                    #expect(site.effects(again, number)["add"] == nil, "\(point)")
                    #expect(try await approve(again, number, site).status == 202, "\(point)")
                }
                let end = try await site.end(of: number)
                #expect(end["status"]?.string == "verified", "\(point): \(end.canonicalText)")
                #expect(end["approvedBy"]?.string == "bob", "\(point)")
                #expect(site.effects(end, number)["add"] == 1, "\(point)")
                let approved = try await audit("run.approved", site).filter { $0["runID"] == run["id"] }
                #expect(approved.count == 1, "\(point)")
                await next.stop()
                #expect(next.exitCode == 0, "\(point): \(next.log)")
            }
        }
        #expect(try await site.bookProblems() == [])
    }

    @Test("killed around an entry of the audit, it has it or not, and what the entry is about holds")
    func audits() async throws {
        let site = try FaultSite()
        try await whileFed(site) {
            for (number, point) in [CrashPoint.beforeAudit, .afterAudit].enumerated() {
                // A refused yes goes to the audit, and changes nothing of the run.
                var engine = try await site.start([CrashPlan.variable: "\(point.rawValue):1"])
                try await site.ask(number, runbook: "approved")
                let run = try await waiting(number, site)
                _ = try? await approve(run, number, by: "ann", site)
                await engine.finished()
                #expect(engine.exitCode == 137, "\(point): \(engine.log)")
                // A pause is written down before the audit has it.
                engine = try await site.start([CrashPlan.variable: "\(point.rawValue):1"])
                let refused = try await audit("run.approval.refused", site).filter { $0["runID"] == run["id"] }
                #expect(refused.count == (point == .afterAudit ? 1 : 0), "\(point)")
                _ = try? await site.http.post(
                    "/api/v1/pause", json: .object(["by": .string("eve"), "reason": .string("wait")]))
                await engine.finished()
                #expect(engine.exitCode == 137, "\(point): \(engine.log)")

                engine = try await site.start()
                #expect(try await site.http.get("/api/v1/pause").json["reason"]?.string?.contains("wait") == true)
                let again = try await waiting(number, site)
                #expect(site.effects(again, number)["add"] == nil)
                let unpaused = try await site.http.post("/api/v1/unpause", json: .object(["by": .string("eve")]))
                #expect(unpaused.status == 204, "\(unpaused.text)")
                #expect(try await approve(again, number, site).status == 202, "\(point)")
                let end = try await site.end(of: number)
                #expect(end["status"]?.string == "verified", "\(point): \(end.canonicalText)")
                #expect(site.effects(end, number)["add"] == 1, "\(point)")
                await engine.stop()
                #expect(engine.exitCode == 0, "\(point): \(engine.log)")
            }
        }
        #expect(try await site.bookProblems() == [])
    }
}
