import AuspexTesting
import Testing

@testable import AuspexDetection

@Suite struct HistogramTests {
    @Test("values fall into the bins that counted them, borders and ends as well")
    func places() {
        let values: [Double] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]
        let histogram = FeatureHistogram(values, bins: 10)
        #expect(histogram.counts == [1, 1, 1, 1, 1, 1, 1, 1, 1, 2])
        #expect(
            values.map { histogram.place($0, tolerance: 0) } == (0..<11).map { FeatureHistogram.Place.bin(min($0, 9)) })
        #expect(histogram.place(-0.5, tolerance: 0.5) == .bin(0))
        #expect(histogram.place(-0.6, tolerance: 0.5) == .outside)
        #expect(histogram.place(10.5, tolerance: 0.5) == .bin(9))
        #expect(histogram.place(10.6, tolerance: 0.5) == .outside)
    }

    @Test("equal values make one bin, and any other value is outside")
    func constant() {
        let histogram = FeatureHistogram([3.0, 3, 3], bins: 10)
        #expect(histogram.counts == [3])
        #expect(histogram.place(3, tolerance: 0.5) == .bin(0))
        #expect(histogram.place(3.001, tolerance: 0.5) == .outside)
    }

    @Test("whole numbers score by how often they occur, not by their neighbours' bins")
    func wholeNumbers() throws {
        // 0 to 10 in ten bins: every number is a border.
        let values = (0..<330).map { Double($0 % 11) } + [5, 5, 5]
        let scores = try output("hbos:window=1", [values]).scores
        #expect(try #require(scores[4...6].min()) == scores[5])
        #expect(scores[3] > scores[5])
    }

    @Test("with scaled windows the height does not count, and the form does")
    func forms() throws {
        var values = (0..<400).map { Double(($0 * $0) % 13) }
        let plain = try output("hbos:window=13,scaling=window", [values]).scores
        let raised = try output("hbos:window=13,scaling=window", [values.map { 7 * $0 + 1_000 }]).scores
        #expect(zip(plain, raised).allSatisfy { isClose($0, $1, within: 1e-9) })
        for row in 200..<213 { values[row] = Double(row % 2) }
        #expect((195..<220).contains(top(try output("hbos:window=13,scaling=window", [values]).scores)))
    }

    @Test("a projection's rarity is the logarithm of its bin's share, whatever the direction")
    func projections() throws {
        let values = (0..<200).map { Double($0 % 10) } + [50]
        let scores = try output("loda:window=1,projections=7", [values]).scores
        #expect(isClose(scores[200], logarithm(201), within: 1e-12))
        #expect(isClose(scores[0], logarithm(201.0 / 100), within: 1) && scores[0] < scores[200])
    }
}
