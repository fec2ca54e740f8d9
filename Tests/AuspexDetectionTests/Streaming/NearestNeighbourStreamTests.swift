import AuspexSignals
import AuspexTesting
import Testing

@testable import AuspexDetection

@Suite struct NearestNeighbourStreamTests {
    /// The k-th smallest of the distances to all windows that share no value with the newest.
    private func naive(_ values: [Double], row: Int, window: Int, k: Int) -> Double {
        let newest = values[row - window + 1...row]
        let distances = (window - 1...row - window).map { end in
            let other = values[end - window + 1...end]
            let sum = zip(newest, other).reduce(0.0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
            return (sum / Double(window)).squareRoot()
        }
        return distances.sorted()[min(k, distances.count) - 1]
    }

    @Test(
        "while all windows are kept, scores are distances to the k-th nearest of them",
        arguments: [(1, 1), (3, 8), (5, 20)])
    func definition(k: Int, window: Int) throws {
        let values = sawtooth(rows: 200)
        let readings = try readings("knn:k=\(k),window=\(window),stored=300", values)
        let first = 2 * window + k - 2
        #expect(readings[..<first].allSatisfy { $0.readiness != .ready })
        for row in first..<200 {
            #expect(
                isClose(readings[row].rawScore, naive(values, row: row, window: window, k: k), within: 1e-12),
                "row \(row)")
        }
    }

    @Test("a shape that was never there scores highest, and is known once it has come often")
    func shape() throws {
        var values = wave(3_000)
        for row in 1_500..<1_512 { values[row] = 50 }
        let readings = try readings("knn", values)
        // Behind the beginning, when every window is new.
        #expect((1_503..<1_520).contains(500 + top(readings[500...].map(\.rawScore))))
        for row in 1_500..<3_000 { values[row] = 70 + sine(Double(row) / 24) }
        let changed = try AuspexDetectionTests.readings("knn:stored=100", values)
        #expect(changed[1_520].rawScore > 10)
        // k·n/stored, three times over.
        #expect(changed[1_700...].allSatisfy { $0.rawScore < 2 })
    }

    @Test("each window of the past has the same chance to be kept, and with little memory the late ones are")
    func sample() throws {
        func ends(_ specification: String) throws -> [Int] {
            try (1...30).flatMap { seed in
                let parameters = try ParameterValues(
                    specification: "\(specification),seed=\(seed)", descriptor: NearestNeighbourStream.descriptor)
                var stream = try NearestNeighbourStream(parameters: parameters)
                for (time, value) in zip(minutes(1_000), noise(1_000)) { _ = stream.update(time: time, value: value) }
                #expect(stream.ends.count == 50)
                return stream.ends
            }
        }
        let even = try ends("knn:window=4,stored=50")
        // 1500 numbers, uniform up to 1000: their mean has a deviation of 7.5, their share in a quarter one of 0.011.
        let mean = Double(even.reduce(0, +)) / 1_500
        let share = Double(even.count { $0 <= 250 }) / 1_500
        #expect((470..<530).contains(mean) && (0.205..<0.295).contains(share))
        let late = try ends("knn:window=4,stored=50,memory=100")
        #expect(Double(late.reduce(0, +)) / 1_500 > 850)
    }

    @Test("the seed alone decides which windows are kept")
    func seed() throws {
        let values = sawtooth(rows: 1_500)
        let one = try readings("knn:stored=20", values)
        #expect(try readings("knn:stored=20,seed=1", values) == one)
        #expect(try readings("knn:stored=20,seed=2", values) != one)
    }

    @Test("more values than a stream may keep are refused")
    func tooLarge() {
        #expect(throws: DetectorError.self) {
            try DetectorRegistry.standard.makeStreaming("knn:stored=10000,window=1000")
        }
    }
}
