import AuspexSignals
import AuspexTesting
import Foundation
import Testing

@testable import AuspexChanges

@Suite("Watching a service after a change") struct ChangeWatchTests {
    private typealias Wave = WatchScene.Wave

    /// Latency that wanders around 100 and is `factor` times as high from minute 0 on.
    private func latency(_ wave: inout Wave, _ minute: Int, factor: Double) -> WatchMinute.Series {
        WatchScene.level("latency", 100 * exp(0.1 * wave.next()) * (minute < 0 ? 1 : factor))
    }

    @Test("latency that doubles fails early and is named")
    func doubled() throws {
        var scene = WatchScene()
        var wave = Wave(seed: 1, correlation: 0.3)
        scene.run { [latency(&wave, $0, factor: 2)] }
        let judgement = scene.watch.judgement
        #expect(judgement.verdict == .fail && judgement.state == .done)
        #expect(scene.minutes < 25)
        let reason = try #require(judgement.report?.reasons.first)
        #expect(reason.contains("latency: ") && reason.contains("against the time before the change"), "\(reason)")
        #expect(judgement.report?.metrics.map(\.name).contains("latency") == true)
    }

    @Test("the same before and after is hardly ever failed, however it wanders", arguments: [0.0, 0.8])
    func same(correlation: Double) {
        var failed = 0
        for seed in 0..<40 {
            var scene = WatchScene()
            var wave = Wave(seed: UInt64(seed), correlation: correlation)
            scene.run { [latency(&wave, $0, factor: 1)] }
            if scene.watch.judgement.verdict == .fail { failed += 1 }
        }
        // At 0.02 more than three of 40 come about once in a hundred such tests.
        #expect(failed <= 3)
    }

    @Test("counters count by how much they rise: failing requests are a share of all of them")
    func failingRequests() throws {
        var scene = WatchScene()
        var random = Wave(seed: 3, correlation: 0)
        scene.run { minute in
            let errors = random.poisson(minute < 0 ? 2 : 20)
            return [
                WatchScene.counter("http_requests_total", 400, labels: ["code": "200"]),
                WatchScene.counter("http_requests_total", errors, labels: ["code": "503"]),
                WatchScene.counter("http_requests_total", 30, labels: ["code": "404"]),
            ]
        }
        let judgement = scene.watch.judgement
        #expect(judgement.verdict == .fail && scene.minutes <= 5)
        let metric = try #require(judgement.report?.metrics.first { $0.name == "http_requests_total failing" })
        #expect(metric.kind == .ratio)
    }

    @Test("more traffic with its share of failures is no failure")
    func moreTraffic() {
        var scene = WatchScene()
        var random = Wave(seed: 4, correlation: 0)
        scene.run { minute in
            let factor = minute < 0 ? 1.0 : 3
            return [
                WatchScene.counter("requests_total", 500 * factor),
                WatchScene.counter("request_errors_total", random.poisson(5 * factor)),
            ]
        }
        #expect([.pass, .warn].contains(scene.watch.judgement.verdict))
        #expect(scene.watch.judgement.report?.metrics.map(\.name).contains("requests_total") == false)
    }

    @Test("the mean of a histogram is its sum by its count")
    func histogram() {
        var scene = WatchScene()
        var wave = Wave(seed: 5, correlation: 0.2)
        scene.run { minute in
            let mean = 0.1 * exp(0.1 * wave.next()) * (minute < 0 ? 1 : 3)
            return [
                WatchScene.counter("request_duration_seconds_sum", 200 * mean),
                WatchScene.counter("request_duration_seconds_count", 200),
                WatchScene.counter("request_duration_seconds_bucket", 7, labels: ["le": "1"]),
            ]
        }
        let judgement = scene.watch.judgement
        #expect(judgement.verdict == .fail)
        #expect(
            judgement.report?.metrics.map(\.name).filter { $0 != Judge.templatesName } == [
                "request_duration_seconds mean"
            ])
    }

    @Test("a counter that comes with its first failure had none before")
    func firstFailure() {
        var scene = WatchScene()
        scene.run { minute in
            var series = [WatchScene.level("latency", 100 + Double(minute % 3))]
            if minute >= 0 { series.append(WatchScene.counter("job_failures_total", 8)) }
            return series
        }
        #expect(scene.watch.judgement.verdict == .fail)
        #expect(scene.watch.judgement.report?.reasons.first?.contains("job_failures_total") == true)
    }

    @Test("a service that says nothing leaves it inconclusive, and says since when")
    func silent() {
        func reason(_ heard: (Int) -> Bool) -> String {
            var scene = WatchScene()
            scene.run { heard($0) ? [WatchScene.level("latency", 100 + Double($0 % 5))] : [] }
            let judgement = scene.watch.judgement
            #expect(judgement.verdict == .inconclusive && judgement.state == .done && scene.minutes == 30)
            return judgement.report?.reasons.first ?? ""
        }
        #expect(reason { _ in false } == "no data: nothing was heard of 'shop', before or since the change")
        #expect(reason { $0 < 0 } == "no data: nothing was heard of 'shop' since the change")
        #expect(
            reason { $0 >= 0 } == "no data: nothing that says which way is worse was heard of 'shop' before the change")
        #expect(reason { $0 < 3 } == "no data: nothing was heard of 'shop' in the last 27 minutes")
        #expect(
            reason { $0 < 0 || $0 % 3 == 2 } == "no data: 'shop' was heard of in only 10 of 30 minutes since the change"
        )
    }

    @Test("what no metric says which way is worse of, is not judged")
    func neutral() {
        var scene = WatchScene()
        scene.run { [WatchScene.level("queue_length", $0 < 0 ? 1 : 50)] }
        #expect(scene.watch.judgement.verdict == .inconclusive)
    }

    @Test("a canary is compared with what runs beside it, whatever was before")
    func canary() throws {
        for (labels, version) in [
            ((new: ["version": "2.0"], old: ["version": "1.9"]), "v2.0"),
            ((new: ["track": "canary"], old: ["track": "stable"]), ""),
            ((new: ["pod_template_hash": "bbb"], old: ["pod_template_hash": "aaa"]), ""),
        ] {
            for factor in [1.0, 3] {
                var scene = WatchScene(version: version)
                var waves = [Wave(seed: 6, correlation: 0.2), Wave(seed: 7, correlation: 0.2)]
                scene.run { minute in
                    // All of it is slower in the afternoon.
                    let daily = minute < 0 ? 100.0 : 400
                    let old = WatchScene.level("latency", daily * exp(0.1 * waves[0].next()), labels: labels.old)
                    let new = WatchScene.level(
                        "latency", daily * factor * exp(0.1 * waves[1].next()), labels: labels.new)
                    return minute < 0 ? [old] : [old, new]
                }
                let judgement = scene.watch.judgement
                #expect(judgement.verdict == (factor > 1 ? .fail : .pass), "\(labels)")
                if factor > 1 {
                    #expect(judgement.report?.reasons.first?.contains("the version that runs beside it") == true)
                }
            }
        }
    }

    @Test("when the old version has gone, the time before the change is what there is to compare with")
    func rolling() {
        for factor in [1.0, 3] {
            var scene = WatchScene()
            var wave = Wave(seed: 8, correlation: 0.2)
            scene.run { minute in
                let new = ["version": "v2"]
                let old = ["version": "v1"]
                let value = 100 * exp(0.1 * wave.next())
                guard minute >= 0 else { return [WatchScene.level("latency", value, labels: old)] }
                let series = [WatchScene.level("latency", value * (minute < 3 ? 1 : factor), labels: new)]
                return minute < 3
                    ? series + [WatchScene.level("latency", 100 * exp(0.1 * wave.next()), labels: old)] : series
            }
            let judgement = scene.watch.judgement
            #expect(judgement.verdict == (factor > 1 ? .fail : .pass))
            if factor > 1 {
                #expect(judgement.report?.reasons.first?.contains("the time before the change") == true)
            }
        }
    }

    @Test("services that were not changed and rise as well clear it; alone it fails")
    func controls() {
        for isCommon in [true, false] {
            var scene = WatchScene()
            var waves = (0..<3).map { Wave(seed: 10 + UInt64($0), correlation: 0.2) }
            scene.run { minute -> (series: [WatchMinute.Series], controls: [[WatchMinute.Series]]) in
                let values = waves.indices.map { index in
                    let rises = minute >= 0 && (index == 0 || isCommon)
                    return WatchScene.level("latency", 100 * exp(0.1 * waves[index].next()) * (rises ? 2 : 1))
                }
                return ([values[0]], [[values[1]], [values[2]]])
            }
            #expect(scene.watch.judgement.verdict == (isCommon ? .pass : .fail))
        }
    }

    @Test("what the time of day brings is expected, if the detector goes by it alone")
    func season() {
        for goesBySeason in [true, false] {
            var scene = WatchScene(goesBySeason: goesBySeason)
            var wave = Wave(seed: 20, correlation: 0.2)
            scene.run { minute in
                let daily = minute < 0 ? 100.0 : 200
                return [WatchScene.level("latency", daily * exp(0.1 * wave.next()), expected: daily)]
            }
            #expect(scene.watch.judgement.verdict == (goesBySeason ? .pass : .fail))
        }
    }

    @Test("another change ends the watch, and so does a change that is undone")
    func ends() {
        var scene = WatchScene()
        let other = Change(id: "d2", service: "shop", startedAt: WatchScene.noon + .minutes(5))
        scene.watch.supersede(by: other)
        #expect(scene.watch.judgement.state == .superseded && scene.watch.judgement.verdict == .inconclusive)
        #expect(scene.watch.judgement.report?.reasons.first?.contains("'d2'") == true)

        var undone = WatchScene()
        var report = undone.watch.change
        report.outcome = .rolledBack
        report.endedAt = WatchScene.noon + .minutes(1)
        undone.watch.take(report)
        #expect(undone.watch.judgement.state == .done)
        #expect(undone.watch.judgement.report?.reasons == ["the change was undone before it could be judged"])
    }

    @Test("a service that dies after two good minutes does not pass; one that fails in them does")
    func dies() {
        for errors in [0.0, 300] {
            var scene = WatchScene()
            scene.run { minute in
                guard minute < 2 else { return [] }
                return [
                    WatchScene.counter("http_requests_total", 400, labels: ["code": "200"]),
                    WatchScene.counter("http_requests_total", minute < 0 ? 0 : errors, labels: ["code": "503"]),
                ]
            }
            #expect(scene.watch.judgement.verdict == (errors > 0 ? .fail : .inconclusive))
        }
    }

    @Test("error lines of new templates warn")
    func templates() {
        var scene = WatchScene()
        for _ in 0..<40 {
            scene.watch.take(template: "t", text: "no route to <*>", isNew: true, at: WatchScene.noon + .seconds(1))
        }
        scene.watch.take(template: "old", text: "was there before", isNew: false, at: WatchScene.noon + .seconds(1))
        var wave = Wave(seed: 30, correlation: 0.2)
        scene.run { [latency(&wave, $0, factor: 1)] }
        #expect(scene.watch.judgement.verdict == .warn)
        #expect(scene.watch.judgement.report?.reasons.contains { $0.contains("no route to <*>") } == true)
    }

    @Test("saved and restored at any minute, the verdict is the same at the same minute")
    func restored() throws {
        func judgement(savedAt minute: Int?) throws -> ChangeJudgement {
            var scene = WatchScene()
            var wave = Wave(seed: 40)
            for number in -60..<30 where !scene.watch.isOver {
                if number == minute { scene.watch = try ChangeWatch(decoding: scene.watch.encoded()) }
                let series = number % 7 == 0 ? [] : [latency(&wave, number, factor: 3)]
                scene.watch.step(WatchMinute(number: WatchScene.noonMinute + Int64(number), series: series))
            }
            return scene.watch.judgement
        }
        let whole = try judgement(savedAt: nil)
        #expect(whole.state == .done)
        for minute in [-60, -30, 0, 1, 4] { #expect(try judgement(savedAt: minute) == whole) }
    }

    @Test("a change of long ago, or at the end of time, ends", arguments: [Int64.min, 0, .max])
    func extremes(milliseconds: Int64) {
        let time = Timestamp(milliseconds: milliseconds)
        let change = Change(
            id: "d1", service: "shop", startedAt: time, endedAt: WatchScene.noon, outcome: .success)
        var watch = ChangeWatch(change, settings: WatchSettings())
        for _ in 0..<300 where !watch.isOver { watch.step(WatchMinute(number: watch.next, series: [])) }
        #expect(watch.isOver)
        #expect(watch.judgement.verdict == .inconclusive)
    }
}
