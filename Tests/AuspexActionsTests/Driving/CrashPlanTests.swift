import AuspexActions
import Testing

@Suite(.timeLimit(.minutes(1))) struct CrashPlanTests {
    @Test("a plan is a point and a number", arguments: CrashPoint.allCases)
    func wellFormed(point: CrashPoint) throws {
        _ = try CrashPlan.environment("\(point.rawValue):3", isAllowed: true)
        _ = try CrashPlan.environment(point.rawValue, isAllowed: true)
    }

    @Test(
        "anything else is refused, with what would be right",
        arguments: ["", "nowhere:1", "after-spawn:0", "after-spawn:x", "after-spawn:1:2", "after-spawn:-1"])
    func malformed(text: String) throws {
        let error = try #require(throws: CrashPlanError.self) {
            _ = try CrashPlan.environment(text, isAllowed: true)
        }
        #expect(error.description.contains("before-intent-commit"))
    }

    @Test("where it is not allowed, the variable means nothing")
    func notAllowed() throws {
        #expect(try CrashPlan.environment("nowhere:1", isAllowed: false) === CrashPlan.never)
        #expect(try CrashPlan.environment(nil, isAllowed: true) === CrashPlan.never)
    }
}
