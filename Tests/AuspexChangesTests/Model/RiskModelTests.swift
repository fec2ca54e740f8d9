import AuspexSignals
import Foundation
import Testing

@testable import AuspexChanges

@Suite struct RiskModelTests {
    /// One model for the tests that only look at it.
    private static let shop = Result { try RiskTrainer.train(MadeChanges.make(500), service: "shop") }

    private func change(added: Double, developers: Double) -> ChangeMeasures {
        ChangeMeasures { $0 == .la ? added : $0 == .ndev ? developers : $0 == .nf ? 1 : 0 }
    }

    private func probability(of change: ChangeMeasures, by model: RiskModel) throws -> Double {
        try #require(model.assess(change, after: model.lastChanges).risk?.probability)
    }

    @Test("probabilities are near those that the outcomes were drawn with")
    func calibrated() throws {
        let model = try RiskTrainer.train(MadeChanges.make(4_000), service: "shop")
        #expect(model.name == "learned")
        for (added, developers) in [(5.0, 2.0), (50, 2), (5, 9), (200, 9)] {
            let wanted = 0.02 + 0.04 * log1p(added) + (developers > 6 ? 0.3 : 0)
            let given = try probability(of: change(added: added, developers: developers), by: model)
            // The step between six and seven developers is smoothed by the parts that know no steps.
            #expect(abs(given - wanted) < 0.1, "\(added) lines, \(developers) developers: \(given), not \(wanted)")
        }
    }

    @Test("the parts join in as outcomes grow, and without enough of them nothing is learned")
    func coldStart() throws {
        #expect(try RiskTrainer.train(MadeChanges.make(100), service: "s").name == "learned-size")
        #expect(try RiskTrainer.train(MadeChanges.make(250), service: "s").name == "learned-linear")
        #expect(throws: RiskModelError.self) { try RiskTrainer.train(MadeChanges.make(20), service: "s") }
        let harmless = MadeChanges.make(500).map {
            LabelledChange(time: $0.time, measures: $0.measures, isHarmful: false)
        }
        #expect(throws: RiskModelError.tooFewOutcomes(changes: 500, harmful: 0)) {
            try RiskTrainer.train(harmless, service: "s")
        }
    }

    @Test("the same changes give the same model, in whatever order they come")
    func deterministic() throws {
        let changes = MadeChanges.make(600)
        let one = try RiskTrainer.train(changes, service: "s")
        #expect(try RiskTrainer.train(changes.reversed(), service: "s") == one)
    }

    @Test("a document is read back as the same model")
    func roundTrip() throws {
        let model = try Self.shop.get()
        let text = try JSONText.pretty(model)
        #expect(try RiskModel(json: text) == model)
        let members = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        #expect(members["format"] as? Int == 1)
        #expect(members["base_rate"] as? Double == model.training.baseRate)
    }

    @Test(
        "documents that are no model are refused",
        arguments: [
            ("format", "2"), ("measures", #"["la"]"#), ("weights", #"{"size": -1, "linear": 1, "trees": 1}"#),
            ("last_changes", "[]"), ("last_changes", "[[1, 2, 3]]"), ("profile", "[]"),
            ("calibration", #"{"intercept": 0, "slope": 0}"#), ("calibration", #"{"intercept": 1e300, "slope": 1}"#),
            ("trees", #"{"base": 0, "trees": [{"columns": [40], "thresholds": [0], "leaves": [0, 0]}]}"#),
            ("trees", #"{"base": 0, "trees": [{"columns": [1, 2], "thresholds": [0, 0], "leaves": [0, 0]}]}"#),
            ("size", #"{"means": [], "scales": [], "regression": {"intercept": 0, "coefficients": []}}"#),
            ("training", #"{"service": "s", "from": 0, "to": 1, "changes": 5, "harmful": 0}"#),
        ])
    func damaged(member: String, value: String) throws {
        let model = try Self.shop.get()
        let data = Data(try JSONText.pretty(model).utf8)
        var members = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        members[member] = try JSONSerialization.jsonObject(with: Data(value.utf8), options: .fragmentsAllowed)
        let changed = try JSONSerialization.data(withJSONObject: members)
        #expect(throws: RiskModelError.self) { try RiskModel(json: String(decoding: changed, as: UTF8.self)) }
    }

    @Test("what is no JSON, or lacks a member, is refused with its place")
    func refusals() {
        for (text, part) in [("", "JSON"), ("[]", "dictionary"), (#"{"format": 1}"#, "measures")] {
            do {
                _ = try RiskModel(json: text)
                Issue.record("'\(text)' was read")
            } catch {
                #expect("\(error)".lowercased().contains(part.lowercased()), "\(error)")
            }
        }
    }

    @Test("each service of an organisation is ranked among its own changes")
    func organisation() throws {
        let small = MadeChanges.make(400, seed: 1)
        let large = MadeChanges.make(400, seed: 2, scale: 100)
        let model = try RiskTrainer.train([small, large], service: "all")
        #expect(model.training.changes == 800)
        #expect(try RiskTrainer.train(small + large, service: "all") != model)
    }

    @Test("an assessment names what moved the odds, most first, with value and baseline")
    func reasons() throws {
        let changes = MadeChanges.make(2_000)
        let model = try RiskTrainer.train(changes, service: "shop")
        let earlier = changes.suffix(500).map(\.measures)
        let assessment = model.assess(change(added: 300, developers: 9), after: earlier)
        let risk = try #require(assessment.risk)
        let probability = try #require(risk.probability)
        #expect(risk.calibrated && risk.trainedOn == 2_000 && risk.percentile > 90)
        #expect(abs((risk.lift ?? 0) - probability / model.training.baseRate) < 1e-12)
        #expect(assessment.reasons.count == 14)
        #expect(abs(assessment.reasons.reduce(0) { $0 + $1.weight } - 1) < 1e-9)
        let weights = assessment.reasons.map(\.weight)
        #expect(weights == weights.sorted(by: >))
        let first = assessment.reasons.prefix(2).map(\.text).joined()
        #expect(first.contains("lines added: 300, median") && first.contains("developers of the files before: 9"))
        #expect(assessment.reasons[0].text.contains("multiplies the odds by"))
        let small = try #require(model.assess(change(added: 1, developers: 0), after: earlier).risk)
        #expect(small.percentile < 20 && (small.lift ?? 9) < 0.7)
    }

    @Test("measures as large as numbers get give a probability all the same")
    func extremes() throws {
        let model = try Self.shop.get()
        for value in [0, 1e18, .greatestFiniteMagnitude, .infinity, -.infinity, .nan] {
            let probability = try probability(of: ChangeMeasures { _ in value }, by: model)
            #expect((0...1).contains(probability))
        }
    }

    @Test("without a model of its own a service is judged by the organisation's, else by size, and that is said")
    func fallbacks() throws {
        let report = FeatureReport(
            range: "HEAD", from: nil, to: "c0ffee", commits: [], change: ChangeFeatures(),
            history: [ChangeFeatures](repeating: ChangeFeatures(), count: 30), notes: [])
        let model = try RiskTrainer.train(MadeChanges.make(300), service: "all")
        let own = RiskScorer(own: model).assess(report)
        #expect(own.risk?.probability != nil && own.missing.isEmpty)
        let borrowed = RiskScorer(own: nil, organisation: model).assess(report)
        #expect(borrowed.risk?.probability == own.risk?.probability)
        #expect(borrowed.missing.contains { $0.contains("by the model of 'all'") })
        let size = RiskScorer(own: nil).assess(report)
        #expect(size.risk?.probability == nil && size.risk?.model == SizeRisk.model)
    }

    @Test("newer outcomes lower the probabilities when fewer changes do harm, and each counts once")
    func learning() throws {
        let changes = MadeChanges.make(1_500)
        var model = try RiskTrainer.train(Array(changes[..<600]), service: "shop")
        let before = try probability(of: change(added: 50, developers: 2), by: model)
        let harmless = changes[600...].map {
            LabelledChange(time: $0.time, measures: $0.measures, isHarmful: false)
        }
        #expect(model.learn(changes[..<600] + harmless.reversed()) == 900)
        #expect(model.learnedTo == changes[1_499].time && model.tracker.outcomes == 900)
        #expect(model.lastChanges == changes.suffix(500).map(\.measures))
        #expect(try probability(of: change(added: 50, developers: 2), by: model) < before / 2)
        let learned = model
        #expect(model.learn(harmless) == 0 && model == learned)
        #expect(try RiskModel(json: JSONText.pretty(learned)) == learned)
    }

    @Test("drift is near nothing on changes of the same kind and marked where they have grown")
    func drift() throws {
        let model = try RiskTrainer.train(MadeChanges.make(2_000), service: "shop")
        let same = try #require(RiskDrift(of: MadeChanges.make(2_000, seed: 2), from: model))
        #expect(same.moved.isEmpty && same.stability.values.allSatisfy { $0 < 0.05 })
        #expect(abs(same.expectedRate - same.rate) < 0.03)
        let grown = try #require(RiskDrift(of: MadeChanges.make(2_000, seed: 2, scale: 20), from: model))
        #expect(grown.moved == ["la"])
        #expect(RiskDrift(of: [], from: model) == nil)
    }
}
