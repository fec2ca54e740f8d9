import AuspexSignals
import AuspexTesting
import Foundation
import Testing

@testable import AuspexChanges

/// Against R's `wilcox.test`, by the numbers in kayenta's suite.
@Suite(.enabled(if: PublicData.here.isExpected(KayentaVectors.folder), "\(PublicData.hint)"))
struct MannWhitneyTests {
    static let tolerance = 1e-6

    private func sides(_ name: String) throws -> (x: [Double], y: [Double]) {
        let test = try #require(
            try KayentaVectors.tests("mannwhitney_suite.json").first { $0["name"]?.string == name })
        let arrays = try #require(test["arrays"]?.object)
        let x = arrays["experiment"] ?? arrays["experimentData"] ?? arrays["x"]
        let y = arrays["control"] ?? arrays["controlData"] ?? arrays["y"]
        return (KayentaVectors.numbers(x), KayentaVectors.numbers(y))
    }

    @Test("the standardised rank sum is R's", arguments: [(0.0, -1.229416), (5.0, -35.80606)])
    func deviation(shift: Double, expected: Double) throws {
        let (x, y) = try sides("Wilcoxon Diff Function")
        let deviation = try #require(MannWhitney(x, y)?.deviation(shift: shift))
        #expect(abs(deviation - expected) < 1e-5)
    }

    struct Tie: CustomTestStringConvertible {
        var name: String
        var confidence: Double
        var lower: Double
        var upper: Double
        var estimate: Double
        var estimateTolerance = MannWhitneyTests.tolerance
        var testDescription: String { name }
    }

    static let ties = [
        Tie(
            name: "Mann-Whitney Confidence Interval & Estimate", confidence: 0.95, lower: 6, upper: 39, estimate: 22.5),
        Tie(
            name: "Mann-Whitney Confidence Interval & Estimate: Problem Case", confidence: 0.98,
            lower: -1.4808028936386108e-05, upper: 1.808255910873413e-05, estimate: 1.808255910873413e-05),
        Tie(
            name: "Mann-Whitney Confidence Interval & Estimate: Tie out with R Version", confidence: 0.95,
            lower: -0.500002521696696, upper: -3.486287505871302e-05, estimate: -0.4999393907180323,
            estimateTolerance: 1e-4),
        Tie(
            name: "Mann-Whitney Confidence Interval & Estimate: Tie out with R Version (Large)", confidence: 0.98,
            lower: -0.4999173250549087, upper: -6.912685789769486e-06, estimate: -3.45044082729315e-05,
            estimateTolerance: 1e-4),
    ]

    @Test("estimate and interval are R's to six digits", arguments: ties)
    func distance(tie: Tie) throws {
        let (x, y) = try sides(tie.name)
        let distance = try #require(MannWhitney(x, y)).distance(confidence: tie.confidence)
        #expect(abs(distance.lower - tie.lower) < Self.tolerance)
        #expect(abs(distance.upper - tie.upper) < Self.tolerance)
        #expect(abs(distance.estimate - tie.estimate) < tie.estimateTolerance)
    }

    @Test("on a large sample with many ties the estimate is R's")
    func manyTies() throws {
        let (x, y) = try sides("Mann-Whitney Intermediate Values / Variables")
        let distance = try #require(MannWhitney(x, y)).distance(confidence: 0.98)
        #expect(abs(distance.estimate - 2.6279243045155653e-05) < Self.tolerance)
    }

    @Test("the quantile is R's")
    func quantile() {
        #expect(abs(Gaussian.quantile(0.01) - -2.326348) < Self.tolerance)
    }
}
