import AuspexNumerics
import AuspexTesting
import Testing

@testable import AuspexDetection

@Suite struct MinimumCovarianceTests {
    /// Two columns that move together, and `count` rows in a second cloud, far off along both.
    private func clouds(rows: Int, strange count: Int) -> [[Double]] {
        var random = SplitMix64(seed: 17)
        var columns: [[Double]] = [[], []]
        for row in 0..<rows {
            let common = random.gaussian()
            let shift = row % rows < count ? 8.0 : 0
            columns[0].append(common + 0.2 * random.gaussian() + shift)
            columns[1].append(common + 0.2 * random.gaussian() - shift)
        }
        return columns
    }

    @Test("two fifths of strange rows do not hide each other", arguments: [200, 1_500])
    func masking(rows: Int) throws {
        let count = rows * 2 / 5
        let scores = try output("mcd", clouds(rows: rows, strange: count)).scores
        let least = try #require(scores[..<count].min())
        let most = try #require(scores[count...].max())
        #expect(least > 3 * most)
        let naive = try output("mahalanobis", clouds(rows: rows, strange: count)).scores
        let naiveLeast = try #require(naive[..<count].min())
        let naiveMost = try #require(naive[count...].max())
        #expect(naiveLeast < naiveMost)
    }

    @Test("a wild value does not hide a broken relation", arguments: [1e6, -4_294_967_295, 1e300])
    func wildValue(_ wild: Double) throws {
        var columns = clouds(rows: 300, strange: 0)
        (columns[0][200], columns[1][200]) = (2, -2)
        let expected = try output("mcd", columns).scores
        #expect(top(expected) == 200)
        columns[0][17] = wild
        let scores = try output("mcd", columns).scores
        #expect(top(scores) == 17)
        #expect(isClose(scores[200], expected[200], within: 0.1))
    }

    @Test("a column that is mostly constant keeps its ordinary scale, and rounding errors are not blown up")
    func mostlyConstant() throws {
        var columns = clouds(rows: 300, strange: 0)
        columns.append((0..<300).map { row in row == 150 ? 5 : 0.1 * 3 + (row % 2 == 0 ? 0 : 1e-16) })
        let scores = try output("mcd", columns).scores
        #expect(top(scores) == 150)
        let least = try #require(scores.min())
        #expect(least < 1)
    }

    @Test("more starts than anybody waits for are refused")
    func manyStarts() throws {
        let table = try Table(columns: (0..<200).map { column in (0..<450).map { Double(($0 * column) % 17) } })
        let detector = try DetectorRegistry.standard.makeBatch("mcd:starts=10000")
        let error = #expect(throws: DetectorError.self) { try detector.fit(table, training: nil) }
        #expect(error?.description.contains("choose fewer starts") == true)
    }

    @Test("of one column the tightest half is found by trying all", arguments: [11, 40])
    func oneColumn(count: Int) throws {
        var random = SplitMix64(seed: UInt64(count))
        let values = (0..<count).map { _ in 1e3 + random.gaussian() }
        let half = (count + 3) / 2
        let search = ConcentrationSearch(
            points: try Matrix(rows: 1, columns: count, storage: values), half: half, ridge: 0)
        let sorted = values.sorted()
        let spreads = (0...(count - half)).map { start in
            let part = sorted[start..<start + half]
            let mean = part.reduce(0, +) / Double(half)
            return part.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        }
        let best = try #require(spreads.indices.min { spreads[$0] < spreads[$1] })
        #expect(Set(search.narrowestHalf().map { values[$0] }) == Set(sorted[best..<best + half]))
    }

    @Test("of few points the half with the least determinant is found by trying all")
    func exhaustive() throws {
        var random = SplitMix64(seed: 4)
        let count = 10
        let points = try Matrix(rows: 2, columns: count, storage: (0..<2 * count).map { _ in random.gaussian() })
        let half = 7
        let search = ConcentrationSearch(points: points, half: half, ridge: 0)
        var best = (determinant: Double.infinity, rows: [Int]())
        for mask in 0..<(1 << count) where mask.nonzeroBitCount == half {
            let rows = (0..<count).filter { mask & (1 << $0) != 0 }
            let means = (0..<2).map { feature in rows.reduce(0) { $0 + points[feature, $1] } / Double(half) }
            func moment(_ one: Int, _ other: Int) -> Double {
                rows.reduce(0) { $0 + (points[one, $1] - means[one]) * (points[other, $1] - means[other]) }
                    / Double(half)
            }
            let determinant = moment(0, 0) * moment(1, 1) - moment(0, 1) * moment(0, 1)
            if determinant < best.determinant { best = (determinant, rows) }
        }
        var generator = SeededGenerator(seed: 1)
        let found = try search.concluded(
            search.candidates(starts: 500, steps: 2, keeping: 10, &generator), steps: 100)
        #expect(isClose(found.logDeterminant, logarithm(best.determinant), within: 1e-9))
    }

    @Test(
        "chi-square quantiles and tails are scipy's",
        arguments: [
            (0.5, 1.0, 0.454936423119572), (0.975, 2, 7.377758908227871), (0.975, 50, 71.42019518750642),
            (0.6, 7, 7.283207632840307),
        ])
    func chiSquare(share: Double, degrees: Double, quantile: Double) {
        #expect(isClose(ChiSquare.quantile(share, degrees: degrees), quantile, within: 1e-10))
        #expect(isClose(ChiSquare.lowerTail(quantile, degrees: degrees), share, within: 1e-10))
    }

    @Test("too many features are refused")
    func tooLarge() throws {
        let table = try Table(columns: (0..<201).map { column in (0..<300).map { Double(($0 * column) % 17) } })
        let detector = try DetectorRegistry.standard.makeBatch("mcd")
        #expect(throws: DetectorError.self) { try detector.fit(table, training: nil) }
    }
}
