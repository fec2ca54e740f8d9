import AuspexSignals
import Testing

@testable import AuspexChanges

@Suite("Watching a service while a change is under way") struct PendingWatchTests {
    private let begun = Change(id: "d1", service: "shop", version: "v2", startedAt: WatchScene.noon)

    private func over(at minute: Int64) -> Change {
        var change = begun
        change.outcome = .success
        change.endedAt = WatchScene.noon + .minutes(minute)
        return change
    }

    /// Latency of the minute, `factor` times as high.
    private func step(_ watch: inout ChangeWatch, factor: Double = 1) {
        let value = factor * (100 + Double((watch.next * 7) % 5))
        watch.step(WatchMinute(number: watch.next, series: [WatchScene.level("latency", value)]))
    }

    @Test("nothing passes before the change is over, and what is not reported as over never does")
    func neverOver() {
        var watch = ChangeWatch(begun, settings: WatchSettings())
        for _ in 0..<200 where !watch.isOver { step(&watch) }
        #expect(watch.judgement.to == WatchScene.noon + .minutes(30))
        #expect(watch.judgement.verdict == .inconclusive && watch.judgement.state == .provisional)
        #expect(!watch.judgement.isFinal)
        #expect(watch.judgement.report?.reasons.first?.contains("not reported as over") == true)
    }

    @Test("the end of the change begins the time anew: what ran before it counts neither for nor against it")
    func beginsAnew() {
        for factor in [1.0, 3] {
            var watch = ChangeWatch(begun, settings: WatchSettings())
            // The version before runs for twenty minutes more; the report comes two minutes late.
            while watch.next < WatchScene.noonMinute + 22 { step(&watch) }
            #expect(!watch.isOver)
            watch.take(over(at: 20))
            #expect(watch.from == WatchScene.noon + .minutes(20) && watch.to == WatchScene.noon + .minutes(50))
            #expect(watch.next == WatchScene.noonMinute + 20)
            for _ in 0..<100 where !watch.isOver { step(&watch, factor: factor) }
            #expect(watch.judgement.state == .done && watch.judgement.isFinal)
            #expect(watch.judgement.verdict == (factor > 1 ? .fail : .pass))
        }
    }

    @Test("a failure before the end is told, and is not the last word until the change is undone")
    func failsEarly() {
        var watch = ChangeWatch(begun, settings: WatchSettings())
        while watch.next < WatchScene.noonMinute { step(&watch) }
        for _ in 0..<30 where !watch.isOver { step(&watch, factor: 3) }
        var judgement = watch.judgement
        #expect(judgement.verdict == .fail && judgement.state == .provisional)
        judgement.conclude(because: "it was undone")
        #expect(judgement.verdict == .fail && judgement.state == .done)
    }

    @Test("a provisional judgement that is none becomes one that says why")
    func concluded() {
        var judgement = ChangeJudgement(
            of: begun, state: .provisional, from: WatchScene.noon, to: WatchScene.noon)
        judgement.conclude(because: "it was undone")
        #expect(judgement.state == .done && judgement.verdict == .inconclusive)
        #expect(judgement.report?.reasons == ["it was undone"])
    }

    @Test("events of the time before count once each, however often the time is made longer")
    func blocks() throws {
        var past = WatchPast()
        for minute in 0..<10 {
            let errors = WatchScene.counter("errors_total", Double(minute))
            past.add(WatchMinute(number: Int64(minute), series: [errors]))
        }
        let now = MetricSums([WatchScene.counter("errors_total", 3)])
        var plan = try #require(
            WatchPlan(
                past: past, now: now, isBeside: false, minutes: 4, alpha: 0.01, settings: WatchSettings(),
                goesBySeason: false))
        var sums: [Double?] = []
        for _ in 0..<7 {
            plan.take(canary: now, baseline: MetricSums([]), controls: [], minimumEffect: 0)
            let metric = try #require(plan.metrics.first)
            let interval = metric.interval(isBeside: false, minimumEffect: 0)
            sums.append(interval.map { ($0.baseline * metric.dispersion).rounded() })
        }
        #expect(sums == [1, 5, 9, 13, 17, nil, nil])
    }
}
