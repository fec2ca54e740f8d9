import AuspexSignals
import AuspexTesting
import Foundation
import Testing

@testable import AuspexDetection

@Suite("Streams of groups") struct GroupStreamTests {
    private static let names = (0..<12).map { "h\($0)" }

    private func time(_ tick: Int) -> Timestamp { Timestamp(milliseconds: Int64(tick) * 60_000) }

    /// Strangeness of members that err alone: exponential with mean 1, as −ln p is.
    private func calm(_ random: inout SplitMix64) -> [GroupStream.Member] {
        Self.names.map { GroupStream.Member(name: $0, strangeness: -log(1 - random.uniform())) }
    }

    private func learned(_ random: inout SplitMix64, ticks: Int = 1_000) throws -> GroupStream {
        var group = try GroupStream()
        for tick in 0..<ticks { _ = group.update(time: time(tick), members: calm(&random)) }
        return group
    }

    @Test("many that are a little strange are an anomaly of the group, and the reason names those that most are")
    func together() throws {
        var random = SplitMix64(seed: 51)
        var group = try learned(&random)
        // None of these would be an anomaly by itself: e⁻³ is 0.05.
        var members = Self.names.map { GroupStream.Member(name: $0, strangeness: 3) }
        members[4].strangeness = 4
        members[7].strangeness = 3.5
        let reading = group.update(time: time(1_000), members: members)
        #expect(reading.isAnomalous && reading.pValue < 0.001)
        #expect(reading.value == 37.5 / 12)
        #expect(reading.reason == "h4 11 %, h7 9 %, h0 8 %")
        let shares = GroupStream.shares(of: members)
        let sum = shares.reduce(0) { $0 + $1.share }
        #expect(shares.count == 12)
        #expect(abs(sum - 1) < 1e-12)
    }

    @Test("one member that is as strange as can be does not speak for all")
    func alone() throws {
        for strangeness in [100, Double.infinity, .nan] {
            var random = SplitMix64(seed: 52)
            var group = try learned(&random)
            var members = Self.names.map { GroupStream.Member(name: $0, strangeness: 1) }
            members[3].strangeness = strangeness
            let reading = group.update(time: time(1_000), members: members)
            #expect(!reading.isAnomalous)
            #expect(reading.rawScore == (11 + GroupStream.mostStrangeness) / 12)
        }
    }

    @Test("calm groups alert about as often as asked, and what always errs together is no surprise")
    func rate() throws {
        for isShared in [false, true] {
            var random = SplitMix64(seed: 53)
            var group = try GroupStream()
            var (events, last) = (0, -1_000)
            for tick in 0..<40_000 {
                let shared = -log(1 - random.uniform())
                let members = calm(&random).map {
                    GroupStream.Member(
                        name: $0.name, strangeness: isShared ? (shared + $0.strangeness) / 2 : $0.strangeness)
                }
                guard group.update(time: time(tick), members: members).isAnomalous else { continue }
                if tick - last > AlertBudget.episode { events += 1 }
                last = tick
            }
            #expect((20...60).contains(events), "\(events) events, 40 are asked")
        }
    }

    @Test(
        "of fewer members than usual a mean is further off by chance: no more alerts for that, and none of less than half"
    )
    func fewer() throws {
        var random = SplitMix64(seed: 56)
        var group = try GroupStream()
        for tick in 0..<2_000 { _ = group.update(time: time(tick), members: calm(&random)) }
        var (alerts, missing) = (0, 0)
        for tick in 0..<3_000 {
            var learned = group
            let half = learned.update(time: time(2_000), members: Array(calm(&random).prefix(7)))
            alerts += half.isAnomalous ? 1 : 0
            let few = learned.update(time: time(2_001 + tick), members: Array(calm(&random).prefix(4)))
            missing += few.readiness == .missing ? 1 : 0
        }
        // Three are asked; without the correction there would be some 40.
        #expect(alerts <= 12, "\(alerts) of 3,000")
        #expect(missing == 3_000)
    }

    @Test(
        "usual samples are about as strange with every detector",
        arguments: ["ewma", "auto", "auto:profile=light", "knn:stored=64", "poisson"])
    func unit(detector: String) throws {
        var random = SplitMix64(seed: 57)
        var stream = try CalibratedStream(detector)
        var (sum, count) = (0.0, 0)
        for row in 0..<3_000 {
            let value = detector == "poisson" ? (20 + 4 * random.gaussian()).rounded() : random.gaussian()
            let reading = stream.update(time: time(row), value: value)
            guard reading.readiness == .ready else {
                #expect(reading.strangeness == 0)
                continue
            }
            sum += min(reading.strangeness, GroupStream.mostStrangeness)
            count += 1
        }
        #expect((0.6...1.5).contains(sum / Double(count)), "\(sum / Double(count))")
    }

    @Test("too few members, and ticks that are not later, say and teach nothing")
    func left() throws {
        var random = SplitMix64(seed: 54)
        var group = try learned(&random, ticks: 300)
        let bytes = group.snapshot()
        let few = group.update(time: time(300), members: Array(calm(&random).prefix(1)))
        #expect(few.readiness == .missing)
        #expect(group.update(time: time(299), members: calm(&random)).readiness == .missing)
        var other = try GroupStream(restoring: bytes)
        for tick in 300..<400 {
            let members = calm(&random)
            #expect(
                group.update(time: time(tick), members: members) == other.update(time: time(tick), members: members))
        }
        #expect(GroupStream.Member("h", Reading(time: time(0), value: 1, readiness: .missing)) == nil)
        #expect(GroupStream.shares(of: []).isEmpty)
        #expect(GroupStream.shares(of: [GroupStream.Member(name: "h", strangeness: 0)]).map(\.share) == [0])
    }

    @Test("it warms up, and goes on from any snapshot as if it had not ended; other bytes are refused")
    func restored() throws {
        var random = SplitMix64(seed: 55)
        var group = try GroupStream(alpha: 0.01)
        var other = group
        for tick in 0..<500 {
            let members = calm(&random)
            let reading = group.update(time: time(tick), members: members)
            #expect((reading.readiness == .ready) == (tick >= StreamingCalibrator.warmUp))
            #expect(reading == other.update(time: time(tick), members: members))
            if random.uniform() < 0.1 { other = try GroupStream(restoring: other.snapshot()) }
        }
        let bytes = group.snapshot()
        #expect(throws: DetectorError.self) { try GroupStream(restoring: Array(bytes.dropLast())) }
        #expect(throws: DetectorError.self) { try GroupStream(restoring: []) }
        #expect(throws: DetectorError.self) { try GroupStream(alpha: 2) }
    }
}
