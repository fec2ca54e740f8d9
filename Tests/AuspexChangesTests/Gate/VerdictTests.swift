import AuspexSignals
import Foundation
import Testing

@testable import AuspexChanges

@Suite struct VerdictTests {
    private func members(_ text: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    @Test("in JSON a verdict has the members of the contract, always all of them")
    func names() throws {
        let names: Set = [
            "id", "service", "environment", "sha", "version", "verdict", "score", "risk", "health", "reasons",
            "missing",
            "policy", "dryRun", "expiresAt", "phase", "final",
        ]
        let full = Gate.decide(
            GateTests.request, GateFacts(risk: GateTests.risk(95), health: GateTests.health(anomalies: 1)),
            policy: GatePolicy(),
            now: GateTests.now)
        let object = try members(try JSONText.pretty(full))
        #expect(Set(object.keys) == names)
        #expect(
            Set((object["risk"] as? [String: Any] ?? [:]).keys)
                == ["probability", "percentile", "lift", "model", "trainedOn", "calibrated"])
        #expect(Set((object["health"] as? [String: Any] ?? [:]).keys) == ["score", "groups"])
        let reasons = try #require(object["reasons"] as? [[String: Any]])
        #expect(reasons.allSatisfy { Set($0.keys) == ["text", "value", "baseline", "weight"] })
        #expect(object["verdict"] as? String == "warn" && object["dryRun"] as? Bool == false)
        #expect(object["expiresAt"] as? Int == 1_772_366_400_000 + 3_600_000)

        let empty = Gate.decide(
            GateTests.request, GateFacts(risk: nil, health: nil), policy: GatePolicy(), now: GateTests.now)
        let nothing = try members(try JSONText.pretty(empty))
        #expect(Set(nothing.keys) == names)
        #expect(nothing["risk"] is NSNull && nothing["health"] is NSNull && nothing["score"] is NSNull)
    }

    @Test("a verdict comes back from JSON as it was", arguments: GateTests.cases)
    func roundTrip(item: GateTests.Case) throws {
        let verdict = Gate.decide(
            GateTests.request, GateFacts(risk: item.risk, health: item.health), policy: item.policy, now: GateTests.now)
        let text = try JSONText.pretty(verdict)
        #expect(try JSONDecoder().decode(Verdict.self, from: Data(text.utf8)) == verdict)
    }

    @Test("health is as good as its worst part")
    func health() {
        #expect(Health(groups: []).score == 100)
        #expect(Health(groups: [.init(name: "a", score: 30), .init(name: "b", score: 80)]).score == 30)
    }
}
