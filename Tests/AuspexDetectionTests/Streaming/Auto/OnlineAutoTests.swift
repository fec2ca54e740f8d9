import AuspexSignals
import AuspexTesting
import Foundation
import Testing

@testable import AuspexDetection

@Suite struct OnlineAutoTests {
    private func time(_ row: Int) -> Timestamp { Timestamp(milliseconds: Int64(row) * 60_000) }

    /// The rarities of a series by a profile, a minute apart.
    private func rarities(_ values: [Double], profile: String) throws -> [Double] {
        var stream = try DetectorRegistry.standard.makeStreaming("auto:profile=\(profile)")
        return values.indices.map { stream.update(time: time($0), value: values[$0]).rarity ?? -1 }
    }

    @Test("a series' state has the size that is stated")
    func size() {
        #expect(OnlineLayout.full.bytes <= 10 * 1_024)
        #expect(OnlineLayout.light.bytes <= 1_536)
    }

    @Test("after n equal values a change has the harmonic mean of its ranks, and neighbours of it are no news")
    func constantThenChange() throws {
        var values = [Double](repeating: 7, count: 420)
        values[300] = 9
        values[301] = 9
        let light = try rarities(values, profile: "light")
        #expect(light[..<300].allSatisfy { $0 == 0 })
        // Value 1/301, both medians 1: 0.5 · 301 + 0.2 + 0.3.
        #expect(abs(light[300] - log10(151)) < 1e-3)
        #expect(light[301] == 0)
        let full = try rarities(values, profile: "full")
        #expect(full[300] > 2 && full[..<300].allSatisfy { $0 == 0 })
    }

    @Test("moving and scaling a series changes next to nothing", arguments: ["full", "light"])
    func affine(profile: String) throws {
        let values = GeneratedSeries(seed: 4, rows: 800).values
        let base = try rarities(values, profile: profile)
        let doubled = try rarities(values.map { $0 * 1_024 }, profile: profile)
        #expect(doubled == base)
        let moved = try rarities(values.map { $0 * 1e-9 + 1e-3 }, profile: profile)
        let differences = zip(base, moved).map { abs($0 - $1) }
        #expect(differences.sorted()[differences.count * 99 / 100] < 0.05)
    }

    @Test("a level shift soon after a spike is told, too")
    func shiftAfterSpike() throws {
        for seed in 1...5 as ClosedRange<UInt64> {
            var random = SplitMix64(seed: seed)
            var noise = 0.0
            let values = (0..<900).map { row in
                noise = 0.8 * noise + random.gaussian()
                return 50 + noise + (row == 700 ? 18 : 0) + (row >= 780 ? 14 : 0)
            }
            var stream = try CalibratedStream("auto")
            let anomalous = values.indices.filter { stream.update(time: time($0), value: values[$0]).isAnomalous }
            #expect(anomalous.contains(700), "seed \(seed): \(anomalous)")
            #expect(anomalous.contains { (780..<800).contains($0) }, "seed \(seed): \(anomalous)")
        }
    }

    @Test("a way that the series never went is told though all its values are common")
    func brokenRhythm() throws {
        var random = SplitMix64(seed: 8)
        var values = (0..<3_000).map { row in
            10 * sin(2 * .pi * Double(row) / 60) + 0.1 * random.gaussian()
        }
        // A quarter of a period stands still in the middle of the range.
        for row in 2_500..<2_540 { values[row] = 1 + 0.1 * random.gaussian() }
        var stream = try DetectorRegistry.standard.makeStreaming("auto")
        let severities = values.indices.map { stream.update(time: time($0), value: values[$0]).rawScore }
        let normal = severities[1_000..<2_400].max() ?? 0
        #expect((severities[2_500..<2_540].max() ?? 0) > 2 * normal)
    }

    @Test("a gap ends what was just before it, and not what was ever seen")
    func gap() throws {
        var with = try DetectorRegistry.standard.makeStreaming("auto:profile=light")
        var random = SplitMix64(seed: 6)
        for row in 0..<500 { _ = with.update(time: time(row), value: random.gaussian()) }
        // 70 times the usual step is a gap: the medians begin with the value itself.
        let later = with.update(time: time(570), value: 0.01)
        #expect((later.rarity ?? 9) < 1)
        #expect((with.update(time: time(571), value: 500).rarity ?? 0) > 2)
    }

    @Test(
        "values at the ends of what a number can be are judged and leave the state whole",
        arguments: ["full", "light"])
    func extremes(profile: String) throws {
        var stream = try DetectorRegistry.standard.makeStreaming("auto:profile=\(profile)")
        let ends = [1.7e308, -1.7e308, 0, Double.leastNonzeroMagnitude, -Double.leastNonzeroMagnitude, 1e300, 1, -1]
        for row in 0..<400 {
            let reading = stream.update(time: time(row), value: ends[row * 7 % ends.count])
            #expect(reading.rawScore.isFinite && reading.rawScore >= 0)
            #expect(reading.rarity.map { $0.isFinite && $0 >= 0 } ?? false)
        }
        let restored = try DetectorRegistry.standard.restoreStreaming("auto", from: stream.snapshot())
        #expect(restored.snapshot() == stream.snapshot())
    }

    @Test("a profile that is none is refused")
    func profile() {
        #expect(throws: DetectorError.self) { try DetectorRegistry.standard.makeStreaming("auto:profile=heavy") }
    }
}

extension OnlineAutoTests {
    @Test("a jump over more than single precision holds is judged, after a series that all but stood still")
    func widestJump() throws {
        var random = SplitMix64(seed: 3)
        var stream = try DetectorRegistry.standard.makeStreaming("auto")
        for row in 0..<2_000 {
            let value = row == 1 ? 1 : row == 1_500 ? 1e30 : 1e-21 * random.gaussian()
            let reading = stream.update(time: Timestamp(milliseconds: Int64(row) * 1_000), value: value)
            #expect(reading.rawScore.isFinite && reading.rawScore >= 0, "row \(row)")
        }
    }

    @Test("a reading beyond the line says what about it is new", arguments: ["full", "light"])
    func reasons(profile: String) throws {
        var stream = try CalibratedStream("auto:profile=\(profile)")
        var random = SplitMix64(seed: 3)
        for row in 0..<600 {
            let reading = stream.update(time: time(row), value: 40 + (random.uniform() * 10).rounded())
            #expect((reading.reason != nil) == reading.isAnomalous)
        }
        let spike = try #require(stream.update(time: time(600), value: 93).reason)
        #expect(spike.hasPrefix("a value of 93 is 43 from any before ("), "\(spike)")
        let level = (601..<700).compactMap { stream.update(time: time($0), value: 60).reason }
        #expect(level.contains { $0.contains("a median of 15 samples of 60 is ") }, "\(level)")
    }
}
