import AuspexSignals
import AuspexTesting
import Testing

@testable import AuspexDetection

@Suite struct PoissonCountsTests {
    private func readings(_ values: [Double], _ specification: String = "poisson") throws -> [RawReading] {
        var stream = try DetectorRegistry.standard.makeStreaming(specification)
        return zip(minutes(values.count), values).map { stream.update(time: $0, value: $1) }
    }

    /// Poisson counts by Knuth's product of uniforms.
    private func counts(_ count: Int, mean: (Int) -> Double, seed: UInt64) -> [Double] {
        var random = SplitMix64(seed: seed)
        return (0..<count).map { row in
            var left = mean(row)
            var events = -1.0
            while left >= 0 {
                left += logarithm(max(random.uniform(), 1e-300))
                events += 1
            }
            return events
        }
    }

    /// Mid-p tails of the negative binomial distribution by SciPy 1.x (`nbinom.sf`, `.cdf`, `.pmf`).
    static let tails: [(mean: Double, variance: Double, count: Double, tail: Double)] = [
        (4, 4.5, 4, 0.5369926875923229), (4, 4.5, 12, 0.001350576505178844), (4, 4.5, 0, 0.011536904191067135),
        (0.02, 0.0201, 1, 0.009998771615101548), (0.02, 0.0201, 3, 1.2282999770076413e-06),
        (50, 55, 90, 7.567429708190604e-07), (50, 55, 20, 2.0404203921463324e-06),
        (50, 400, 150, 0.0002113110931601891), (3, 30, 40, 0.001830982500745913),
        (1000, 1010, 1200, 5.246316441254706e-10), (1000, 5000, 700, 1.4517104648862157e-06),
        (90000, 91000, 92000, 1.9756717192938107e-11), (90000, 300000, 85000, 8.896183434402942e-21),
        (200, 200.001, 300, 2.251212532625586e-11),
    ]

    @Test("tails are those of SciPy", arguments: tails.indices)
    func agreesWithSciPy(index: Int) {
        let (mean, variance, count, tail) = Self.tails[index]
        let found = NegativeBinomial(mean: mean, variance: variance).midTail(count)
        #expect(abs(found / tail - 1) < 1e-6, "\(found) \(tail)")
    }

    @Test(
        "tails of large counts are near those of SciPy in their logarithm",
        arguments: [
            (2e5, 2.1e5, 203_000, 3.290859413747167e-11), (2e5, 2e7, 150_000, 7.148126427370551e-35),
            (2e5, 2e7, 230_000, 7.365025077366178e-11), (3e5, 3e10, 2e6, 4.554965861196906e-07),
        ])
    func largeTails(mean: Double, variance: Double, count: Double, tail: Double) {
        let found = NegativeBinomial(mean: mean, variance: variance).midTail(count)
        #expect(abs(logarithm(found) / logarithm(tail) - 1) < 0.02, "\(found) \(tail)")
    }

    @Test("the mid-p tail is half the way between whole counts with and without the count itself")
    func midTail() {
        // Of a Poisson count of mean 2 (a variance but a little larger): P(X > 4) + P(X = 4)/2.
        let found = NegativeBinomial(mean: 2, variance: 2 + 1e-7).midTail(4)
        #expect(isClose(found, 0.052653017 + 0.090223522 / 2, within: 1e-6), "\(found)")
        let below = NegativeBinomial(mean: 2, variance: 2 + 1e-7).midTail(1)
        #expect(isClose(below, 0.135335283 + 0.270670566 / 2, within: 1e-6), "\(below)")
    }

    @Test("chances of Poisson counts are what they say, at low rates and high", arguments: [0.3, 3.0, 40.0])
    func calibration(mean: Double) throws {
        let scores = try readings(counts(20_000, mean: { _ in mean }, seed: 3)).dropFirst(500).map(\.rawScore)
        for level in [1.0, 2.0, 3.0] {
            let share = Double(scores.count { $0 >= level }) / Double(scores.count)
            let asked = logarithm(10) * -level
            #expect(share <= 1.8 * exponential(asked) + 3e-4, "mean \(mean), level \(level): \(share)")
        }
        let share = Double(scores.count { $0 >= 1 }) / Double(scores.count)
        #expect(share > 0.02, "\(share)")
    }

    @Test("over-dispersed counts are no anomalies because they are over-dispersed")
    func overdispersion() throws {
        var random = SplitMix64(seed: 4)
        // The rate of each interval is exponential with mean 20: variance 420.
        let rates = (0..<20_000).map { _ in -20 * logarithm(max(random.uniform(), 1e-300)) }
        let scores = try readings(counts(20_000, mean: { rates[$0] }, seed: 5)).dropFirst(500).map(\.rawScore)
        let share = Double(scores.count { $0 >= 3 }) / Double(scores.count)
        #expect(share < 6e-3, "\(share)")
    }

    @Test("zeros alone score nothing; the first event is as unlikely as they are many")
    func zeros() throws {
        let scores = try readings([Double](repeating: 0, count: 400) + [1, 0, 0, 9, 0]).map(\.rawScore)
        #expect(scores[..<400].allSatisfy { $0 == 0 })
        #expect((2...4).contains(scores[400]) && scores[401] == 0)
        #expect(scores[403] > 8 && scores[404] == 0)
    }

    @Test("too few events score as too many do")
    func outage() throws {
        var values = counts(600, mean: { _ in 30 }, seed: 6)
        values[500] = 0
        let scores = try readings(values).map(\.rawScore)
        #expect(scores[500] > 8)
        #expect(scores[501...].allSatisfy { $0 < 4.5 })
    }

    @Test("a burst hardly moves the rate, another rate is learned after six samples")
    func burstAndShift() throws {
        var values = counts(600, mean: { $0 < 400 ? 4 : 60 }, seed: 7)
        values[200] = 400
        let readings = try readings(values)
        #expect(readings[200].rawScore > 50)
        #expect(abs((readings[201].expectation?.value ?? 0) - 4) < 1)
        #expect(readings[400..<405].allSatisfy { $0.rawScore > 5 })
        #expect(readings[412...].allSatisfy { $0.rawScore < 4.5 })
    }

    @Test("fractions lie between whole counts; negative values are no counts and teach nothing")
    func unusualValues() throws {
        let next = NegativeBinomial(mean: 5, variance: 6)
        let scores = stride(from: 6.0, through: 20, by: 0.25).map { PoissonCounts.score($0, under: next) }
        #expect(zip(scores, scores.dropFirst()).allSatisfy { $0 <= $1 })
        var stream = try DetectorRegistry.standard.makeStreaming("poisson")
        for (time, value) in zip(minutes(60), counts(60, mean: { _ in 3 }, seed: 8)) {
            _ = stream.update(time: time, value: value)
        }
        let before = stream.snapshot()
        let reading = stream.update(time: Timestamp(milliseconds: 1_800_000_000_000), value: -1)
        #expect(reading == RawReading(readiness: .missing) && stream.snapshot() == before)
    }

    @Test("scores end at 300, and are finite for the largest counts", arguments: [1e6, 1e15, 1e140, 1.7e308])
    func extremes(value: Double) throws {
        let readings = try readings([Double](repeating: 1, count: 100) + [value, value, 1])
        #expect(readings[100].rawScore == PoissonCounts.largestScore)
        let high = try self.readings([Double](repeating: value, count: 100) + [0])
        #expect(high[..<100].allSatisfy { $0.rawScore == 0 })
        #expect(high[100].rawScore == PoissonCounts.largestScore)
    }
}
