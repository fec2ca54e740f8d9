import AuspexSignals
import Foundation
import Testing

@testable import AuspexChanges

@Suite struct TextTests {
    @Test(
        "numbers are short",
        arguments: [
            (3, "3"), (0.25, "0.25"), (1_204.5, "1204.5"), (-0.001, "0"), (2.0 / 3, "0.67"), (100, "100"), (.nan, "-"),
            (.infinity, "inf"), (-.infinity, "-inf"), (-1.5, "-1.5"),
        ] as [(Double, String)])
    func numbers(value: Double, text: String) {
        #expect(NumberText.short(value) == text)
    }

    @Test("columns are padded, lines end without blanks")
    func table() {
        var table = TextTable([("name", .left), ("n", .right), ("rest", .left)])
        table.append(["a", "10", "x"])
        table.append(["longer", "5"])
        #expect(table.text == "name     n  rest\na       10  x\nlonger   5\n")
    }

    @Test("what comes from outside cannot drive the terminal")
    func printable() {
        let hostile = "a\u{1b}[31m\r\n\u{7}\u{202e}b\u{200b}\u{2028}ünï日"
        let text = TextTable.printable(hostile)
        #expect(text == "a\u{fffd}[31m\u{fffd}\u{fffd}\u{fffd}\u{fffd}b\u{fffd}\u{fffd}ünï日")
    }

    static let report = FeatureReport(
        range: "a..b", from: "aaa", to: "bbb",
        commits: [
            FeatureReport.Commit(
                sha: String(repeating: "a", count: 40), time: Timestamp(milliseconds: 0), author: "Ann\u{1b}",
                subject: "Add\tcart", isMerge: false, features: ChangeFeatures()),
            FeatureReport.Commit(
                sha: String(repeating: "b", count: 40), time: Timestamp(milliseconds: 0), author: "Bob",
                subject: "Merge it", isMerge: true, features: ChangeFeatures()),
        ], change: ChangeFeatures(), history: [], notes: ["shallow"])

    @Test("a report is a table with a row a commit and one for the range")
    func report() {
        let lines = Self.report.table.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        #expect(lines[0].hasPrefix("commit        la  ld  nf  nd  ns  entropy  lt  fix"))
        #expect(lines[1].hasPrefix("aaaaaaaaaaaa   0") && lines[1].hasSuffix("Ann\u{fffd}    Add\u{fffd}cart"))
        #expect(lines[2].hasSuffix("Bob     (merge) Merge it"))
        #expect(lines[3].hasPrefix("range"))
        #expect(lines.contains("note: shallow"))
    }

    @Test("a report's JSON says in which form the entropy is, and leaves the past out")
    func reportJSON() throws {
        let text = try JSONText.pretty(Self.report)
        let object = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        #expect(
            Set(object.keys) == [
                "range", "from", "to", "commits", "change", "past_changes", "commits_per_change", "entropy_form",
                "notes", "content",
            ])
        #expect((object["entropy_form"] as? String)?.contains("log2(files)") == true)
        #expect((object["commits"] as? [Any])?.count == 2 && object["commits_per_change"] as? Int == 2)
        #expect(text.hasSuffix("}\n"))
    }

    @Test("a verdict reads from top to bottom")
    func verdict() {
        let verdict = Gate.decide(
            GateTests.request, GateFacts(risk: GateTests.risk(95), health: GateTests.health(anomalies: 5)),
            policy: GatePolicy(),
            now: GateTests.now)
        let lines = verdict.table.split(separator: "\n").map(String.init)
        #expect(
            lines.prefix(5) == [
                "verdict   WARN", "change    shop 1.2 in production", "score     95 of 100, higher is worse",
                "risk      percentile 95, model size-only, not calibrated",
                "health    50 of 100 (alerts 100, anomalies 50)",
            ])
        #expect(verdict.table.contains("valid until 2026-03-01T13:00:00Z"))
        #expect(
            verdict.summary
                == "warn: shop 1.2 in production: risk is at percentile 95 (size-only), the policy warns from 90")
    }

    @Test("a verdict without data says what is lacking")
    func inconclusive() {
        let verdict = Gate.decide(
            GateTests.request, GateFacts(risk: nil, health: nil), policy: GatePolicy(), now: GateTests.now)
        #expect(verdict.table.contains("missing   health: nothing is known of 'shop'"))
        #expect(verdict.table.contains("risk      not known"))
        #expect(verdict.summary.hasPrefix("inconclusive: shop 1.2 in production: risk:"))
    }

    @Test("an assessment says that it is by size only")
    func assessment() {
        let text = GateTests.risk(95).table
        #expect(text.contains("probability  not known"))
        #expect(text.contains("model        size-only, trained on 0 outcomes, not calibrated"))
        #expect(RiskAssessment(risk: nil).table.hasPrefix("risk         not known"))
    }
}
