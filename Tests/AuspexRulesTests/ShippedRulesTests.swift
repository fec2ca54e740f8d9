import AuspexDocuments
import AuspexSignals
import Foundation
import Testing

@testable import AuspexRules

@Suite("The rules that ship")
struct ShippedRulesTests {
    /// The runbooks that ship and that rules ask for.
    private static let asked: Set = [
        "restart-service", "free-disk", "end-blocking-sessions", "rollback-symlink", "renew-certificate",
        "collect-diagnostics", "page-oncall",
    ]
    /// Those that people start, because no alert says what they need: a revision, a query, a container, a number.
    private static let startedByPeople: Set = [
        "rollback-release", "rollback-revert", "rollback-revert-gitlab", "rotate-logs", "end-runaway-query",
        "reload-nginx", "scale-deployment",
        "restart-container", "drain-and-restart", "close-stuck-consumer",
    ]

    private let ruleSet: RuleSet

    init() throws {
        ruleSet = try RuleLoader.load(paths: [shippedRules], runbooks: Self.asked.union(Self.startedByPeople))
    }

    @Test("there are enough for a first day, each with tests and known harmless causes")
    func complete() {
        #expect(ruleSet.rules.count >= 25)
        for rule in ruleSet.rules {
            #expect(rule.tests.count >= 2, "\(rule.id)")
            #expect(!rule.falsePositives.isEmpty, "\(rule.id)")
        }
    }

    @Test("they pass their own tests")
    func pass() {
        for result in RuleTestRunner.run(ruleSet, forecasting: StraightLine()) {
            #expect(result.isPassed, "\(result.rule): \(result.name): \(result.failures.map(\.description))")
        }
    }

    @Test("each is tested to fire, to end, and not to fire on a near miss")
    func tested() {
        for rule in ruleSet.rules {
            let fires = rule.tests.filter { $0.expects(.firing, of: rule.id) }
            #expect(!fires.isEmpty, "\(rule.id)")
            #expect(fires.contains { $0.expects(.resolved, of: rule.id) }, "\(rule.id)")
            #expect(fires.count < rule.tests.count, "\(rule.id)")
        }
    }

    @Test("their tests notice each condition that never holds or always does", arguments: ["false", "true"])
    func mutations(condition: String) throws {
        for rule in ruleSet.rules {
            for number in rule.conditions.indices {
                let broken = try broken(rule, number, condition)
                let results = RuleTestRunner.run(broken, forecasting: StraightLine())
                let name = rule.conditions[number].name
                #expect(results.contains { !$0.isPassed }, "\(rule.id): \(name) with \(condition)")
            }
        }
    }

    @Test("none acts by itself on a stranger's machine, and what nobody has tried yet only writes down its plan")
    func cautious() {
        for rule in ruleSet.rules {
            #expect(rule.responses.allSatisfy { $0.mode == .shadow || $0.mode == .propose }, "\(rule.id)")
            if rule.status == .experimental {
                #expect(rule.responses.allSatisfy { $0.mode == .shadow }, "\(rule.id)")
            }
        }
    }

    @Test("all runbooks that ship are asked for, but those that only people can start")
    func runbooksAreUsed() throws {
        #expect(ruleSet.runbooks == Self.asked)
        let files = try FileManager.default.contentsOfDirectory(atPath: shippedRules + "/runbooks")
        let shipped = files.map { $0.replacing(".yaml", with: "") }
        #expect(Set(shipped) == Self.asked.union(Self.startedByPeople))
    }

    @Test("what they ask of Prometheus to record stands in the file of recording rules, and nothing else does")
    func recorded() throws {
        let text = try DocumentFiles.text(ofFile: shippedRules + "/prometheus.rules")
        let key = "- record: "
        let recorded = Set(
            text.split(separator: "\n").compactMap { line in
                line.firstRange(of: key).map { String(line[$0.upperBound...]) }
            })
        let asked = ruleSet.rules.flatMap(\.conditions).filter { $0.source == .metric }.compactMap(\.names)
            .reduce(into: Set()) { $0.formUnion($1) }
        #expect(asked.filter { $0.contains(":") }.subtracting(recorded).isEmpty)
        #expect(recorded.subtracting(asked).isEmpty)
    }

    /// The rule with another expression in one of its conditions, by way of its own text.
    private func broken(_ rule: Rule, _ number: Int, _ condition: String) throws -> RuleSet {
        let text = try DocumentFiles.text(ofFile: rule.location.file)
        let document = try #require(
            text.components(separatedBy: "\n---\n").first { $0.contains("id: \(rule.id)\n") })
        let whereKeys = document.ranges(of: "where: ")
        try #require(whereKeys.count == rule.conditions.count, "\(rule.id)")
        let whereKey = whereKeys[number]
        let rest = document[whereKey.upperBound...]
        // Quoted and folded forms alike.
        let end = try #require(
            rest.hasPrefix("'")
                ? rest.dropFirst().firstIndex(of: "'").map { rest.index(after: $0) }
                : rest.range(of: "\n    for:")?.lowerBound)
        let broken = document[..<whereKey.upperBound] + "'\(condition)'" + rest[end...]
        return try RuleLoader.load(text: String(broken), file: rule.id)
    }
}

extension RuleTest {
    /// Whether it expects an alert of a rule in a state.
    fileprivate func expects(_ state: Alert.State, of rule: String) -> Bool {
        checkpoints.contains { ($0.alerts ?? []).contains { $0.rule == rule && $0.state == state } }
    }
}
