import AuspexDocuments
import AuspexRunbooks
import AuspexSignals
import Testing

@Suite("A runbook's limits") struct RunbookLimitsTests {
    private func runbook(_ limits: String) throws -> Runbook {
        let text = RunbookLoaderTests.whole.replacing("limits: {deadline: 20m}", with: limits)
        return try #require(try RunbookLoader.load(text: text, file: "a.yaml").first)
    }

    private func plan(_ limits: String) throws -> Plan {
        try Planner.plan(try runbook(limits), parameters: ["service": .string("pay")])
    }

    @Test("limits and a fleet are read, with the service from a parameter")
    func whole() throws {
        let plan = try plan(
            """
            limits:
              deadline: 20m
              at_once: 1
              per_hour: 4
              cool_down: 2h
              fleet: {service: '${service}', min_healthy: 70%, max_at_once: 20%, settle: 5m}
            rolls_back: true
            """)
        let fleet = FleetLimit(service: "pay", minHealthy: 0.7, mostAtOnce: .share(0.2), settle: .minutes(5))
        #expect(plan.limits == RunbookLimits(mostAtOnce: 1, mostPerHour: 4, coolDown: .hours(2), fleet: fleet))
        #expect(plan.deadline == .minutes(20))
        #expect(plan.rollsBack == true)
    }

    @Test("a fleet can be selected by labels, and has limits also where none are written")
    func selector() throws {
        let plan = try plan("limits: {fleet: {selector: {role: '${service}'}, max_at_once: 2}}")
        let fleet = try #require(plan.limits?.fleet)
        #expect(fleet == FleetLimit(selector: ["role": "pay"], mostAtOnce: .instances(2)))
        #expect(fleet.minHealthy == 0.51 && fleet.settle == .minutes(3) && fleet.name == "{role=pay}")
    }

    @Test("a plan without limits is written as it always was")
    func unchanged() throws {
        let plan = try plan("limits: {deadline: 20m}")
        #expect(plan.limits == nil && plan.rollsBack == nil)
        #expect(!plan.canonicalText.contains("limits") && !plan.canonicalText.contains("rollsBack"))
    }

    @Test(
        "mistakes in limits are told with their place",
        arguments: [
            ("limits: {at_once: -1}", "from 0 to 100000"), ("limits: {at_wonce: 1}", "did you mean 'at_once'"),
            ("limits: {fleet: {}}", "needs either 'service'"),
            ("limits: {fleet: {service: a, selector: {b: c}}}", "needs either 'service'"),
            ("limits: {fleet: {service: a, min_healthy: 50%}}", "from 51% to 100%, not '50%'"),
            ("limits: {fleet: {service: a, min_healthy: 70}}", "from 51% to 100%, not '70'"),
            ("limits: {fleet: {service: a, max_at_once: 0}}", "a share such as 10%, not '0'"),
            ("limits: {fleet: {service: a, max_at_once: 101%}}", "a share such as 10%, not '101%'"),
            ("limits: {fleet: {service: a, settle: 5}}", "settle"),
            ("limits: {fleet: {service: '${nobody}'}}", "there is no parameter 'nobody'"),
            ("rolls_back: maybe", "'rolls_back' must be true or false"),
        ])
    func mistakes(limits: String, message: String) {
        #expect {
            _ = try runbook(limits)
        } throws: { error in
            "\(error)".contains(message) && "\(error)".contains("a.yaml:")
        }
    }
}
