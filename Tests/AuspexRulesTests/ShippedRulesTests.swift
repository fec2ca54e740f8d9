import AuspexDocuments
import AuspexSignals
import Foundation
import Testing

@testable import AuspexRules

@Suite("The rules that ship")
struct ShippedRulesTests {
    /// The runbooks that ship.
    private static let runbooks: Set = ["restart-service", "free-disk", "end-blocking-sessions"]

    private let ruleSet: RuleSet

    init() throws {
        ruleSet = try RuleLoader.load(paths: [shippedRules], runbooks: Self.runbooks)
    }

    @Test("they pass their own tests")
    func pass() {
        let results = RuleTestRunner.run(ruleSet)
        #expect(results.count >= 2 * ruleSet.rules.count)
        for result in results {
            #expect(result.isPassed, "\(result.rule): \(result.name): \(result.failures.map(\.description))")
        }
    }

    @Test("each is tested to fire, and not to fire on a near miss")
    func tested() {
        #expect(ruleSet.rules.count >= 4)
        for rule in ruleSet.rules {
            let fires = rule.tests.filter { test in
                test.checkpoints.contains { ($0.alerts ?? []).contains { $0.state == .firing } }
            }
            #expect(!fires.isEmpty, "\(rule.id)")
            #expect(fires.count < rule.tests.count, "\(rule.id)")
        }
    }

    @Test("their tests notice a condition that never holds and one that always does", arguments: ["false", "true"])
    func mutations(condition: String) throws {
        for rule in ruleSet.rules {
            let broken = try broken(rule, condition: condition)
            #expect(RuleTestRunner.run(broken).contains { !$0.isPassed }, "\(rule.id) with \(condition)")
        }
    }

    @Test("none acts by itself on a stranger's machine, and each says who answers for it")
    func cautious() {
        for rule in ruleSet.rules {
            #expect(rule.responses.allSatisfy { $0.mode == .shadow || $0.mode == .propose }, "\(rule.id)")
            #expect(!rule.owner.isEmpty)
        }
    }

    @Test("all runbooks that ship are asked for")
    func runbooksAreUsed() {
        #expect(ruleSet.runbooks == Self.runbooks)
    }

    /// The rule with another condition, by way of its own text.
    private func broken(_ rule: Rule, condition: String) throws -> RuleSet {
        let text = try DocumentFiles.text(ofFile: rule.location.file)
        let document = try #require(
            text.components(separatedBy: "\n---\n").first { $0.contains("id: \(rule.id)\n") })
        // Block, quoted and folded forms of `where` alike: its value is put aside under a key that is taken out again.
        let whereKey = try #require(document.range(of: "where: "))
        let rest = document[whereKey.upperBound...]
        let end = try #require(
            rest.hasPrefix("'")
                ? rest.dropFirst().firstIndex(of: "'").map { rest.index(after: $0) }
                : rest.range(of: "\n    for:")?.lowerBound)
        let broken = document[..<whereKey.upperBound] + "'\(condition)'" + rest[end...]
        return try RuleLoader.load(text: String(broken), file: rule.id)
    }
}
