import AuspexNumerics
import AuspexTesting
import Foundation
import Testing

@testable import AuspexDetection

@Suite struct LocalPolynomialTests {
    @Test("a block that breaks the trend scores highest, all rows the same")
    func block() throws {
        var random = SplitMix64(seed: 12)
        var values = (0..<1_000).map { 0.01 * Double($0) + 0.1 * random.gaussian() }
        for row in 600..<620 { values[row] += 3 }
        let scores = try output("poly:window=20,blocks=apart", [values]).scores
        #expect((600..<620).contains(top(scores)))
        #expect(Set(scores[600..<620]).count == 1)
        #expect(scores[600] > 5 * (scores[..<500].max() ?? 1))
    }

    @Test(
        "a polynomial of the degree or less is predicted without error", arguments: [0, 1, 2, 3, 4],
        ["apart", "overlapping"])
    func exact(degree: Int, blocks: String) throws {
        let values = (0..<500).map { row in
            (0..<degree).reduce(1.0) { value, _ in value * (Double(row) - 200) / 100 }
        }
        #expect(try output("poly:window=25,blocks=\(blocks)", [values]).scores.allSatisfy { $0 < 1e-9 })
    }

    @Test("a degree that is too low leaves an error")
    func tooLow() throws {
        let values = (0..<500).map { Double($0 * $0) }
        #expect((try output("poly:window=25,degree=1", [values]).scores.max() ?? 0) > 1e-3)
    }

    @Test("a block is predicted by what surrounds it, moved inwards at the ends")
    func surroundings() {
        let blocks = PolynomialBlocks(window: 20, degree: 4, rows: 1_000)
        #expect(blocks.surroundings(of: 500..<520) == Array(400..<500) + Array(520..<600))
        #expect(blocks.surroundings(of: 40..<60) == Array(0..<40) + Array(60..<200))
        #expect(blocks.surroundings(of: 980..<1_000) == Array(800..<980))
        #expect(PolynomialBlocks(window: 7, degree: 4, rows: 1_000).surroundings(of: 70..<77).count == 93)
        #expect(PolynomialBlocks(window: 20, degree: 4, rows: 50).surroundings(of: 20..<40).count == 30)
    }

    @Test("the first tenth of the rows is not scored, up to the next block")
    func initial() throws {
        let scores = try output("poly:window=16,blocks=apart", [sawtooth()]).scores
        #expect(scores[..<32].allSatisfy { $0 == 0 })
        #expect(scores[32...].allSatisfy { $0 > 0 })
    }

    @Test(
        "of overlapping blocks a row's score is the mean error of the fits that leave it out",
        arguments: [1, 7, 30, 100])
    func overlapping(window: Int) throws {
        let values = sawtooth(rows: 130)
        let blocks = PolynomialBlocks(window: window, degree: 2, rows: 130)
        let range = try #require(values.max()) - (try #require(values.min()))
        let errors = try (0...(130 - window)).map { start in
            let around = blocks.surroundings(of: start..<start + window)
            func powers(_ rows: [Int]) throws -> Matrix<Double> {
                try Matrix(
                    rows: rows.count, columns: 3,
                    storage: (0..<3).flatMap { power in rows.map { pow(Double($0) / 100, Double(power)) } })
            }
            let known = try Matrix(rows: around.count, columns: 1, storage: around.map { values[$0] })
            let predicted = try powers(Array(start..<start + window)).multiplied(by: powers(around).leastSquares(known))
            let squares = (0..<window).map { pow(values[start + $0] - predicted.storage[$0], 2) }
            return (squares.reduce(0, +) / Double(window)).squareRoot() / range
        }
        let scores = try output("poly:degree=2,window=\(window)", [values]).scores
        for row in 0..<130 {
            let covering = errors.indices.filter { ($0..<$0 + window).contains(row) }.map { errors[$0] }
            #expect(isClose(scores[row], covering.reduce(0, +) / Double(covering.count), within: 1e-9), "row \(row)")
        }
    }

    @Test("more blocks than can be fitted in minutes are refused")
    func tooLarge() throws {
        let table = try Table(columns: [(0..<200_000).map { Double($0 % 7) }])
        let model = try DetectorRegistry.standard.makeBatch("poly:window=10000,degree=10").fit(table, training: nil)
        #expect(throws: DetectorError.self) { try model.scores(table) }
    }

    @Test("the reach is the window")
    func reach() throws {
        #expect(try output("poly:window=16", [sawtooth()]).reach == 16)
    }
}
