import AuspexRunbooks
import Testing

@Suite("The runbooks that ship") struct ShippedRunbooksTests {
    @Test("all of them are well-formed, and have tests, which pass")
    func allPass() throws {
        let runbooks = try RunbookLoader.load(paths: [TestData.shippedRunbooks])
        #expect(Set(runbooks.map(\.id)).isSuperset(of: ["restart-service", "free-disk", "end-blocking-sessions"]))
        for runbook in runbooks {
            let outcomes = RunbookTestRunner.run(runbook)
            #expect(outcomes.count >= 2, "\(runbook.id) has too few tests")
            for outcome in outcomes { #expect(outcome.passed, "\(outcome)") }
        }
    }

    @Test("what must not happen twice can be asked about")
    func onceHasProbe() throws {
        for runbook in try RunbookLoader.load(paths: [TestData.shippedRunbooks]) {
            for step in runbook.allSteps where step.effect == .once {
                #expect(step.probe != nil, "\(runbook.id): \(step.id)")
            }
        }
    }
}
