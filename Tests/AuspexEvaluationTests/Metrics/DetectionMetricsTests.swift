import AuspexEvaluation
import AuspexTesting
import Testing

@Suite("Detection metrics") struct DetectionMetricsTests {
    /// How close the reference must be matched.
    static let tolerance = 1e-9

    @Test("are the reference's, to 1e-9", arguments: try MetricsFixture.load().metrics)
    func golden(fixture: MetricsFixture.Case) throws {
        let metrics = try #require(
            try DetectionMetrics.measure(scores: fixture.scores, labels: fixture.truth, window: fixture.window))
        #expect(abs(metrics.vusPR - fixture.vusPr) < Self.tolerance)
        #expect(abs(metrics.vusROC - fixture.vusRoc) < Self.tolerance)
        #expect(abs(metrics.aucPR - fixture.aucPr) < Self.tolerance)
        #expect(abs(metrics.aucROC - fixture.aucRoc) < Self.tolerance)
        #expect(abs(metrics.f1 - fixture.f1) < Self.tolerance)
    }

    @Test("are what the definitions say, word for word", arguments: 0..<40)
    func naive(seed: Int) throws {
        var generator = SplitMix64(seed: UInt64(seed))
        let count = Int.random(in: 2...90, using: &generator)
        var labels = (0..<count).map { _ in Int.random(in: 0..<8, using: &generator) == 0 }
        labels[Int.random(in: 0..<count / 2, using: &generator)] = true
        labels[Int.random(in: count / 2..<count, using: &generator)] = false
        let levels = Int.random(in: 1...60, using: &generator)
        let scores = (0..<count).map { _ in Double(Int.random(in: 0..<levels, using: &generator)) / 4 }
        let window = Int.random(in: 0...25, using: &generator)
        let metrics = try #require(try DetectionMetrics.measure(scores: scores, labels: labels, window: window))
        let volumes = NaiveMetrics.volumes(scores: scores, labels: labels, window: window)
        #expect(abs(metrics.vusPR - volumes.pr) < 1e-12)
        #expect(abs(metrics.vusROC - volumes.roc) < 1e-12)
        #expect(abs(metrics.aucROC - NaiveMetrics.areaUnderROC(scores: scores, labels: labels)) < 1e-12)
        #expect(abs(metrics.aucPR - NaiveMetrics.averagePrecision(scores: scores, labels: labels)) < 1e-12)
        #expect(abs(metrics.f1 - NaiveMetrics.bestF1(scores: scores, labels: labels)) < 1e-12)
    }

    @Test("depend on the order of scores only")
    func monotone() throws {
        var generator = SplitMix64(seed: 5)
        let labels = (0..<200).map { (40..<60).contains($0) || $0 > 190 }
        let scores = labels.map { ($0 ? 0.5 : 0) + Double.random(in: 0...1, using: &generator) }
        let plain = try DetectionMetrics.measure(scores: scores, labels: labels, window: 20)
        // Doubling and adding whole numbers is exact enough to keep ties and order.
        #expect(try DetectionMetrics.measure(scores: scores.map { $0 * 1_024 }, labels: labels, window: 20) == plain)
    }

    @Test("without anomalies there is nothing to measure")
    func noAnomaly() throws {
        #expect(try DetectionMetrics.measure(scores: [1, 2, 3], labels: [false, false, false], window: 3) == nil)
    }

    @Test("what cannot be measured is an error with a reason")
    func errors() {
        let cases: [([Double], [Bool], Int, MetricError)] = [
            ([], [], 1, .empty), ([1], [], 1, .lengths(scores: 1, labels: 0)),
            ([1, 2], [true, true], 1, .onlyAnomalies), ([1, .nan], [true, false], 1, .scoreNotFinite(row: 1)),
            ([.infinity, 1], [true, false], 1, .scoreNotFinite(row: 0)),
            ([1, 2], [true, false], -1, .negativeWindow(-1)),
        ]
        for (scores, labels, window, expected) in cases {
            #expect(throws: expected) { try DetectionMetrics.measure(scores: scores, labels: labels, window: window) }
        }
        #expect(MetricError.scoreNotFinite(row: 1).description.hasPrefix("the score of row 2 is not finite"))
    }
}
