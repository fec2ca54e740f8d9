import AuspexSignals
import Foundation
import Testing

@testable import AuspexChanges

@Suite struct BreakGlassTests {
    private static let reason = "the site is down, this repairs it"

    @Test(
        "who breaks the glass says who and why",
        arguments: [
            ("", "ada", "too short"), ("hotfix!", "ada", "too short"), ("a  b\n\t  c       d", "ada", "too short"),
            (String(repeating: "x", count: 2_049), "ada", "longer than 2048 bytes"), (reason, "", "by is empty"),
            (reason, " \n", "by is empty"), (reason, String(repeating: "x", count: 257), "longer than 256 bytes"),
        ])
    func mistakes(reason: String, by: String, mistake: String) {
        #expect(BreakGlass(reason: reason, by: by).mistake?.contains(mistake) == true)
    }

    @Test("ten characters are a reason, in any script")
    func enough() {
        #expect(BreakGlass(reason: "0123456789", by: "ada").mistake == nil)
        #expect(BreakGlass(reason: "サイトが落ちているため", by: "ada").mistake == nil)
    }

    @Test("an overridden verdict stays what it is, says who did it, and stops nobody")
    func override() throws {
        var verdict = Gate.decide(
            GateTests.request, GateFacts(risk: GateTests.risk(99.5), health: GateTests.health()), policy: GatePolicy(),
            now: GateTests.now)
        #expect(Gate.exitCode(for: verdict) == 1)
        verdict.override = Verdict.Override(BreakGlass(reason: Self.reason, by: "ada"), at: GateTests.now)
        #expect(verdict.verdict == .fail)
        #expect(Gate.exitCode(for: verdict) == 0)
        #expect(verdict.table.contains("override  by ada at \(GateTests.now.iso8601): \(Self.reason)\n"))
        let again = try JSONDecoder().decode(Verdict.self, from: Data(try JSONText.pretty(verdict).utf8))
        #expect(again == verdict)
    }

    @Test("a verdict from before there were overrides can be read")
    func older() throws {
        let verdict = Gate.decide(
            GateTests.request, GateFacts(risk: GateTests.risk(1), health: GateTests.health()), policy: GatePolicy(),
            now: GateTests.now)
        let json = try JSONSerialization.jsonObject(with: Data(try JSONText.pretty(verdict).utf8))
        var members = try #require(json as? [String: Any])
        members["override"] = nil
        var policy = try #require(members["policy"] as? [String: Any])
        policy["break_glass"] = nil
        members["policy"] = policy
        let old = try JSONSerialization.data(withJSONObject: members)
        #expect(try JSONDecoder().decode(Verdict.self, from: old) == verdict)
    }

    @Test("what an inconclusive verdict means can be said for one call")
    func inconclusive() {
        var policy = GatePolicy()
        let facts = GateFacts()
        let strict = Gate.decide(GateTests.request, facts, policy: policy, now: GateTests.now)
        policy.inconclusive = .pass
        let lenient = Gate.decide(GateTests.request, facts, policy: policy, now: GateTests.now)
        #expect([strict, lenient].map { Gate.exitCode(for: $0) } == [1, 0])
        #expect([strict, lenient].map { Gate.exitCode(for: $0, inconclusive: .pass) } == [0, 0])
        #expect([strict, lenient].map { Gate.exitCode(for: $0, inconclusive: .fail) } == [1, 1])
    }
}
