import AuspexSignals
import Foundation
import Testing

@testable import AuspexChanges

@Suite struct GateContextTests {
    typealias Incident = ChangeContext.Incident

    struct Case: CustomTestStringConvertible {
        var name: String
        var context: ChangeContext
        var policy = GatePolicy()
        var verdict: Verdict.Outcome
        /// Part of a reason.
        var says = ""
        var testDescription: String { name }
    }

    static func context(_ change: (inout ChangeContext) -> Void) -> ChangeContext {
        var context = ChangeContext()
        change(&context)
        return context
    }

    static func incident(_ severity: ServiceHealth.Alert.Severity, dependency: Bool = false) -> ChangeContext {
        context {
            $0.incidents = [
                Incident(
                    id: "inc-1", title: "it burns", severity: severity, service: dependency ? "db" : "shop",
                    isDependency: dependency)
            ]
        }
    }

    static func files(_ files: [FileKind: Int]) -> ChangeContext {
        context { $0.content = ChangeContent(commits: 1, files: files) }
    }

    static let frozen = context { $0.freezes = [.init(id: "xmas", title: "Christmas")] }
    static let soon = context { $0.sinceLastDeploy = .minutes(59) }

    static let cases: [Case] = [
        Case(name: "nothing known", context: ChangeContext(), verdict: .pass),
        Case(name: "a freeze", context: frozen, verdict: .fail, says: "freeze 'xmas' (Christmas) is in force"),
        Case(
            name: "a freeze for a policy that warns", context: frozen,
            policy: GateTests.policy { $0.freeze = .warn }, verdict: .warn),
        Case(
            name: "a freeze for a policy that ignores", context: frozen,
            policy: GateTests.policy { $0.freeze = .ignore }, verdict: .pass, says: "is in force"),
        Case(name: "no freeze", context: context { $0.freezes = [] }, verdict: .pass),
        Case(
            name: "a critical incident", context: incident(.critical), verdict: .fail,
            says: "incident inc-1 (critical) of the service is open: it burns"),
        Case(name: "a warning incident", context: incident(.warning), verdict: .warn),
        Case(name: "an info incident", context: incident(.info), verdict: .pass, says: "inc-1 (info)"),
        Case(
            name: "an incident of a dependency", context: incident(.critical, dependency: true), verdict: .warn,
            says: "of 'db', which it depends on"),
        Case(
            name: "which the policy fails for", context: incident(.warning, dependency: true),
            policy: GateTests.policy { $0.dependencyIncident = .fail }, verdict: .fail),
        Case(
            name: "strange dependencies", context: context { $0.dependencyAnomalies = .init(anomalous: 3, ready: 12) },
            verdict: .pass, says: "3 of 12 series of what it depends on are anomalous"),
        Case(
            name: "which the policy warns of",
            context: context { $0.dependencyAnomalies = .init(anomalous: 3, ready: 12) },
            policy: GateTests.policy { $0.dependencyAnomaly = .warn }, verdict: .warn),
        Case(
            name: "sound dependencies", context: context { $0.dependencyAnomalies = .init(anomalous: 0, ready: 12) },
            policy: GateTests.policy { $0.dependencyAnomaly = .fail }, verdict: .pass),
        Case(
            name: "a migration", context: files([.migration: 2, .test: 1]), verdict: .warn,
            says: "the change has 2 migrations"),
        Case(
            name: "a migration that is ignored", context: files([.migration: 1]),
            policy: GateTests.policy { $0.migration = .ignore }, verdict: .pass),
        Case(name: "no tests", context: files([.source: 1]), verdict: .pass, says: "touches no test"),
        Case(
            name: "no tests for a policy that warns", context: files([.source: 1]),
            policy: GateTests.policy { $0.noTests = .warn }, verdict: .warn),
        Case(
            name: "documentation needs no tests", context: files([.documentation: 1]),
            policy: GateTests.policy { $0.noTests = .fail }, verdict: .pass),
        Case(
            name: "soon after the last deploy", context: soon, verdict: .pass,
            says: "the last deploy of 'shop' to production was 59m ago"),
        Case(
            name: "too soon", context: soon, policy: GateTests.policy { $0.minimumTimeSinceDeploy = .hours(1) },
            verdict: .warn, says: "59m ago, the policy wants 1h"),
        Case(
            name: "just late enough", context: context { $0.sinceLastDeploy = .hours(1) },
            policy: GateTests.policy { $0.minimumTimeSinceDeploy = .hours(1) }, verdict: .pass),
        Case(
            name: "a bad record", context: context { $0.service = FailureRate(failures: 9, changes: 10, usual: 0.1) },
            verdict: .pass, says: "9 of 10 changes of 'shop' have failed, taken as 36.67 % beside 10 % of all"),
        Case(
            name: "late on a Friday",
            context: context { $0.askedAt = Timestamp(milliseconds: 40 * 3_600_000) }, verdict: .pass,
            says: "asked on friday, 16 h UTC"),
        Case(name: "a large batch", context: context { $0.commits = 40 }, verdict: .pass, says: "brings 40 commits"),
        Case(
            name: "many depend on it", context: context { $0.dependents = 7 }, verdict: .pass,
            says: "7 services depend on 'shop'"),
        Case(
            name: "an old commit", context: context { $0.commitAge = .hours(50) }, verdict: .pass,
            says: "the newest commit is 2d2h old"),
    ]

    @Test("the policy says what each fact leads to, and every fact that is known is told", arguments: cases)
    func context(of item: Case) {
        let verdict = Gate.decide(
            GateTests.request,
            GateFacts(risk: GateTests.risk(1), health: GateTests.health(), context: item.context),
            policy: item.policy, now: GateTests.now)
        #expect(verdict.verdict == item.verdict)
        #expect(verdict.context == item.context && verdict.score == 1)
        let text = verdict.reasons.map(\.text)
        if !item.says.isEmpty { #expect(text.contains { $0.contains(item.says) }, "\(text)") }
        if item.verdict == .pass { #expect(verdict.reasons.allSatisfy { $0.weight == 0 }) }
    }

    @Test("context never makes up for evidence, and a freeze fails without any")
    func noEvidence() {
        func decide(_ context: ChangeContext) -> Verdict.Outcome {
            Gate.decide(GateTests.request, GateFacts(context: context), policy: GatePolicy(), now: GateTests.now)
                .verdict
        }
        #expect(decide(ChangeContext()) == .inconclusive && decide(Self.frozen) == .fail)
    }

    @Test("many incidents are cut short, and those that are not named count")
    func manyIncidents() {
        let context = Self.context {
            $0.incidents = (0..<12).map {
                Incident(
                    id: "i\($0)", title: "", severity: $0 == 11 ? .warning : .info, service: "s", isDependency: false)
            }
        }
        let verdict = Gate.decide(
            GateTests.request, GateFacts(risk: GateTests.risk(1), health: GateTests.health(), context: context),
            policy: GatePolicy(), now: GateTests.now)
        #expect(verdict.verdict == .warn && verdict.reasons.first?.text == "and 2 more open incidents")
    }
}
