import AuspexDetection
import AuspexSignals
import AuspexTesting
import Testing

@testable import AuspexEngine

@Suite struct BudgetedSeriesTests {
    private let labels = Labels(["__name__": "m"])

    private func samples(_ count: Int, every step: TimeSpan, from start: Int = 0) -> [Sample] {
        var random = SplitMix64(seed: 21)
        return (0..<start + count).map { index in
            Sample(
                time: noon + TimeSpan(milliseconds: Int64(index) * step.milliseconds), value: random.gaussian())
        }.suffix(count)
    }

    private func stage(_ budget: String?, detector: String = "auto") throws -> DetectionStage {
        try DetectionStage(
            detector: detector, budget: budget.flatMap { AlertAllowance($0) }, partitions: 1, seriesLimit: 10)
    }

    private func readings(_ stage: DetectionStage, _ samples: [Sample]) async -> [Reading] {
        let batch = SignalBatch(series: [SeriesSamples(labels: labels, samples: samples)])
        return await stage.process(batch, now: noon).observations.compactMap {
            if case .reading(_, let reading, _) = $0 { reading } else { nil }
        }
    }

    private func alpha(_ stage: DetectionStage) -> Double? { stage.series(named: "m").first?.stream.alpha }

    @Test(
        "the rate follows from the step between samples, however it is written",
        arguments: [
            ("1/week", TimeSpan.seconds(15), 1 / 40_320.0), ("0.5/day", .minutes(1), 1 / 2_880.0),
            ("2/12h", .minutes(1), 1 / 360.0), ("1/month", .minutes(5), 1 / 8_640.0),
        ])
    func rate(budget: String, step: TimeSpan, alpha: Double) async throws {
        let stage = try stage(budget)
        _ = await readings(stage, samples(99, every: step))
        #expect(self.alpha(stage) == 0.001)
        _ = await readings(stage, samples(1, every: step, from: 99))
        #expect(abs(try #require(self.alpha(stage)) / alpha - 1) < 1e-6)
    }

    @Test("where samples are too rare for the allowance, one in ten may be a false alert")
    func tooRare() async throws {
        let stage = try stage("100/day")
        _ = await readings(stage, samples(300, every: .hours(1)))
        #expect(alpha(stage) == 0.1)
    }

    @Test("a few gaps and bursts do not change the rate")
    func unevenSteps() async throws {
        let stage = try stage("1/week")
        let uneven = samples(120, every: .seconds(15)).enumerated().filter { !(40..<60).contains($0.offset) }
        _ = await readings(stage, uneven.map(\.element))
        #expect(abs(try #require(alpha(stage)) * 40_320 - 1) < 0.5)
    }

    @Test("the readings are those of a stream that had this rate from the start")
    func readingsAgree() async throws {
        for detector in ["auto", "ewma"] {
            let all = samples(900, every: .seconds(15))
            let seen = await readings(try stage("1/week", detector: detector), all)
            var stream = try CalibratedStream(detector, alpha: 15.0 / 604_800)
            let expected = all.map { stream.update(time: $0.time, value: $0.value) }
            #expect(seen == expected)
            #expect(seen.last?.readiness == .ready)
        }
    }

    @Test("without an allowance nothing changes")
    func noBudget() async throws {
        let all = samples(600, every: .seconds(15))
        var stream = try CalibratedStream("auto")
        let expected = all.map { stream.update(time: $0.time, value: $0.value) }
        #expect(await readings(try stage(nil), all) == expected)
    }

    @Test("a restart before, at and after the rate is set changes nothing", arguments: [50, 100, 400])
    func restart(at break: Int) async throws {
        let all = samples(600, every: .seconds(15))
        let whole = await readings(try stage("1/week"), all)
        let first = try stage("1/week")
        var parts = await readings(first, Array(all[..<`break`]))
        let second = try stage("1/week")
        for bytes in first.takeChangedSnapshots().values { try second.restore(bytes, now: noon) }
        parts += await readings(second, Array(all[`break`...]))
        #expect(parts == whole)
    }

    @Test("after a restart with another allowance, or none, that one counts")
    func otherBudget() async throws {
        let all = samples(600, every: .seconds(15))
        let first = try stage("1/week")
        _ = await readings(first, Array(all[..<500]))
        let bytes = try #require(first.takeChangedSnapshots().values.first)
        for (budget, expected) in [("1/day", 15.0 / 86_400), (nil, 0.001)] {
            let stage = try stage(budget)
            try stage.restore(bytes, now: noon)
            _ = await readings(stage, Array(all[500...]))
            #expect(abs(try #require(alpha(stage)) / expected - 1) < 1e-6)
        }
    }
}
