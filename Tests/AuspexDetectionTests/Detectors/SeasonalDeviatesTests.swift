import AuspexSignals
import AuspexTesting
import Testing

@testable import AuspexDetection

@Suite struct SeasonalDeviatesTests {
    /// From scipy 1.17, `t.isf`.
    @Test(
        "quantiles of Student's distribution are those of scipy",
        arguments: [
            (0.025, 10, 2.2281388519862753), (1e-06, 50, 5.376673401740478), (2.5e-05, 998, 4.073422055284903),
            (0.25, 1, 1.0), (0.4, 3, 0.2766706623326898), (1e-09, 100_000, 5.9983614616790755),
            (1e-12, 4, 1316.0727465592565),
        ] as [(Double, Double, Double)])
    func quantiles(tail: Double, degrees: Double, value: Double) {
        #expect(isClose(StudentT.upperQuantile(tail, degrees: degrees), value, within: 1e-8))
        #expect(abs(StudentT.upperTail(value, degrees: degrees) / tail - 1) < 1e-8)
    }

    /// Rosner's formula with scipy's quantiles, α = 0.05.
    @Test(
        "critical values are those of the formula",
        arguments: [
            (8, 2.1266450871954685), (20, 2.7082456458057544), (54, 3.1587939408875116), (1_000, 4.039978163761509),
        ])
    func criticalValues(remaining: Int, value: Double) {
        #expect(isClose(StudentizedDeviates.criticalValue(remaining: remaining, alpha: 0.05), value, within: 1e-8))
    }

    /// The test by its definition: medians computed afresh after each removal.
    private func naive(_ values: [Double], share: Double, alpha: Double) -> [Double] {
        func median(_ values: [Double]) -> Double {
            let sorted = values.sorted()
            return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
        }
        func distances(_ rows: [Int]) -> [Double] {
            let centre = median(rows.map { values[$0] })
            let all = rows.map { abs(values[$0] - centre) }
            let critical = StudentizedDeviates.criticalValue(remaining: rows.count, alpha: alpha)
            return all.map { $0 / (1.4826 * median(all)) / critical }
        }
        var rest = Array(values.indices)
        var ratios = [Double](repeating: 0, count: values.count)
        var removed: [Int] = []
        for _ in 0..<Int(share * Double(values.count)) {
            let all = distances(rest)
            let position = all.indices.max { all[$0] < all[$1] } ?? 0
            ratios[rest[position]] = all[position]
            removed.append(rest.remove(at: position))
        }
        for (row, ratio) in zip(rest, distances(rest)) { ratios[row] = ratio }
        for (earlier, later) in zip(removed, removed.dropFirst()).reversed() {
            ratios[earlier] = max(ratios[earlier], ratios[later])
        }
        return ratios
    }

    @Test("ratios are those of the definition", arguments: [(8, 0.49), (9, 0.3), (50, 0.1), (121, 0.4), (300, 0.0001)])
    func definition(count: Int, share: Double) {
        let values = sawtooth(seed: UInt64(count), rows: count).map { $0 * $0 }
        let actual = StudentizedDeviates(values, share: share, alpha: 0.05, floor: 0).ratios
        #expect(zip(actual, naive(values, share: share, alpha: 0.05)).allSatisfy { isClose($0, $1, within: 1e-7) })
    }

    @Test("outliers against the season are significant, and nothing else is")
    func season() throws {
        var random = SplitMix64(seed: 9)
        var values = (0..<24 * 30).map { Double(10 + $0 % 24) + 0.5 * random.gaussian() }
        let outliers = [100, 101, 300, 555]
        for row in outliers { values[row] += 8 }
        let result = try output("esd", [values])
        #expect(result.scores.indices.filter { result.scores[$0] > 1 } == outliers)
        #expect(result.notes == ["value: a period of 24 rows"])
        #expect(try #require(result.expectations?[100]).upper < values[100])
    }

    @Test("of a hundred series of Gaussian noise only some have a significant value")
    func noise() throws {
        var random = SplitMix64(seed: 14)
        let found = try (0..<100).count { _ in
            let values = (0..<200).map { _ in random.gaussian() }
            return try output("esd:period=1", [values]).scores.contains { $0 > 1 }
        }
        // 5 are expected by the test's level, some more since the median deviation is a rougher measure.
        #expect(found <= 20, "\(found)")
    }

    @Test("rounding errors of large values are no outliers")
    func roundingErrors() throws {
        var values = (0..<240).map { 1e6 + sine(Double($0) / 12) }
        values[100] += 100
        let scores = try output("esd:period=12", [values]).scores
        #expect(scores.indices.filter { scores[$0] > 1 } == [100])
    }

    @Test("too few values are not tested")
    func tooFew() throws {
        let result = try output("esd", [[1, 2, 3, 4, 5, 6, 70]])
        #expect(result.scores == [Double](repeating: 0, count: 7))
        #expect(result.notes == ["value: 7 value(s) are too few for a test; all scores are 0"])
    }
}
