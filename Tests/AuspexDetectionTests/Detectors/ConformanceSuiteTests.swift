import AuspexDetection
import AuspexTesting
import Testing

/// The suite itself must tell the good from the bad.
@Suite struct ConformanceSuiteTests {
    private func failures<Flaw: FlawKind>(_: Flaw.Type) throws -> [String] {
        var registry = DetectorRegistry()
        try registry.register(batch: FlawedDetector<Flaw>.self)
        return DetectorConformance("flawed", registry: registry).failures()
    }

    @Test("scores that are no scores are seen")
    func notANumber() throws {
        let failures = try failures(NaNFlaw.self)
        #expect(failures.contains { $0.hasPrefix("holes: row") && $0.hasSuffix("scores nan") })
        #expect(failures.contains { $0.contains("a constant table does not score 0") })
        #expect(failures.contains("training rows 0..<301 of 300 are accepted"))
        #expect(failures.contains("a model of one column scores two"))
    }

    @Test("a wrong number of scores is seen")
    func length() throws {
        #expect(try failures(LengthFlaw.self).contains("ordinary: 1 scores for 300 rows"))
    }

    @Test("chance is seen, and so is a detector that finds nothing")
    func chance() throws {
        let failures = try failures(RandomFlaw.self)
        #expect(failures.contains("ordinary: a second run gives other numbers"))
        #expect(failures.contains { $0.hasPrefix("seed 1: the area under the curve is 0.") })
    }

    @Test("a band beside its value is seen")
    func band() throws {
        let failures = try failures(BandFlaw.self)
        #expect(failures.contains { $0.hasPrefix("ordinary: the expectation") })
        #expect(failures.contains("three columns: expectations for more than one column"))
    }

    @Test("a careless stream is seen")
    func stream() throws {
        var registry = DetectorRegistry()
        try registry.register(streaming: CarelessStream.self)
        let failures = DetectorConformance("careless", registry: registry, areaFloor: 0).failures()
        #expect(failures.contains { $0.contains("while warmingUp") })
        #expect(failures.contains { $0.contains("is missing and was learned or scored") })
        #expect(failures.contains("damaged snapshot 0 is accepted"))
    }

    @Test("a detector that is not there is a failure, not a pass")
    func absent() {
        #expect(DetectorConformance("nothing").failures().count == 1)
    }

    @Test("the area under the curve is the share of pairs in the right order")
    func area() throws {
        let series = GeneratedSeries(seed: 1)
        #expect(series.areaUnderCurve(series.isAnomalous.map { $0 ? 1 : 0 }) == 1)
        #expect(series.areaUnderCurve(series.isAnomalous.map { $0 ? 0 : 1 }) == 0)
        #expect(series.areaUnderCurve(series.values.map { _ in 3 }) == 0.5)
        #expect(series.areaUnderCurve([1]) == nil)
        var random = SplitMix64(seed: 2)
        let scores = series.values.map { _ in (random.uniform() * 20).rounded() }
        var pairs = 0.0
        let (anomalous, normal) = (
            scores.indices.filter { series.isAnomalous[$0] }, scores.indices.filter { !series.isAnomalous[$0] }
        )
        for one in anomalous {
            for other in normal { pairs += scores[one] > scores[other] ? 1 : scores[one] == scores[other] ? 0.5 : 0 }
        }
        let area = try #require(series.areaUnderCurve(scores))
        #expect(abs(area - pairs / Double(anomalous.count * normal.count)) < 1e-12)
    }
}
