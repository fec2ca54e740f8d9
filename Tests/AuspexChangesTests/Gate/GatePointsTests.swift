import AuspexSignals
import Foundation
import Testing

@testable import AuspexChanges

@Suite struct GatePointsTests {
    static func points(_ scores: Double..., unanswered: [RulePoints.Unanswered] = []) -> RulePoints {
        RulePoints(
            rules: scores.enumerated().map { number, score in
                RulePoints.Rule(
                    rule: "r\(number)", title: "Rule \(number)", score: score, band: "medium",
                    reasons: [.init(text: "because", points: score)])
            }, unanswered: unanswered)
    }

    private func decide(
        _ points: RulePoints?, risk: RiskAssessment? = GateTests.risk(10), _ policy: GatePolicy = GatePolicy()
    ) -> Verdict {
        Gate.decide(
            GateTests.request, GateFacts(risk: risk, health: GateTests.health(), points: points), policy: policy,
            now: GateTests.now)
    }

    @Test("the gravest rule counts, against the policy's points")
    func thresholds() {
        #expect(decide(Self.points(69, 30)).verdict == .pass)
        let warned = decide(Self.points(30, 70))
        #expect(warned.verdict == .warn && warned.score == 70)
        #expect(
            warned.reasons.first?.text
                == "rule 'Rule 1' gives 70 points (medium): because, the policy warns from 70")
        #expect(decide(Self.points(1_000)).verdict == .warn, "points alone stop nobody unless the policy says so")
        let strict = GateTests.policy { $0.failPoints = 90 }
        #expect(decide(Self.points(90), strict).verdict == .fail)
        let off = GateTests.policy { $0.warnPoints = nil }
        #expect(decide(Self.points(500), off).verdict == .pass)
    }

    private func decide(_ points: RulePoints?, _ policy: GatePolicy) -> Verdict {
        decide(points, risk: GateTests.risk(10), policy)
    }

    @Test("points and risk are shown apart; the score is the largest part, at most 100")
    func apart() {
        let verdict = decide(Self.points(250))
        #expect(verdict.score == 100 && verdict.risk?.percentile == 10 && verdict.points?.score == 250)
        #expect(decide(Self.points()).score == 10 && decide(nil).points == nil)
        #expect(verdict.table.contains("points    250 (r0 250)"))
    }

    @Test("a rule that could not be asked is missing, never zero, and lacks where the policy requires points")
    func unanswered() {
        let points = Self.points(unanswered: [.init(rule: "x", reason: "no such key")])
        let verdict = decide(points)
        #expect(verdict.verdict == .pass)
        #expect(verdict.missing == ["points: rule 'x' could not be asked: no such key"])
        let policy = GateTests.policy { $0.required = [.risk, .points] }
        #expect(decide(points, policy).verdict == .inconclusive)
        #expect(decide(Self.points(), policy).verdict == .pass)
        #expect(decide(nil, policy).verdict == .inconclusive)
    }

    private func assessment(_ probability: Double?) -> RiskAssessment {
        RiskAssessment(
            risk: Risk(
                probability: probability, percentile: 10, lift: nil, model: "learned", trainedOn: 500,
                calibrated: true))
    }

    @Test("a probability counts only where the policy says from when on")
    func probability() {
        #expect(decide(nil, risk: assessment(0.99)).verdict == .pass)
        let policy = GateTests.policy { ($0.warnProbability, $0.failProbability) = (0.3, 0.6) }
        #expect(decide(nil, risk: assessment(0.29), policy).verdict == .pass)
        let warned = decide(nil, risk: assessment(0.3), policy)
        #expect(warned.verdict == .warn)
        #expect(warned.reasons.first?.text == "the probability of harm is 0.3 (learned), the policy warns from 0.3")
        #expect(decide(nil, risk: assessment(0.6), policy).verdict == .fail)
        #expect(decide(nil, risk: assessment(nil), policy).missing.count == 1)
    }

    @Test("the first policy that concerns the change counts")
    func scoped() {
        func named(_ name: String, _ services: [String], _ environments: [String]) -> ScopedPolicy {
            ScopedPolicy(
                services: services, environments: environments, policy: GateTests.policy { $0.name = name })
        }
        let policies = [
            named("pay", ["pay*"], ["production"]), named("staging", [], ["staging"]), named("shop", ["shop"], []),
        ]
        func policy(_ service: String, _ environment: String) -> String? {
            policies.first { $0.concerns(service: service, environment: environment) }?.policy.name
        }
        #expect(policy("payments", "production") == "pay" && policy("payments", "staging") == "staging")
        #expect(policy("shop", "staging") == "staging" && policy("shop", "") == "shop")
        #expect(policy("shopping", "production") == nil && policy("payments", "") == nil)
    }

    @Test("a verdict that was stored before there were points and context is still read")
    func old() throws {
        let verdict = decide(Self.points(40))
        var object = try #require(
            try JSONSerialization.jsonObject(with: Data(try JSONText.pretty(verdict).utf8)) as? [String: Any])
        object["points"] = nil
        object["context"] = nil
        object["policy"] = ["name": "old", "warn_percentile": 80]
        let data = try JSONSerialization.data(withJSONObject: object)
        let read = try JSONDecoder().decode(Verdict.self, from: data)
        #expect(read.points == nil && read.context == nil && read.policy.name == "old" && read.policy.freeze == .fail)
    }
}
