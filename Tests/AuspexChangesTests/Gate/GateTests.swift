import AuspexSignals
import Foundation
import Testing

@testable import AuspexChanges

@Suite struct GateTests {
    static let now = Timestamp(milliseconds: 1_772_366_400_000)
    static let request = Gate.Request(id: "v-1", service: "shop", environment: "production", sha: "abc", version: "1.2")

    static func risk(_ percentile: Double) -> RiskAssessment {
        RiskAssessment(
            risk: Risk(
                probability: nil, percentile: percentile, lift: 1, model: "size-only", trainedOn: 0, calibrated: false),
            reasons: [Reason(text: "lines added: 7", value: 7, baseline: 5, weight: 1)])
    }

    static func alert(
        _ severity: ServiceHealth.Alert.Severity, _ state: ServiceHealth.Alert.State = .firing
    ) -> ServiceHealth.Alert {
        ServiceHealth.Alert(name: "HighErrors", severity: severity, state: state, since: now - .minutes(5))
    }

    static func health(
        alerts: [ServiceHealth.Alert] = [], anomalies: Int = 0, ready: Int = 10, warming: Int = 0, age: TimeSpan = .zero
    ) -> ServiceHealth {
        ServiceHealth(
            lastSampleAt: now - age, readySeries: ready, warmingSeries: warming, alerts: alerts,
            anomalies: (0..<anomalies).map { ServiceHealth.Anomaly(series: "up{i=\"\($0)\"}", score: 1.5) })
    }

    static func policy(_ change: (inout GatePolicy) -> Void) -> GatePolicy {
        var policy = GatePolicy()
        change(&policy)
        return policy
    }

    struct Case: CustomTestStringConvertible {
        var name: String
        var risk: RiskAssessment?
        var health: ServiceHealth?
        var policy = GatePolicy()
        var verdict: Verdict.Outcome
        var score: Double?
        var testDescription: String { name }
    }

    static let silent = ServiceHealth(lastSampleAt: nil, readySeries: 0)
    static let noRisk = RiskAssessment(risk: nil, missing: ["risk: too little"])

    static let cases: [Case] = [
        Case(name: "all is well", risk: risk(50), health: health(), verdict: .pass, score: 50),
        Case(name: "just below the warning", risk: risk(89.99), health: health(), verdict: .pass, score: 89.99),
        Case(name: "large", risk: risk(90), health: health(), verdict: .warn, score: 90),
        Case(name: "extraordinary", risk: risk(99), health: health(), verdict: .fail, score: 99),
        Case(
            name: "critical alert", risk: risk(1), health: health(alerts: [alert(.critical)]), verdict: .fail,
            score: 100),
        Case(
            name: "warning alert", risk: risk(1), health: health(alerts: [alert(.warning)]), verdict: .warn, score: 50),
        Case(name: "info alert", risk: risk(1), health: health(alerts: [alert(.info)]), verdict: .pass, score: 1),
        Case(
            name: "pending alert", risk: risk(1), health: health(alerts: [alert(.critical, .pending)]), verdict: .pass,
            score: 1),
        Case(name: "anomalies", risk: risk(1), health: health(anomalies: 4), verdict: .warn, score: 40),
        Case(
            name: "more anomalies than series", risk: risk(1), health: health(anomalies: 4, ready: 2), verdict: .warn,
            score: 100),
        Case(name: "nothing known", verdict: .inconclusive, score: nil),
        Case(name: "no risk", health: health(), verdict: .inconclusive, score: 0),
        Case(name: "no health", risk: risk(50), verdict: .inconclusive, score: 50),
        Case(name: "too little history", risk: noRisk, health: health(), verdict: .inconclusive, score: 0),
        Case(name: "silent service", risk: risk(50), health: silent, verdict: .inconclusive, score: 50),
        Case(
            name: "stale samples", risk: risk(50), health: health(age: TimeSpan(milliseconds: 600_001)),
            verdict: .inconclusive, score: 50),
        Case(
            name: "samples just in time", risk: risk(50), health: health(age: .minutes(10)), verdict: .pass, score: 50),
        Case(
            name: "all warming up", risk: risk(50), health: health(ready: 0, warming: 3), verdict: .inconclusive,
            score: 50),
        Case(name: "some warming up", risk: risk(50), health: health(warming: 3), verdict: .pass, score: 50),
        Case(name: "failing risk without health", risk: risk(99.5), verdict: .fail, score: 99.5),
        Case(name: "warning risk without health", risk: risk(95), verdict: .inconclusive, score: 95),
        Case(
            name: "critical alert of a silent service",
            health: ServiceHealth(lastSampleAt: nil, readySeries: 0, alerts: [alert(.critical)]), verdict: .fail,
            score: nil),
        Case(
            name: "policy without risk", health: health(), policy: policy { $0.required = [.health] }, verdict: .pass,
            score: 0),
        Case(
            name: "policy without health", risk: risk(50), policy: policy { $0.required = [.risk] }, verdict: .pass,
            score: 50),
        Case(
            name: "policy that requires nothing still wants to know something", policy: policy { $0.required = [] },
            verdict: .inconclusive, score: nil),
        Case(
            name: "policy that only warns of fires", risk: risk(1), health: health(alerts: [alert(.critical)]),
            policy: policy { $0.criticalAlert = .warn }, verdict: .warn, score: 100),
        Case(
            name: "policy that ignores anomalies", risk: risk(1), health: health(anomalies: 10),
            policy: policy { $0.anomaly = .ignore }, verdict: .pass, score: 100),
        Case(
            name: "stricter thresholds", risk: risk(60), health: health(),
            policy: policy { ($0.warnPercentile, $0.failPercentile) = (50, 60) },
            verdict: .fail, score: 60),
    ]

    @Test("the verdict follows from what is known and the policy", arguments: cases)
    func verdict(of item: Case) {
        let verdict = Gate.decide(
            Self.request, GateFacts(risk: item.risk, health: item.health), policy: item.policy, now: Self.now)
        #expect(verdict.verdict == item.verdict)
        #expect(verdict.score == item.score)
        #expect(verdict.id == "v-1" && verdict.service == "shop" && verdict.environment == "production")
        #expect(verdict.sha == "abc" && verdict.version == "1.2" && verdict.policy == item.policy)
        #expect(verdict.expiresAt == Self.now + .hours(1))
        if item.verdict == .inconclusive { #expect(!verdict.missing.isEmpty, "it must say what is lacking") }
        if item.verdict == .fail || item.verdict == .warn {
            #expect((verdict.reasons.first?.weight ?? 0) > 0, "it must say what decided")
        } else if item.verdict == .pass {
            #expect(verdict.reasons.allSatisfy { $0.weight == 0 })
        }
    }

    @Test("worse evidence never makes a better verdict")
    func monotone() {
        let rank: [Verdict.Outcome: Int] = [.pass: 0, .warn: 1, .inconclusive: 2, .fail: 3]
        let severities: [[ServiceHealth.Alert]] = [
            [], [Self.alert(.info)], [Self.alert(.warning)], [Self.alert(.critical)],
        ]
        var previousRow = Array(repeating: 0, count: severities.count)
        for percentile in stride(from: 0.0, through: 100, by: 5) {
            let row = severities.map { alerts in
                let verdict = Gate.decide(
                    Self.request, GateFacts(risk: Self.risk(percentile), health: Self.health(alerts: alerts)),
                    policy: GatePolicy(), now: Self.now)
                return rank[verdict.verdict] ?? -1
            }
            #expect(row == row.sorted())
            #expect(zip(previousRow, row).allSatisfy { $0 <= $1 })
            previousRow = row
        }
    }

    @Test("what weighs most stands first, and many alerts are cut short")
    func reasons() {
        let alerts = (0..<30).map { index in
            ServiceHealth.Alert(
                name: "a\(index)", severity: index == 29 ? .critical : .info, state: .firing, since: Self.now)
        }
        let verdict = Gate.decide(
            Self.request, GateFacts(risk: Self.risk(95), health: Self.health(alerts: alerts)), policy: GatePolicy(),
            now: Self.now)
        #expect(verdict.reasons.first?.text == "alert 'a29' (critical) is firing for 0s")
        #expect(verdict.reasons.map(\.weight) == verdict.reasons.map(\.weight).sorted(by: >))
        #expect(verdict.reasons.filter { $0.text.hasPrefix("alert") }.count == 10)
        #expect(verdict.reasons.contains { $0.text == "and 20 more alerts" })
        #expect(verdict.reasons[1].text == "risk is at percentile 95 (size-only), the policy warns from 90")
    }

    @Test("alerts that are not named count as well")
    func unnamedAlerts() {
        let alerts = (0..<11).map { index in
            ServiceHealth.Alert(
                name: "a\(index)", severity: index == 10 ? .warning : .critical, state: .firing, since: Self.now)
        }
        let policy = Self.policy { ($0.criticalAlert, $0.warningAlert) = (.ignore, .fail) }
        let verdict = Gate.decide(
            Self.request, GateFacts(risk: Self.risk(1), health: Self.health(alerts: alerts)), policy: policy,
            now: Self.now)
        #expect(verdict.verdict == .fail)
        #expect(verdict.reasons.first?.text == "and 1 more alert")
    }

    static let exitCodes:
        [(verdict: Verdict.Outcome, inconclusive: GatePolicy.Inconclusive, dryRun: Bool, code: Int32)] = [
            (.pass, .fail, false, 0), (.warn, .fail, false, 0), (.fail, .fail, false, 1),
            (.inconclusive, .fail, false, 1),
            (.inconclusive, .pass, false, 0), (.fail, .pass, false, 1), (.fail, .fail, true, 0),
            (.inconclusive, .fail, true, 0),
        ]

    @Test("a command goes on or stops", arguments: exitCodes.indices)
    func exitCode(index: Int) {
        let (outcome, inconclusive, dryRun, code) = Self.exitCodes[index]
        let policy = Self.policy {
            $0.inconclusive = inconclusive
            $0.dryRun = dryRun
        }
        var verdict = Gate.decide(Self.request, GateFacts(risk: nil, health: nil), policy: policy, now: Self.now)
        verdict.verdict = outcome
        #expect(Gate.exitCode(for: verdict) == code)
    }

    @Test("a dry run shows the truth")
    func dryRun() {
        let policy = Self.policy { $0.dryRun = true }
        let verdict = Gate.decide(
            Self.request, GateFacts(risk: Self.risk(100), health: nil), policy: policy, now: Self.now)
        #expect(verdict.verdict == .fail && verdict.dryRun)
    }
}
