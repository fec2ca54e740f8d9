import Foundation
import Testing

@testable import AuspexChanges

@Suite struct SizeRiskTests {
    private func change(_ added: Int, files: Int = 1, isFix: Bool = false) -> ChangeFeatures {
        var features = ChangeFeatures()
        features.linesAdded = added
        features.files = files
        features.isFix = isFix
        return features
    }

    @Test("a change is placed among the earlier ones, without a probability that nobody knows")
    func placed() throws {
        let history = (1...100).map { change($0) }
        let assessment = SizeRisk.assess(change(95), history: history)
        let risk = try #require(assessment.risk)
        #expect(risk.percentile == 94.5)
        #expect(abs((risk.lift ?? 0) - log1p(95.0) / log1p(50.5)) < 1e-12)
        #expect(risk.probability == nil && !risk.calibrated && risk.trainedOn == 0 && risk.model == "size-only")
        #expect(assessment.missing == ["risk: by size only, no outcomes of changes are known"])
    }

    @Test("only size carries weight; the other measures are shown beside their baseline")
    func reasons() throws {
        let history = (0..<40).map { change(10, files: $0, isFix: $0 < 10) }
        let reasons = SizeRisk.assess(change(10, files: 100, isFix: true), history: history).reasons
        #expect(reasons.count == ChangeFeature.allCases.count)
        #expect(reasons.map(\.weight) == [1] + Array(repeating: 0, count: reasons.count - 1))
        let files = try #require(reasons.first { $0.text.hasPrefix("files touched") })
        #expect(files.value == 100 && files.baseline == 19.5)
        #expect(files.text == "files touched: 100, median 19.5, percentile 100 of the last 40 changes")
        let fix = try #require(reasons.first { $0.text.contains("defect") })
        #expect(fix.text == "fixes a defect; 25 % of the last 40 changes do" && fix.baseline == 0.25)
    }

    @Test("size alone decides the place")
    func sizeOnly() {
        let history = (1...50).map { change($0, files: $0) }
        let small = SizeRisk.assess(change(25, files: 1), history: history)
        let wide = SizeRisk.assess(change(25, files: 1_000, isFix: true), history: history)
        #expect(small.risk == wide.risk)
    }

    @Test("with too little to compare with there is no risk, and that is said")
    func tooLittle() {
        let history = (1..<SizeRisk.smallestHistory).map { change($0) }
        let assessment = SizeRisk.assess(change(5), history: history, commitsPerChange: 3, notes: ["note"])
        #expect(assessment.risk == nil)
        #expect(
            assessment.missing == [
                "risk: 19 earlier changes of 3 commits to compare with, at least 20 are needed", "note",
            ])
        #expect(assessment.reasons.first?.text == "lines added: 5")
    }

    @Test("a repository whose median change adds nothing has no lift")
    func noLift() {
        let risk = SizeRisk.assess(change(5), history: Array(repeating: change(0), count: 30)).risk
        #expect(risk?.lift == nil && risk?.percentile == 100)
    }

    @Test("an assessment comes back from JSON as it was, unknown numbers as null")
    func json() throws {
        let assessment = SizeRisk.assess(change(5), history: (1...30).map { change($0) })
        let data = try JSONEncoder().encode(assessment)
        #expect(String(decoding: data, as: UTF8.self).contains("\"probability\":null"))
        #expect(try JSONDecoder().decode(RiskAssessment.self, from: data) == assessment)
    }

    @Test(
        "a risk that cannot be is refused",
        arguments: [
            ("percentile", "101"), ("percentile", "-1"), ("probability", "1.5"), ("probability", "-0.1"),
            ("lift", "-1"),
            ("trainedOn", "-1"), ("percentile", "null"),
        ])
    func impossible(member: String, value: String) {
        var members = [
            "probability": "0.5", "percentile": "50", "lift": "1", "model": "\"m\"", "trainedOn": "0",
            "calibrated": "false",
        ]
        members[member] = value
        let text = "{" + members.map { "\"\($0.key)\":\($0.value)" }.joined(separator: ",") + "}"
        #expect(throws: DecodingError.self) { try JSONDecoder().decode(Risk.self, from: Data(text.utf8)) }
    }
}
