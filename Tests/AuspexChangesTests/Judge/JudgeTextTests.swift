import AuspexSignals
import Foundation
import Testing

@testable import AuspexChanges

@Suite struct JudgeTextTests {
    private let baseline = MetricTable([
        ("errors", [1, 0, 2, 1]), ("requests", [100, 100, 100, 100]), ("replicas", [3, 3, 3, 3, 3]),
    ])
    private let canary = MetricTable([
        ("errors", [9, 8, 12, 10]), ("requests", [100, 100, 100, 100]), ("replicas", [3, 3, 3, 3, 3]),
    ])

    private func report() throws -> JudgeReport {
        try JudgeConfiguration(parsing: "alpha: 0.02", file: "j.yaml").judge(baseline: baseline, canary: canary)
    }

    @Test("the report as JSON has the verdict, the score and every metric with its figures, null where there is none")
    func json() throws {
        let value = try JSONValue(parsing: JSONText.pretty(try report()))
        #expect(value["verdict"]?.string == "fail")
        #expect(value["score"]?.double == 50)
        #expect(value["judge"]?.string == "auspex")
        let metrics = try #require(value["metrics"]?.array)
        #expect(metrics.map { $0["name"]?.string } == ["errors", "replicas"])
        let errors = metrics[0]
        #expect(errors["class"]?.string == "High")
        #expect(errors["outcome"]?.string == "fail")
        #expect(errors["kind"]?.string == "ratio")
        #expect(errors["test"]?.string == "fisher")
        #expect(errors["effect"]?.double == 9.75)
        #expect(errors["effectKind"]?.string == "ratio of shares")
        #expect(try #require(errors["p"]?.double) < 1e-6)
        #expect(errors["baselineCount"]?.int == 4)
        #expect(metrics[1]["autocorrelation"] == .null)
        #expect(metrics[1]["effectInterval"] == .null)
        let members = try #require(errors.object)
        #expect(Set(members.keys) == Set(try #require(metrics[1].object).keys))
    }

    @Test("a report is read back as it was written")
    func roundTrip() throws {
        let report = try report()
        #expect(try JSONDecoder().decode(JudgeReport.self, from: Data(JSONText.pretty(report).utf8)) == report)
    }

    @Test("the report as text tells why and shows every metric")
    func text() throws {
        let lines = try report().table.split(separator: "\n").map(String.init)
        #expect(lines[0] == "verdict   FAIL")
        #expect(lines[1] == "score     50 of 100, higher is better")
        #expect(
            lines[3].hasPrefix(
                "reason    errors: 0.0975 against 0.01, 9.75 times as much (3.343 to 23.05 at 95 %), p 7.0"))
        #expect(lines.last?.hasPrefix("replicas  Pass   pass") ?? false)
    }

    @Test("a canary configuration of kayenta gives kayenta's report")
    func kayenta() throws {
        let text = """
            {"classifier": {"groupWeights": {"g": 100}}, "metrics": [{"name": "errors", "groups": ["g"],
              "analysisConfigurations": {"canary": {"direction": "increase"}}}]}
            """
        let report = try JudgeConfiguration(parsing: text, file: "k.json").judge(baseline: baseline, canary: canary)
        #expect(report.judge == "NetflixACAJudge-v1.0")
        #expect(report.verdict == .fail)
        #expect(report.score == 0)
        #expect(report.groups == [JudgeReport.Group(name: "g", score: 0, weight: 100)])
        #expect(report.metrics.map(\.class) == [.high])
        #expect(report.reasons.first == "the score is 0, 95 passes")
        #expect(report.table.contains("group     g: 0, weight 100"))
    }

    @Test("names from outside can't drive a terminal")
    func printable() {
        let report = Judge().judge([MetricSamples(name: "a\u{1b}[31m", baseline: [], canary: [])])
        #expect(!report.table.contains("\u{1b}"))
    }
}
