import AuspexNumerics
import AuspexTesting
import Foundation
import Testing

@testable import AuspexEvaluation

@Suite("Comparisons of detectors") struct CriticalDifferenceTests {
    @Test(
        "the tail of χ² is SciPy's chi2.sf",
        arguments: [
            (0.5, 1, 0.47950012218695337), (3.84, 1, 0.05004352124870519), (10, 4, 0.04042768199451279),
            (25, 10, 0.005345505487134069), (1e-3, 3, 0.9999915920809419), (200, 5, 2.8406228986415534e-41),
            (55, 50, 0.29101030065964806), (0, 3, 1),
        ])
    func chiSquare(value: Double, degrees: Int, expected: Double) {
        let tail = ChiSquare.upperTail(value, degrees: Double(degrees))
        #expect(abs(tail - expected) <= 1e-11 * expected)
    }

    /// Random values with ties, and what SciPy's `friedmanchisquare` and `rankdata` give.
    private static let values: [[Double]] = [
        [0.6, 1.0, 1.1, 0.2], [0.3, 1.0, 0.3, 0.8], [0.8, 0.6, 0.6, 0.3], [0.3, 0.5, 0.8, 0.6], [1.0, 0.9, 0.9, 1.0],
        [0.2, 0.3, 0.9, 0.0], [0.0, 0.6, 0.8, 0.9], [0.6, 0.6, 0.8, 0.2],
    ]

    @Test("Friedman's test is SciPy's, ties and all")
    func friedman() throws {
        let test = try #require(FriedmanTest(Self.values))
        #expect(abs(test.statistic - 2.639999999999994) < 1e-12 && abs(test.pValue - 0.45052014368775384) < 1e-12)
        #expect(test.meanRanks == [2.8125, 2.4375, 1.9375, 2.8125] && test.files == 8)
    }

    @Test("detectors that are alike on every file do not differ")
    func alike() throws {
        let test = try #require(FriedmanTest(Array(repeating: [0.5, 0.5, 0.5], count: 6)))
        #expect(test.statistic == 0 && test.pValue == 1 && test.meanRanks == [2, 2, 2])
        #expect(FriedmanTest([]) == nil && FriedmanTest([[1]]) == nil && FriedmanTest([[1, 2], [1]]) == nil)
    }

    @Test("the example of Demšar 2006: four classifiers on fourteen sets have a critical difference of 1.25")
    func demsar() throws {
        // Table 6 of the paper: C4.5, +m, +cf, +m+cf. The two 0.975 have ranks 2 and 3 there; as in SciPy's test of the same
        // table, one is made a little larger.
        let values: [[Double]] = [
            [0.763, 0.768, 0.771, 0.798], [0.599, 0.591, 0.590, 0.569], [0.954, 0.971, 0.968, 0.967],
            [0.628, 0.661, 0.654, 0.657], [0.882, 0.888, 0.886, 0.898], [0.936, 0.931, 0.916, 0.931],
            [0.661, 0.668, 0.609, 0.685], [0.583, 0.583, 0.563, 0.625], [0.775, 0.838, 0.866, 0.875],
            [1.000, 1.000, 1.000, 1.000], [0.940, 0.962, 0.965, 0.962], [0.619, 0.666, 0.614, 0.669],
            [0.972, 0.981, 0.9751, 0.975], [0.957, 0.978, 0.946, 0.970],
        ]
        let found = try CriticalDifference(names: ["C4.5", "m", "cf", "m+cf"], values: values)
        #expect(found.names == ["m+cf", "m", "cf", "C4.5"])
        let ranks = found.meanRanks.map { ($0 * 1_000).rounded() / 1_000 }
        #expect(ranks == [1.964, 2, 2.893, 3.143])
        #expect(abs(found.difference - 1.25) < 0.005 && found.isSignificant)
        // The paper has 9.28, without the correction for ties; with it these are SciPy's.
        #expect(abs(found.friedman.statistic - 10.2283464566929) < 1e-12)
        #expect(abs(found.friedman.pValue - 0.0167215803284414) < 1e-12)
        #expect(found.groups == [0...3])
    }

    @Test("groups are the largest that lie within the critical difference, none within another")
    func groups() throws {
        var generator = SplitMix64(seed: 3)
        let skill = [0.9, 0.86, 0.5, 0.46, 0.1]
        let values = (0..<200).map { _ in skill.map { $0 + Double.random(in: 0...0.2, using: &generator) } }
        let found = try CriticalDifference(names: ["a", "b", "c", "d", "e"], values: values)
        #expect(found.names == ["a", "b", "c", "d", "e"])
        for group in found.groups {
            #expect(found.meanRanks[group.upperBound] - found.meanRanks[group.lowerBound] < found.difference)
        }
        for (one, next) in zip(found.groups, found.groups.dropFirst()) { #expect(!one.contains(next.upperBound)) }
        #expect(!found.groups.contains { $0.contains(1) && $0.contains(2) })
        let even = try CriticalDifference(names: ["a", "b"], values: (0..<20).map { [Double($0 % 2), 0.5] })
        #expect(!even.isSignificant && even.groups == [0...1])
    }

    @Test("with too few of them there is no comparison, and the reason is told")
    func obstacles() {
        #expect(throws: CriticalDifference.Obstacle.fewDetectors) {
            try CriticalDifference(names: ["a"], values: Array(repeating: [1], count: 9))
        }
        #expect(throws: CriticalDifference.Obstacle.fewFiles(4)) {
            try CriticalDifference(names: ["a", "b"], values: Array(repeating: [1, 2], count: 4))
        }
        #expect(throws: CriticalDifference.Obstacle.manyDetectors(41)) {
            try CriticalDifference(
                names: (0..<41).map(String.init), values: Array(repeating: Array(repeating: 1, count: 41), count: 9))
        }
        #expect(CriticalDifference.Obstacle.fewFiles(4).description.contains("only 4 files"))
    }
}
