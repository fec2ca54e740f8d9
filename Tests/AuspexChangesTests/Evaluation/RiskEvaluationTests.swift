import AuspexSignals
import AuspexTesting
import Foundation
import Testing

@testable import AuspexChanges

@Suite struct RiskEvaluationTests {
    @Test(
        "reader and area give the published figures of lines added on the newest fifth (LApredict, ISSTA 2021)",
        .enabled(if: PublicData.here.isExpected(PublicChanges.folder), "\(PublicData.hint)"),
        arguments: [("qt", 0.7438), ("openstack", 0.7491), ("jdt", 0.6757), ("platform", 0.7461)])
    func harness(name: String, published: Double) async throws {
        let changes = try await PublicChanges.table("lapredict_issta21/\(name)").changes
        let newest = changes[Int(Double(changes.count) * 0.8)...]
        let metrics = RiskMetrics(newest.map { .init($0.measures[.la], $0.isHarmful) })
        #expect(abs(metrics.aucROC - published) < 0.000_05)
    }

    /// The smaller sets, so that the tests stay quick; the floor of the area is boosting's in the published comparison,
    /// or nearly.
    @Test(
        "a model trained on the older changes foretells the newer ones better than their size",
        .enabled(if: PublicData.here.isExpected(PublicChanges.folder), "\(PublicData.hint)"),
        arguments: [("kamei2013/columba", 0.77), ("lapredict_issta21/jdt", 0.70), ("neurojit_apache/hbase", 0.66)])
    func publicData(name: String, floor: Double) async throws {
        let table = try await PublicChanges.table(name)
        let result = try RiskEvaluation(of: table, dataset: name, split: 0.7, labelDelay: .hours(24 * 90))
        let followed = try #require(result.followed)
        #expect(result.frozen.aucROC > max(floor, result.linesAdded.aucROC))
        #expect(result.frozen.aucPR > result.linesAdded.aucPR)
        #expect(followed.brier < result.linesAdded.brier)
        #expect(followed.ece < 0.08)
    }

    /// Changes whose harm follows from lines added and, in half of them, from who made them.
    private func table(_ count: Int, rate: (Int) -> Double = { _ in 1 }) throws -> RiskTable {
        var lots = SplitMix64(seed: 11)
        let rows = (0..<count).map { row in
            let added = exp(lots.uniform() * 6)
            let developers = Double(lots.next() % 10)
            let chance = min(0.95, rate(row) * (0.02 + 0.05 * log(added) + (developers > 6 ? 0.3 : 0)))
            return "\(row * 86_400),\(added),\(developers),\(lots.uniform() < chance ? 1 : 0)"
        }
        return try RiskTable(csv: "time,la,ndev,bug\n" + rows.joined(separator: "\n") + "\n", file: "made")
    }

    @Test("newer outcomes change nothing about probabilities of changes that came before they were known")
    func causality() throws {
        let changes = try table(1_000).changes
        let model = try RiskTrainer.train(Array(changes[..<700]), service: "made")
        let judge = TimeOrderedJudge(model: model, labelDelay: .hours(24 * 30))
        let turned = changes[700...].map {
            LabelledChange(time: $0.time, measures: $0.measures, isHarmful: !$0.isHarmful)
        }
        let one = judge.judge(Array(changes[700...]))
        let other = judge.judge(turned)
        // One change a day: the first outcome is known with the thirty-first change.
        #expect(one[..<30].map(\.followed) == other[..<30].map(\.followed))
        #expect(one[30...].map(\.followed) != other[30...].map(\.followed))
        #expect(one.map(\.frozen) == other.map(\.frozen))
        let ended = judge.judge(Array(changes[700..<800]))
        #expect(ended.map(\.followed) == one[..<100].map(\.followed))
    }

    @Test("following the outcomes repairs probabilities when the base rate halves")
    func drift() throws {
        let table = try table(3_000) { $0 < 2_000 ? 1 : 0.4 }
        let result = try RiskEvaluation(of: table, dataset: "made", split: 0.66, labelDelay: .hours(24 * 30))
        let followed = try #require(result.followed)
        #expect(result.frozen.ece > 0.1)
        #expect(followed.ece < result.frozen.ece / 2)
        #expect(followed.brier < result.frozen.brier)
    }

    @Test("the JSON has the metrics under their names and says whether newer outcomes were used")
    func json() throws {
        let table = try table(600)
        let with = try RiskEvaluation(of: table, dataset: "made", split: 0.7, labelDelay: .hours(24))
        let without = try RiskEvaluation(of: table, dataset: "made", split: 0.7, labelDelay: nil)
        struct Read: Decodable {
            var dataset: String
            var rows: Int
            var split: Double
            var metrics: [String: Double]
            var usesTestLabels: Bool
            var labelDelay: Double?
            var frozen: [String: Double]
            var baselines: [String: [String: Double]]

            enum CodingKeys: String, CodingKey {
                case dataset, rows, split, metrics, baselines
                case usesTestLabels = "metrics_use_test_labels"
                case labelDelay = "label_delay_days"
                case frozen = "metrics_without_test_labels"
            }
        }
        let read = try JSONDecoder().decode(Read.self, from: Data(try JSONText.pretty(with).utf8))
        let names = ["auc_pr", "auc_roc", "brier", "capture_10", "capture_5", "capture_50", "ece"]
        #expect(read.dataset == "made" && read.rows == 600 && read.split == 0.7)
        #expect(read.metrics.keys.sorted() == names)
        #expect(read.baselines["lines_added"]?.keys.sorted() == names)
        #expect(read.usesTestLabels && read.labelDelay == 1)
        let frozen = try JSONDecoder().decode(Read.self, from: Data(try JSONText.pretty(without).utf8))
        #expect(!frozen.usesTestLabels && frozen.labelDelay == nil)
        #expect(frozen.metrics == read.frozen)
    }

    @Test("a split that leaves too little on either side is refused")
    func splits() throws {
        let table = try table(600)
        for split in [0.0, 0.01, 1.0, -3.0, .infinity] {
            #expect(throws: RiskModelError.self) {
                _ = try RiskEvaluation(of: table, dataset: "made", split: split, labelDelay: nil)
            }
        }
    }
}
