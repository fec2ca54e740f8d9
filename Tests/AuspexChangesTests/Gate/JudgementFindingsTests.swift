import AuspexSignals
import Foundation
import Testing

@testable import AuspexChanges

@Suite("The gate after a change") struct JudgementFindingsTests {
    private let now = Timestamp(milliseconds: 1_772_366_400_000)

    private func judgement(
        _ verdict: Verdict.Outcome, _ state: ChangeJudgement.State = .done
    ) -> ChangeJudgement {
        let report = JudgeReport(
            judge: "auspex", verdict: verdict, score: 50, reasons: ["latency: 200 against 100"], groups: [], metrics: []
        )
        return ChangeJudgement(
            of: Change(id: "d1", service: "shop", startedAt: now), state: state, from: now, to: now,
            report: state == .running ? nil : report)
    }

    private func verdict(
        _ judgement: ChangeJudgement?, _ phase: Verdict.Phase = .after, _ policy: GatePolicy = GatePolicy()
    ) -> Verdict {
        Gate.decide(
            Gate.Request(id: "g", service: "shop", phase: phase), GateFacts(judgement: judgement), policy: policy,
            now: now)
    }

    @Test(
        "the judgement decides, though nothing else is known",
        arguments: [Verdict.Outcome.pass, .warn, .fail, .inconclusive])
    func decides(outcome: Verdict.Outcome) {
        let verdict = verdict(judgement(outcome))
        #expect(verdict.verdict == outcome && verdict.final && verdict.phase == .after)
        #expect(!verdict.missing.contains { $0.hasPrefix("risk") })
        if outcome == .fail { #expect(verdict.reasons[0].text.contains("latency: 200 against 100")) }
    }

    @Test("the policy says what a failure leads to")
    func policy() {
        var policy = GatePolicy()
        policy.judgeFail = .warn
        #expect(verdict(judgement(.fail), .after, policy).verdict == .warn)
        policy.judgeFail = .ignore
        #expect(verdict(judgement(.fail), .after, policy).verdict == .pass)
    }

    @Test("while it is being watched, and when it never was, nothing is decided")
    func open() {
        let running = verdict(judgement(.inconclusive, .running))
        #expect(running.verdict == .inconclusive && !running.final)
        #expect(running.missing.contains { $0.contains("still being watched") })
        let unknown = verdict(nil)
        #expect(unknown.verdict == .inconclusive && unknown.final)
        #expect(unknown.missing.contains { $0.hasPrefix("judgement:") })
        #expect(!verdict(nil, .before).missing.contains { $0.hasPrefix("judgement:") })
    }

    @Test("what was said while the change was under way is not the last word, and only a failure counts")
    func provisional() {
        for outcome in [Verdict.Outcome.pass, .warn, .inconclusive, .fail] {
            let verdict = verdict(judgement(outcome, .provisional))
            #expect(verdict.verdict == (outcome == .fail ? .fail : .inconclusive) && !verdict.final)
            #expect(verdict.missing.contains { $0.contains("still under way") })
        }
    }

    @Test("a judgement with a gap never passes, and says whether more will be known")
    func gap() {
        for isFinal in [true, false] {
            let gap = GateFacts.Gap("it was undone", isFinal: isFinal)
            for judgement in [nil, judgement(.pass)] {
                let verdict = Gate.decide(
                    Gate.Request(id: "g", service: "shop", phase: .after),
                    GateFacts(judgement: judgement, judgementGap: gap), policy: GatePolicy(), now: now)
                #expect(verdict.verdict == .inconclusive && verdict.final == isFinal)
                #expect(verdict.missing.contains("judgement: it was undone"))
            }
        }
    }

    @Test("what is not known of a service is said with its environment")
    func environment() {
        let verdict = Gate.decide(
            Gate.Request(id: "g", service: "shop", environment: "production"), GateFacts(), policy: GatePolicy(),
            now: now)
        #expect(verdict.missing.contains("health: nothing is known of 'shop' in the environment 'production'"))
    }

    @Test("a verdict that was stored before there were phases can be read")
    func old() throws {
        let text = try JSONText.pretty(verdict(judgement(.pass)))
        var object = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        object["phase"] = nil
        object["final"] = nil
        var policy = try #require(object["policy"] as? [String: Any])
        policy["judge_fail"] = nil
        object["policy"] = policy
        let old = try JSONDecoder().decode(Verdict.self, from: JSONSerialization.data(withJSONObject: object))
        #expect(old.phase == .before && old.final && old.policy.judgeFail == .fail)
    }
}
