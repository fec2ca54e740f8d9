import AuspexDetection
import AuspexSignals
import AuspexTesting
import Testing

@testable import AuspexEngine

/// What windows do to the readings of a series with a sample a minute that leaps at minute 500 and stays there.
@Suite struct DeployWindowReadingsTests {
    private let labels = Labels(["__name__": "m", "job": "shop"])
    private let samples: [Sample] = {
        var random = SplitMix64(seed: 31)
        return (0..<900).map { minute in
            Sample(time: noon + .minutes(Int64(minute)), value: random.gaussian() + (minute < 500 ? 0 : 30))
        }
    }()
    private let change = Change(id: "1", service: "shop", startedAt: noon + .minutes(498))
    private let open = 498..<508

    private func stage(_ effect: DeployWindowPolicy.Effect, factor: Double = 2) throws -> DetectionStage {
        var policy = DeployWindowPolicy()
        policy.effect = effect
        policy.factor = factor
        return try DetectionStage(
            detector: "auto", partitions: 1, seriesLimit: 10, memoryLimit: 1 << 30, deployWindow: policy)
    }

    private func work(_ stage: DetectionStage, _ samples: ArraySlice<Sample>) async -> [Reading] {
        let batch = SignalBatch(series: [SeriesSamples(labels: labels, samples: Array(samples))])
        return await stage.process(batch, now: noon).observations.compactMap {
            if case .reading(_, let reading, _) = $0 { reading } else { nil }
        }
    }

    private func readings(_ stage: DetectionStage, changes: [Change]? = nil) async -> [Reading] {
        let before = await work(stage, samples[..<499])
        for change in changes ?? [change] { stage.open(change) }
        return await before + work(stage, samples[499...])
    }

    @Test("the leap is an anomaly where there are no windows, and for series that the change does not concern")
    func none() async throws {
        let plain = await readings(try stage(.none))
        #expect(plain[500].isAnomalous)
        #expect(await readings(try stage(.mute), changes: []) == plain)
        let other = Change(id: "1", service: "other", startedAt: change.startedAt)
        #expect(await readings(try stage(.rebaseline), changes: [other]) == plain)
    }

    @Test("widen divides anomaly scores by its factor, and leaves all else and all later readings as they are")
    func widen() async throws {
        let (plain, widened) = (await readings(try stage(.none)), await readings(try stage(.widen, factor: 4)))
        for (minute, (plain, widened)) in zip(plain, widened).enumerated() {
            var expected = plain
            // The change was reported when minute 498 had been worked in.
            if minute >= 499, open.contains(minute) {
                expected.anomalyScore /= 4
                if !expected.isAnomalous { expected.reason = nil }
            }
            #expect(widened == expected)
        }
    }

    @Test("mute keeps everything under the alert line, and leaves all else and all later readings as they are")
    func mute() async throws {
        let (plain, muted) = (await readings(try stage(.none)), await readings(try stage(.mute)))
        for (minute, (plain, muted)) in zip(plain, muted).enumerated() {
            var expected = plain
            if minute >= 499, open.contains(minute) { (expected.anomalyScore, expected.reason) = (0, nil) }
            #expect(muted == expected)
        }
        #expect(muted[500].pValue < 0.001 && muted[500].rawScore > 0 && !muted[500].isAnomalous)
    }

    @Test("rebaseline mutes, and when the window ends the series begins anew")
    func rebaseline() async throws {
        let (muted, rebased) = (await readings(try stage(.mute)), await readings(try stage(.rebaseline)))
        #expect(Array(rebased[..<508]) == Array(muted[..<508]))
        var fresh = try CalibratedStream("auto")
        let expected = samples[508...].map { fresh.update(time: $0.time, value: $0.value) }
        #expect(Array(rebased[508...]) == expected)
        guard case .warmingUp(1, 250) = rebased[508].readiness else {
            Issue.record("\(rebased[508].readiness)")
            return
        }
        #expect(rebased.last?.readiness == .ready)
    }

    @Test("a series without a sample in the window begins anew as well, once, and what it is charged stays")
    func rebaselineAcrossAGap() async throws {
        let stage = try stage(.rebaseline)
        _ = await work(stage, samples[..<490])
        let charged = stage.tally
        stage.open(change)
        let first = await work(stage, samples[510..<511])
        guard case .warmingUp(1, _)? = first.first?.readiness else {
            Issue.record("\(first)")
            return
        }
        let later = await work(stage, samples[511..<520])
        guard case .warmingUp(10, _)? = later.last?.readiness else {
            Issue.record("\(later)")
            return
        }
        #expect(stage.tally == charged && charged.bytes > 0)
        // Late samples change nothing.
        #expect(await work(stage, samples[505..<510]).isEmpty)
    }

    @Test("the newest reading tells its window while one is open")
    func told() async throws {
        let stage = try stage(.mute)
        func window() -> DeployWindow? { stage.series(named: "m").first?.deployWindow }
        _ = await work(stage, samples[..<499])
        stage.open(change)
        #expect(window() == nil)
        _ = await work(stage, samples[499..<500])
        #expect(window() == DeployWindow(policy: .mute, until: noon + .minutes(508)))
        _ = await work(stage, samples[500..<509])
        #expect(window() == nil)
    }

    @Test(
        "a restart before, in and after a window changes nothing", arguments: DeployWindowPolicy.Effect.allCases,
        [499, 503, 508, 600])
    func restart(effect: DeployWindowPolicy.Effect, at break: Int) async throws {
        let whole = await readings(try stage(effect))
        let first = try stage(effect)
        var parts = await work(first, samples[..<499])
        first.open(change)
        parts += await work(first, samples[499..<`break`])
        let second = try stage(effect)
        try second.restoreWindows(first.windowsSnapshot())
        for bytes in first.takeChangedSnapshots().values { try second.restore(bytes, now: noon) }
        #expect(second.series(named: "m").first?.deployWindow == first.series(named: "m").first?.deployWindow)
        parts += await work(second, samples[`break`...])
        #expect(parts == whole)
    }
}
