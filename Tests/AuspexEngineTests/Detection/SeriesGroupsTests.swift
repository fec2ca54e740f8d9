import AuspexDetection
import AuspexSignals
import AuspexTesting
import Foundation
import Testing

@testable import AuspexEngine

@Suite("Groups of series") struct SeriesGroupsTests {
    private static let size = 30
    private static let history = 400

    private func labels(_ place: Int) -> Labels {
        Labels(["__name__": "m", "service": "shop", "host": "h\(place)"])
    }

    private let lone = Labels(["__name__": "m", "host": "x"])

    /// A stage that holds the share of false alarms in groups by these labels.
    private func stage(_ labels: [String]?) throws -> DetectionStage {
        try stage(
            labels.map { labels in
                var policy = GroupPolicy(labels: labels)
                policy.falseDiscovery = 0.1
                policy.joint = false
                return policy
            })
    }

    private func stage(
        _ groups: GroupPolicy?, budget: AlertAllowance? = nil, window: DeployWindowPolicy = DeployWindowPolicy()
    ) throws -> DetectionStage {
        try DetectionStage(
            detector: "ewma", budget: budget, partitions: 2, seriesLimit: 100, deployWindow: window, groups: groups)
    }

    /// A batch of a sample each at a minute, shifted for some.
    private func batch(_ minute: Int, _ random: inout SplitMix64, shift: [Int: Double] = [:]) -> SignalBatch {
        let time = noon + .minutes(Int64(minute))
        return SignalBatch(
            series: (0...Self.size).map { place in
                let value = random.gaussian() + shift[place, default: 0]
                return SeriesSamples(
                    labels: place == Self.size ? lone : labels(place), samples: [Sample(time: time, value: value)])
            })
    }

    private func readings(_ stage: DetectionStage, _ batch: SignalBatch) async -> [Labels: Reading] {
        var readings: [Labels: Reading] = [:]
        for case .reading(let labels, let reading, _) in await stage.process(batch, now: noon).observations {
            readings[labels] = reading
        }
        return readings
    }

    /// The stage after its history.
    private func learned(_ labels: [String]?, _ random: inout SplitMix64) async throws -> DetectionStage {
        let stage = try stage(labels)
        for minute in 0..<Self.history { _ = await stage.process(batch(minute, &random), now: noon) }
        return stage
    }

    /// The readings of groups that a batch led to.
    private func joint(_ stage: DetectionStage, _ batch: SignalBatch) async -> [Reading] {
        await stage.process(batch, now: noon).observations.compactMap { observation in
            guard case .group(let labels, let reading) = observation else { return nil }
            #expect(labels == Labels(["__name__": GroupPolicy.seriesName, "service": "shop"]))
            return reading
        }
    }

    private static let together = GroupPolicy(labels: ["service"])

    /// Samples until a group is ready: those of its members' detector and calibration, and its own calibration's.
    private static let jointHistory = 700

    /// A stage whose groups have readings of their own, after its history.
    private func jointlyLearned(
        _ random: inout SplitMix64, budget: AlertAllowance? = nil, window: DeployWindowPolicy = DeployWindowPolicy()
    ) async throws -> DetectionStage {
        let stage = try stage(Self.together, budget: budget, window: window)
        for minute in 0..<Self.jointHistory { _ = await stage.process(batch(minute, &random), now: noon) }
        return stage
    }

    /// All series of the group a little strange, none of them an anomaly by itself.
    private static let slight = Dictionary(uniqueKeysWithValues: (0..<size).map { ($0, 1.8) })

    @Test("one of thirty that is strange is held back and says so; alone, and outside of groups, it is an anomaly")
    func heldBack() async throws {
        for (groupBy, isHeldBack) in [(["service"], true), (nil, false), (["team"], false)] as [([String]?, Bool)] {
            var random = SplitMix64(seed: 41)
            let stage = try await learned(groupBy, &random)
            let last = batch(Self.history, &random, shift: [3: 5.5, Self.size: 5.5])
            let outcome = await stage.process(last, now: noon)
            var found: [Labels: Reading] = [:]
            for case .reading(let labels, let reading, _) in outcome.observations { found[labels] = reading }
            let reading = try #require(found[labels(3)])
            #expect(reading.isAnomalous != isHeldBack && reading.pValue < 0.001, "\(reading)")
            #expect(outcome.heldBack == (isHeldBack ? 1 : 0))
            let kept = stage.series(named: "m", with: ["host": "h3"]).first?.latest
            #expect(kept?.isAnomalous != isHeldBack && kept?.reason == reading.reason)
            let reason = "held back: among 30 series one like it is to be expected"
            #expect(reading.reason?.hasPrefix(reason) ?? false == isHeldBack)
            #expect(found[lone]?.isAnomalous == true)
        }
    }

    @Test("many that are strange at once are confirmed, and stay so for their episode, through a restart")
    func confirmed() async throws {
        var random = SplitMix64(seed: 42)
        let stage = try await learned(["service"], &random)
        let all = Dictionary(uniqueKeysWithValues: (0..<Self.size).map { ($0, 9.0) })
        let together = await readings(stage, batch(Self.history, &random, shift: all))
        #expect(together.count { $0.value.isAnomalous && $0.key != lone } == Self.size)

        let (kept, forgotten) = (try self.stage(["service"]), try self.stage(["service"]))
        for watched in stage.series(named: "m") {
            try kept.restore(watched.snapshot(), now: noon)
            try forgotten.restore(watched.snapshot(), now: noon)
        }
        try kept.restoreGroups(stage.groupsSnapshot())
        let next = batch(Self.history + 1, &random, shift: [3: 6])
        #expect(await readings(kept, next)[labels(3)]?.isAnomalous == true)
        #expect(await readings(forgotten, next)[labels(3)]?.isAnomalous == false)
    }

    @Test("a tick may come in parts: what is strange in the last of them counts beside what was in the others")
    func parts() async throws {
        var random = SplitMix64(seed: 45)
        let stage = try await learned(["service"], &random)
        let some = Dictionary(uniqueKeysWithValues: (10..<Self.size).map { ($0, 5.5) })
        let whole = batch(Self.history, &random, shift: some)
        var anomalies: [Int] = []
        for part in whole.series.dropLast() {
            let found = await readings(stage, SignalBatch(series: [part]))
            anomalies.append(found.count { $0.value.isAnomalous })
        }
        #expect(anomalies[10] == 0 && anomalies.last == 1, "\(anomalies)")
        // What was strange counts no more once it is calm again.
        _ = await stage.process(batch(Self.history + 1, &random), now: noon)
        let lone = batch(Self.history + 2, &random, shift: [3: 5.5])
        let found = await readings(stage, SignalBatch(series: [lone.series[4], lone.series[3]]))
        #expect(found[labels(3)]?.isAnomalous == false && found[labels(3)]?.pValue ?? 1 < 0.001)
    }

    @Test("episodes at another rate, or of other groups, are not taken on")
    func otherGroups() async throws {
        var random = SplitMix64(seed: 43)
        let stage = try await learned(["service"], &random)
        let all = Dictionary(uniqueKeysWithValues: (0..<Self.size).map { ($0, 9.0) })
        _ = await stage.process(batch(Self.history, &random, shift: all), now: noon)
        let next = batch(Self.history + 1, &random, shift: [3: 6])
        let bytes = stage.groupsSnapshot()
        for (labels, rate, goesOn) in [
            (["service"], 0.1, true), (["service"], 0.05, false), (["__name__"], 0.1, false),
        ] {
            var policy = GroupPolicy(labels: labels)
            (policy.falseDiscovery, policy.joint) = (rate, false)
            let other = try self.stage(policy)
            for watched in stage.series(named: "m") { try other.restore(watched.snapshot(), now: noon) }
            try other.restoreGroups(bytes)
            // What was strange is calm again, so that only the episodes speak.
            _ = await other.process(batch(Self.history + 1, &random), now: noon)
            let later = SignalBatch(
                series: next.series.map { one in
                    SeriesSamples(
                        labels: one.labels,
                        samples: one.samples.map { Sample(time: $0.time + .minutes(1), value: $0.value) })
                })
            #expect(await readings(other, later)[self.labels(3)]?.isAnomalous == goesOn, "\(labels) at \(rate)")
        }
        #expect(throws: DetectorError.self) { try self.stage(["service"]).restoreGroups(Array(bytes.dropLast())) }
        #expect(try self.stage(nil).groupsSnapshot().isEmpty)
    }

    @Test("series of which nothing is heard no longer count")
    func silent() async throws {
        var random = SplitMix64(seed: 44)
        let stage = try await learned(["service"], &random)
        let later = noon + .hours(48)
        var only = batch(Self.history, &random)
        only.series = only.series.filter { $0.labels == labels(3) || $0.labels == lone }
        _ = await stage.process(only, now: later)
        _ = stage.removeSilent(since: noon + .hours(1))
        var last = batch(Self.history + 1, &random, shift: [3: 40])
        last.series = last.series.filter { $0.labels == labels(3) }
        #expect(await readings(stage, last)[labels(3)]?.isAnomalous == true)
    }

    // MARK: Readings of groups

    @Test("a group in which everything is a little strange is an anomaly, though none of its series is")
    func jointly() async throws {
        var random = SplitMix64(seed: 46)
        let stage = try await jointlyLearned(&random)
        let calm = await joint(stage, batch(Self.jointHistory, &random))
        #expect(calm.count == 1 && !calm[0].isAnomalous && calm[0].readiness == .ready)
        let strange = batch(Self.jointHistory + 1, &random, shift: Self.slight)
        let outcome = await stage.process(strange, now: noon)
        var (alone, whole) = (0, Reading?.none)
        for observation in outcome.observations {
            switch observation {
            case .reading(_, let reading, _): alone += reading.isAnomalous ? 1 : 0
            case .group(_, let reading): whole = reading
            case .ended: break
            }
        }
        let reading = try #require(whole)
        #expect(alone == 0 && reading.isAnomalous && reading.time == noon + .minutes(Int64(Self.jointHistory + 1)))
        #expect(reading.reason?.contains("m{host=\"h") == true, "\(reading)")
    }

    @Test("readings of groups do not depend on how a tick is cut into batches, nor on restarts")
    func jointParts() async throws {
        var random = SplitMix64(seed: 47)
        let (whole, parted) = (try stage(Self.together), try stage(Self.together))
        var cut = parted
        var (expected, found) = ([Reading](), [Reading]())
        for minute in 0..<Self.jointHistory {
            let tick = batch(minute, &random)
            expected += await joint(whole, tick)
            for part in [tick.series.prefix(11), tick.series.dropFirst(11)] {
                found += await joint(cut, SignalBatch(series: Array(part)))
                guard random.uniform() < 0.01 else { continue }
                let other = try stage(Self.together)
                for watched in cut.series(named: "m") { try other.restore(watched.snapshot(), now: noon) }
                try other.restoreGroups(cut.groupsSnapshot())
                cut = other
            }
        }
        #expect(expected.count > Self.jointHistory / 3 && found.count == expected.count)
        let first = zip(expected, found).first { $0 != $1 }
        #expect(first == nil, "\(first.map { "\($0.0.time) \($0.0.value) and \($0.1.time) \($0.1.value)" } ?? "")")
    }

    /// A batch of the markers that these series have ended.
    private func ends(_ minute: Int, of series: Range<Int>) -> SignalBatch {
        let marker = Sample(time: noon + .minutes(Int64(minute)), value: Double(bitPattern: Sample.staleBits))
        return SignalBatch(series: series.map { SeriesSamples(labels: labels($0), samples: [marker]) })
    }

    @Test("a member that fails keeps no reading from being made for long, and one that has ended none at all")
    func silentMember() async throws {
        var random = SplitMix64(seed: 48)
        let stage = try await jointlyLearned(&random)
        var counts: [Int] = []
        for minute in Self.jointHistory..<Self.jointHistory + 7 {
            var tick = batch(minute, &random)
            if minute > Self.jointHistory { tick.series.removeFirst() }
            if minute == Self.jointHistory + 5 { tick.series += ends(minute, of: 0..<1).series }
            counts.append(await joint(stage, tick).count)
        }
        // While it is waited for, readings come with the next round.
        #expect(counts == [1, 0, 1, 1, 1, 2, 1])
        #expect(stage.groups(with: [:]).map(\.size) == [Self.size - 1])
    }

    @Test("members that come less often count with the last that they said, whatever the batches")
    func paces() async throws {
        var random = SplitMix64(seed: 50)
        let stage = try stage(Self.together)
        var last = 0
        for minute in 0..<Self.jointHistory * 4 {
            // The first ten come every fourth time only, in a batch of their own.
            let tick = batch(minute, &random, shift: minute == Self.jointHistory * 4 - 1 ? Self.slight : [:])
            if minute % 4 == 3 { last += await joint(stage, SignalBatch(series: Array(tick.series.prefix(10)))).count }
            last += await joint(stage, SignalBatch(series: Array(tick.series.dropFirst(10)))).count
        }
        let status = try #require(stage.groups(with: ["service": "shop"]).first)
        #expect(status.size == Self.size && status.shares.count == Self.size)
        #expect(last > Self.jointHistory)
        #expect(status.latest?.isAnomalous == true)
    }

    @Test("a group ends with the last of its series, once, and so do its alerts")
    func end() async throws {
        var random = SplitMix64(seed: 51)
        let stage = try await jointlyLearned(&random)
        func ended(_ outcome: DetectionStage.Outcome) -> [Labels] {
            outcome.observations.compactMap { if case .ended(let labels, _) = $0 { labels } else { nil } }
        }
        let own = Labels(["__name__": GroupPolicy.seriesName, "service": "shop"])
        let first = await stage.process(ends(Self.jointHistory, of: 0..<29), now: noon)
        #expect(ended(first).count == 29 && !ended(first).contains(own))
        let second = await stage.process(ends(Self.jointHistory, of: 29..<30), now: noon)
        #expect(ended(second) == [labels(29), own])
        #expect(ended(await stage.process(ends(Self.jointHistory + 1, of: 0..<30), now: noon)).isEmpty)
        #expect(ended(await stage.process(ends(0, of: 99..<100), now: noon)).contains(own) == false)
    }

    @Test("a group that has shrunk to a third is read again once that is usual")
    func shrunk() async throws {
        var random = SplitMix64(seed: 53)
        let stage = try await jointlyLearned(&random)
        _ = await stage.process(ends(Self.jointHistory, of: 10..<30), now: noon)
        var read: [Int] = []
        for minute in Self.jointHistory + 1..<Self.jointHistory + 300 {
            let rest = SignalBatch(series: Array(batch(minute, &random).series.prefix(10)))
            if await joint(stage, rest).isEmpty == false { read.append(minute - Self.jointHistory) }
        }
        #expect((100...180).contains(read.first ?? 0) && read.last == 299, "from \(read.first ?? 0) on")
    }

    @Test("a calibration of another detector's readings is not taken on")
    func otherDetector() async throws {
        var random = SplitMix64(seed: 52)
        let stage = try await jointlyLearned(&random)
        let other = try DetectionStage(
            detector: "ewma:halflife=30", partitions: 2, seriesLimit: 100, groups: Self.together)
        for watched in stage.series(named: "m") { try other.restore(watched.snapshot(), now: noon) }
        try other.restoreGroups(stage.groupsSnapshot())
        for minute in Self.jointHistory..<Self.jointHistory + 400 {
            for reading in await joint(other, batch(minute, &random)) { #expect(reading.readiness != .ready) }
        }
    }

    @Test("the window of a change mutes the group of its service, and a budget sets the group's rate")
    func windowsAndBudget() async throws {
        for policy in [DeployWindowPolicy.Effect.none, .mute] {
            var random = SplitMix64(seed: 49)
            var window = DeployWindowPolicy()
            window.effect = policy
            let stage = try await jointlyLearned(&random, window: window)
            let moment = noon + .minutes(Int64(Self.jointHistory))
            stage.open(Change(id: "1", kind: .deploy, service: "shop", startedAt: moment))
            let reading = await joint(stage, batch(Self.jointHistory, &random, shift: Self.slight)).first
            #expect(reading?.isAnomalous == (policy == .none))
            #expect(stage.groups(with: [:]).first?.latest == reading)
            #expect(reading?.pValue ?? 1 < 0.001)
        }
        var random = SplitMix64(seed: 49)
        let strict = try await jointlyLearned(&random, budget: AlertAllowance("1/month"))
        let reading = await joint(strict, batch(Self.jointHistory, &random, shift: Self.slight)).first
        // One in 43,200 ticks instead of one in a thousand.
        let usual = log(0.001) / log(1.0 / 43_200)
        let expected = log(reading?.pValue ?? 1) / log(0.001) * usual
        #expect(abs((reading?.anomalyScore ?? 0) - expected) < 0.05)
    }
}
