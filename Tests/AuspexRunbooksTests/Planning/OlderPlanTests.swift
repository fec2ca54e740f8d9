import AuspexRunbookTesting
import AuspexRunbooks
import AuspexSignals
import Foundation
import Testing

/// What an older engine stored, and what must not change for it.
@Suite struct OlderPlanTests {
    @Test("a plan with nothing new in it is written, and hashed, as it always was")
    func sameHash() throws {
        let plan = RunSamples.plan(onFailure: [RunSamples.step("mend")])
        let value = try JSONValue(parsing: plan.canonicalText)
        let old: Set = [
            "runbook", "version", "title", "owner", "parameters", "sensitive", "locks", "deadline", "steps",
            "verification", "onFailure", "always",
        ]
        #expect(Set(value.object?.keys ?? [:].keys) == old)
        let step = value["steps"]?.array?.first?.object
        #expect(Set(step?.keys ?? [:].keys) == ["id", "action", "effect", "timeout", "continuesOnError"])
        #expect(try restored(plan) == plan && restored(plan).hash == plan.hash)
    }

    @Test("a plan with everything new in it comes back as it was")
    func wholePlan() throws {
        let lanes = RunLaneTests.lanes([[RunSamples.step("a")], [RunSamples.step("b")]], isCanary: true)
        let branch = RunTreeTests.branch("how", [("true", [RunSamples.step("c")])], otherwise: [RunSamples.step("d")])
        let pauses = [Plan.Pause.length(.seconds(5)), .until(minuteOfDay: 90)].enumerated().map {
            Plan.Step(id: "p\($0)", action: .pause($1), effect: .read)
        }
        let yes = Plan.Step(
            id: "yes", action: .approval(Plan.ApprovalRule(count: 2, approvers: ["ann", "bob"]), message: "?"),
            effect: .read)
        var plan = RunSamples.plan(steps: [lanes, branch, yes] + pauses)
        plan.steps.append(
            RunTreeTests.step(
                "all", when: "true", out: "@", retry: Plan.Retry(count: 1, on: ["503"]), undo: [RunSamples.step("un")],
                expect: "exit == 0"))
        plan.steps[0].isDestructive = true
        (plan.preconditions, plan.onCancel) = ([RunSamples.step("ready")], [RunSamples.step("stop")])
        plan.approvals = Plan.ApprovalRule()
        #expect(try restored(plan) == plan)
        #expect(plan.text.contains("DESTRUCTIVE") == false, "lanes are no act")
        for part in [
            "only if:", "approve 1 person within 30m", "on cancel:", "2 lanes", "until 01:30 UTC", "taken back by",
        ] {
            #expect(plan.text.contains(part), "\(part)")
        }
    }

    @Test("a run that an older engine stored has one question, and comes back with it")
    func olderRun() throws {
        var world = Simulation(RunSamples.plan(steps: [RunSamples.step("act", effect: .once)]))
        world.result = { _, _ in OperationResult(outcome: .unknown) }
        try world.run()
        #expect(world.stored.status == .needsDecision)
        var object = try #require(
            try JSONSerialization.jsonObject(with: JSONEncoder().encode(world.stored)) as? [String: Any])
        for key in ["questions", "approvals", "hold", "takenUp"] { object[key] = nil }
        let older = try JSONDecoder().decode(RunRecord.self, from: JSONSerialization.data(withJSONObject: object))
        #expect(older == world.stored)
        #expect(older.question?.path == "steps/act")
        #expect(try restored(world.stored) == world.stored)
    }
}
