import AuspexTesting
import Testing

@testable import AuspexDetection

/// What detectors that score windows have in common.
@Suite struct WindowDetectorTests {
    static let all = ["hbos", "copod", "ecod", "mahalanobis", "iforest", "eif", "rcf", "loda"]
    static let seeded = ["iforest", "eif", "rcf", "loda"]
    static let limits: [(specification: String, columns: Int, reason: String)] = [
        (
            "mahalanobis:window=700", 3,
            "has 2100 values; at most 2048 are taken: choose a smaller window or fewer columns"
        ),
        (
            "hbos:window=900,bins=1000", 100,
            "take more than 1000 MB; choose a smaller window, fewer columns, or score the"
        ),
        ("iforest:trees=10000,sample=100000", 1, "take more than 1000 MB"),
        ("eif:window=400,trees=10000,extension=0,sample=100000", 1, "take more than 1000 MB"),
        ("eif:window=900,trees=10000,sample=2,extension=90000", 100, "take many minutes"),
        ("rcf:trees=10000,sample=100000", 1, "2394 of them drawn; choose a smaller sample, fewer trees"),
        ("loda:projections=10000,bins=10000", 1, "take more than 1000 MB"),
    ]

    /// Two columns that move together, with noise.
    private func pair(rows: Int = 400) -> [[Double]] {
        var random = SplitMix64(seed: 31)
        let first = (0..<rows).map { _ in random.gaussian() }
        return [first, first.map { 3 * $0 + 0.1 * random.gaussian() }]
    }

    @Test("a row's score is the mean over the windows that cover it", arguments: [1, 2, 3, 7, 20, 31, 60, 61])
    func covering(window: Int) {
        var random = SplitMix64(seed: UInt64(window))
        let rows = 61
        var scores = (0..<rows - window + 1).map { _ in random.uniform() }
        for isWild in [false, true] {
            if isWild { scores[0] = 1e200 }
            let expected = (0..<rows).map { row in
                let covers = scores.indices.filter { $0 <= row && row < $0 + window }
                return covers.reduce(0) { $0 + scores[$1] } / Double(covers.count)
            }
            let found = Windowing.covering(scores, window: window, rows: rows)
            #expect(zip(found, expected).allSatisfy { abs($0 - $1) <= 1e-12 * $1 })
        }
    }

    @Test("a row far outside scores highest", arguments: all)
    func spike(detector: String) throws {
        var columns = pair()
        (columns[0][123], columns[1][123]) = (30, 80)
        let scores = try output(detector, columns).scores
        #expect(scores.max() == scores[123])
    }

    @Test("a single column is cut into windows, and the incident's lie highest", arguments: all)
    func incident(detector: String) throws {
        var values = (0..<1_000).map { Double($0 % 25) }
        var random = SplitMix64(seed: 4)
        for row in values.indices { values[row] += 0.2 * random.gaussian() }
        for row in 500..<510 { values[row] += 60 }
        let result = try output("\(detector):window=25", [values])
        let top = try #require(result.scores.indices.max { result.scores[$0] < result.scores[$1] })
        #expect((485..<525).contains(top))
        #expect(result.reach == 25)
    }

    @Test("the unit of a column does not matter", arguments: all)
    func units(detector: String) throws {
        let columns = pair()
        // Powers of two and whole shifts of them change no digit but the last few.
        let scaled = [columns[0].map { $0 * 1_024 }, columns[1].map { $0 / 4_096 }]
        let (one, other) = (try output(detector, columns).scores, try output(detector, scaled).scores)
        #expect(zip(one, other).allSatisfy { isClose($0, $1, within: 1e-9) })
    }

    @Test("the same seed gives the same scores, another one others", arguments: seeded)
    func seeds(detector: String) throws {
        let values = [sawtooth()]
        let first = try output("\(detector):seed=7", values).scores
        #expect(try output("\(detector):seed=7", values).scores == first)
        #expect(try output("\(detector):seed=8", values).scores != first)
    }

    @Test("with reference=training an incident outside the training rows does not become normal", arguments: all)
    func training(detector: String) throws {
        var columns = pair()
        for row in 200..<400 {
            columns[0][row] += 30
            columns[1][row] += 90
        }
        let trained = try output("\(detector):reference=training", columns, training: 0..<200).scores
        let usual = trained[..<200].sorted()[180]
        #expect(trained[200...].allSatisfy { $0 > usual })
    }

    @Test("what takes too much time or memory is refused before it begins", arguments: limits.indices)
    func tooLarge(index: Int) throws {
        let (specification, columns, reason) = Self.limits[index]
        let column = (0..<2_400).map { Double($0 % 7) }
        let table = try Table(columns: Array(repeating: column, count: columns))
        let error = try #require(throws: DetectorError.self) {
            try DetectorRegistry.standard.makeBatch(specification).fit(table, training: nil)
        }
        #expect(error.description.contains(reason), "\(error)")
    }

    @Test(
        "what a forest takes is counted by the rows there are, not by the sample asked for",
        arguments: ["iforest", "rcf"])
    func fewRows(detector: String) throws {
        let scores = try output("\(detector):trees=200,sample=100000,window=1", [sawtooth(rows: 60)]).scores
        #expect(scores.contains { $0 > 0 })
    }

    @Test("a window longer than the table scores 0 and says so", arguments: all)
    func tooShort(detector: String) throws {
        let result = try output("\(detector):window=50", [sawtooth(rows: 50)])
        #expect(result.scores == [Double](repeating: 0, count: 50))
        #expect(result.notes == ["50 row(s) are too few to compare windows of 50 row(s); all scores are 0"])
    }

    @Test("samples are of different numbers, all of them when asked for more, and evenly spread")
    func samples() {
        var random = SeededGenerator(seed: 3)
        #expect(random.sample(5, below: 5) == [0, 1, 2, 3, 4])
        var hits = [Int](repeating: 0, count: 10)
        for _ in 0..<2_000 {
            let sample = random.sample(4, below: 10)
            #expect(Set(sample).count == 4)
            for number in sample { hits[number] += 1 }
        }
        // 800 each are expected; the standard deviation is 22.
        #expect(hits.allSatisfy { (690...910).contains($0) }, "\(hits)")
    }
}
