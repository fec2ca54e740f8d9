import AuspexTesting
import Foundation
import Testing

@testable import AuspexEvaluation

@Suite("Metrics of events") struct EventMetricsTests {
    /// Reference values, made by `Fixtures/make_events.py`.
    struct Fixture: Decodable {
        struct Case: Decodable, CustomTestStringConvertible, Sendable {
            var name: String
            var labels: String
            var scores: [Double]
            var paF1: Double
            var eventF1: Double
            var rangePrecision: Double
            var rangeRecall: Double
            var rangeF1: Double
            var affiliationPrecision: Double
            var affiliationRecall: Double
            var affiliationF1: Double

            var testDescription: String { name }
        }

        var metrics: [Case]

        static func load() throws -> Fixture {
            let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .appending(path: "Fixtures/events.json")
            let decoder = JSONDecoder()
            decoder.keyDecodingStrategy = .convertFromSnakeCase
            return try decoder.decode(Fixture.self, from: Data(contentsOf: file))
        }
    }

    @Test("are TSB-AD's, to 1e-9", arguments: try Fixture.load().metrics)
    func golden(fixture: Fixture.Case) throws {
        let metrics = try #require(
            try DetectionMetrics.measure(
                scores: fixture.scores, labels: fixture.labels.map { $0 == "1" }, window: 0))
        let pairs = [
            (metrics.pointAdjustedF1, fixture.paF1), (metrics.eventF1, fixture.eventF1),
            (metrics.rangePrecision, fixture.rangePrecision), (metrics.rangeRecall, fixture.rangeRecall),
            (metrics.rangeF1, fixture.rangeF1), (metrics.affiliationPrecision, fixture.affiliationPrecision),
            (metrics.affiliationRecall, fixture.affiliationRecall), (metrics.affiliationF1, fixture.affiliationF1),
        ]
        for (number, pair) in pairs.enumerated() {
            #expect(abs(pair.0 - pair.1) < DetectionMetricsTests.tolerance, "\(number): \(pair)")
        }
    }

    /// Random scores of any kind: ties, long ranges, noise.
    private static func sample(_ seed: Int, rows: ClosedRange<Int>) -> (scores: [Double], labels: [Bool]) {
        var generator = SplitMix64(seed: UInt64(seed))
        let count = Int.random(in: rows, using: &generator)
        let share = [2, 5, 20][seed % 3]
        var labels = [Bool](repeating: false, count: count)
        var row = 0
        while row < count {
            let length = Int.random(in: 1...8, using: &generator)
            if Int.random(in: 0..<share, using: &generator) == 0 {
                for place in row..<min(count, row + length) { labels[place] = true }
            }
            row += length
        }
        labels[Int.random(in: 0..<count / 2, using: &generator)] = true
        labels[Int.random(in: count / 2..<count, using: &generator)] = false
        let levels = Int.random(in: 1...60, using: &generator)
        var walk = 0.0
        let scores = (0..<count).map { _ -> Double in
            let draw = Double(Int.random(in: 0..<levels, using: &generator)) / 4
            walk = 0.7 * walk + draw
            return seed.isMultiple(of: 2) ? draw : walk
        }
        return (scores, labels)
    }

    @Test("are what the definitions say, word for word", arguments: 0..<40)
    func naive(seed: Int) throws {
        let (scores, labels) = Self.sample(seed, rows: 2...70)
        let metrics = try #require(try DetectionMetrics.measure(scores: scores, labels: labels, window: 0))
        let ranges = NaiveEvents.best(scores) { NaiveEvents.ranges($0, labels) }
        let affiliation = NaiveEvents.best(scores) { NaiveEvents.affiliation($0, labels) }
        #expect(abs(metrics.pointAdjustedF1 - NaiveEvents.pointAdjustedF1(scores, labels)) < 1e-12)
        #expect(abs(metrics.eventF1 - NaiveEvents.eventF1(scores, labels)) < 1e-12)
        #expect(abs(metrics.rangePrecision - ranges.precision) < 1e-12)
        #expect(abs(metrics.rangeRecall - ranges.recall) < 1e-12)
        #expect(abs(metrics.rangeF1 - ranges.f1) < 1e-12)
        #expect(abs(metrics.affiliationPrecision - affiliation.precision) < 1e-12)
        #expect(abs(metrics.affiliationRecall - affiliation.recall) < 1e-12)
        #expect(abs(metrics.affiliationF1 - affiliation.f1) < 1e-12)
    }

    @Test("are the same seen backwards, but for anomalies at the ends", arguments: 40..<60)
    func mirrored(seed: Int) throws {
        let (scores, sampled) = Self.sample(seed, rows: 20...300)
        var labels = sampled
        (labels[0], labels[labels.count - 1]) = (false, false)
        guard labels.contains(true) else { return }
        let metrics = try #require(try DetectionMetrics.measure(scores: scores, labels: labels, window: 0))
        let mirrored = try #require(
            try DetectionMetrics.measure(scores: scores.reversed(), labels: labels.reversed(), window: 0))
        for metric in DetectionMetric.allCases { #expect(abs(metrics[metric] - mirrored[metric]) < 1e-12, "\(metric)") }
    }

    @Test("stay within 0 and 1, whatever the scores", arguments: 60..<90)
    func bounds(seed: Int) throws {
        let (scores, labels) = Self.sample(seed, rows: 2...2_000)
        let metrics = try #require(try DetectionMetrics.measure(scores: scores, labels: labels, window: 3))
        for metric in DetectionMetric.allCases {
            #expect((-1e-12...1 + 1e-12).contains(metrics[metric]), "\(metric): \(metrics[metric])")
        }
    }

    @Test("a score that is the truth is perfect, a constant one finds nothing")
    func extremes() throws {
        let labels = (0..<500).map { (100..<120).contains($0) || $0 == 300 || $0 > 490 }
        let perfect = try #require(
            try DetectionMetrics.measure(scores: labels.map { $0 ? 1 : 0 }, labels: labels, window: 0))
        for metric in DetectionMetric.allCases { #expect(perfect[metric] > 1 - 1e-5, "\(metric)") }
        let constant = try #require(
            try DetectionMetrics.measure(scores: labels.map { _ in 1 }, labels: labels, window: 0))
        #expect(constant.pointAdjustedF1 == 0 && constant.eventF1 == 0)
        #expect(constant.rangeF1 == 0 && constant.affiliationF1 == 0)
    }

    @Test("the widest range of scores that there is has its thresholds")
    func widest() throws {
        let largest = Double.greatestFiniteMagnitude
        let metrics = try #require(
            try DetectionMetrics.measure(
                scores: [-largest, largest, 0, -largest], labels: [false, true, false, false], window: 0))
        #expect(metrics.affiliationF1 > 0.999 && metrics.rangeF1 == 1 && metrics.pointAdjustedF1 == 1)
    }

    @Test("rounding errors of many ranges do not add up")
    func compensation() {
        var sum = CompensatedSum()
        for term in [1e16, 1, -1e16, 1, 1e-3] { sum.add(term) }
        #expect(sum.value == 2.001)
    }
}
