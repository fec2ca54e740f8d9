import AuspexSignals
import AuspexTesting
import Foundation
import Testing

@testable import AuspexDetection

@Suite("False alarms among related series")
struct EpisodeControlTests {
    private func candidates(_ pValues: [Double], line: Double = 1e-3) -> [EpisodeControl.Candidate] {
        pValues.enumerated().map {
            EpisodeControl.Candidate(series: UInt64($0), pValue: $1, isCandidate: $1 <= line)
        }
    }

    // MARK: One tick

    @Test("e-BH finds what its definition finds, on random p-values")
    func naiveTwin() {
        var random = SplitMix64(seed: 1)
        for _ in 0..<300 {
            let size = 1 + Int(random.uniform() * 12)
            let pValues = (0..<size).map { _ in pow(10, -8 * random.uniform()) }
            let found = EpisodeControl.confirmed(pValues, size: size, alpha: 0.1)
            // The largest k such that at least k e-values reach n/(αk), tried one by one.
            let values = pValues.map { 0.5 * pow($0, -0.5) }
            let ranks = (1...size).filter { rank in
                values.count { $0 >= Double(size) / (0.1 * Double(rank)) * (1 - 1e-12) } >= rank
            }
            let expected = values.map { value in
                ranks.last.map { value >= Double(size) / (0.1 * Double($0)) * (1 - 1e-12) } ?? false
            }
            #expect(found == expected, "\(pValues)")
        }
    }

    @Test("a lone series among fifty needs p of a millionth, several together less, and absent ones count")
    func line() {
        let rest = [Double](repeating: 0.5, count: 49)
        #expect(EpisodeControl.confirmed([0.99e-6] + rest, size: 50, alpha: 0.1)[0])
        #expect(!EpisodeControl.confirmed([1.01e-6] + rest, size: 50, alpha: 0.1)[0])
        #expect(EpisodeControl.confirmed([9e-6, 9e-6, 9e-6, 9e-6] + rest.dropLast(3), size: 50, alpha: 0.1)[0])
        #expect(!EpisodeControl.confirmed([0.99e-6], size: 100, alpha: 0.1)[0])
        #expect(EpisodeControl.confirmed([], size: 0, alpha: 0.1).isEmpty)
        #expect(EpisodeControl.confirmed([.nan, 0, -1, 2], size: 4, alpha: 0.1) == [false, false, false, false])
    }

    // MARK: Episodes

    @Test("what was confirmed stays so for its episode; after a longer gap it is tested anew")
    func episode() throws {
        var control = try EpisodeControl(gap: 3)
        let weak = [1e-4] + [Double](repeating: 0.5, count: 49)
        let strong = [1e-8] + weak.dropFirst()
        let quiet = [Double](repeating: 0.5, count: 50)
        #expect(control.decide(candidates(weak))[0] == .heldBack)
        #expect(control.decide(candidates(strong))[0] == .confirmed)
        #expect(control.decide(candidates(weak))[0] == .confirmed)
        for _ in 0..<3 { #expect(control.decide(candidates(quiet))[0] == .normal) }
        #expect(control.decide(candidates(weak))[0] == .confirmed)
        for _ in 0..<4 { _ = control.decide(candidates(quiet)) }
        #expect(control.decide(candidates(weak))[0] == .heldBack)
    }

    @Test("a rate outside 0 to 1 is refused", arguments: [0, 1, -0.1, .nan])
    func alpha(value: Double) {
        #expect(throws: DetectorError.self) { try EpisodeControl(alpha: value) }
    }

    // MARK: Simulation

    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var correlation = 0.0
        var common = 0.0
        var deviation = 1.0
        /// The least share of true episodes that must be found.
        var power: Double
    }

    /// Our streaming recipe's four cases: 50 series of 400 ticks, 0.5 % of them anomalous by 4 deviations in episodes of
    /// ten.
    static let cases = [
        Case(testDescription: "independent", power: 0.7),
        Case(testDescription: "autocorrelated", correlation: 0.8, power: 0.5),
        Case(testDescription: "with a common factor", correlation: 0.8, common: 0.5, power: 0.5),
        Case(
            testDescription: "with more spread than assumed", correlation: 0.8, common: 0.5, deviation: 1.15, power: 0.6
        ),
    ]
    private static let series = 50
    private static let ticks = 400
    private static let length = 10

    /// Values of all series by tick, and which of them are anomalous.
    private func simulate(
        _ wanted: Case, before history: Int, _ random: inout SplitMix64
    ) -> (values: [[Double]], truth: [[Bool]]) {
        let innovation = (1 - wanted.correlation * wanted.correlation).squareRoot()
        var own = (0..<Self.series).map { _ in random.gaussian() }
        var shared = random.gaussian()
        var values: [[Double]] = []
        for _ in 0..<history + Self.ticks {
            shared = wanted.correlation * shared + innovation * random.gaussian()
            for place in own.indices { own[place] = wanted.correlation * own[place] + innovation * random.gaussian() }
            values.append(
                own.map {
                    wanted.deviation * ((1 - wanted.common).squareRoot() * $0 + wanted.common.squareRoot() * shared)
                })
        }
        var truth = [[Bool]](repeating: [Bool](repeating: false, count: Self.series), count: history + Self.ticks)
        let episodes = Self.series * Self.ticks / 200 / Self.length
        for _ in 0..<episodes {
            let place = Int(random.uniform() * Double(Self.series))
            let start = history + Int(random.uniform() * Double(Self.ticks - Self.length))
            for tick in start..<start + Self.length where !truth[tick][place] {
                truth[tick][place] = true
                values[tick][place] += 4
            }
        }
        return (values, truth)
    }

    /// Episodes of verdicts that are false, and true episodes that are found.
    private struct Count {
        var alarms = 0
        var falseAlarms = 0
        var events = 0
        var found = 0
        var rates: [Double] = []

        mutating func add(_ confirmed: [[Bool]], _ truth: [[Bool]], gap: Int) {
            var (alarms, wrong) = (0, 0)
            for place in truth[0].indices {
                for alarm in Self.runs(confirmed.map { $0[place] }, gap: gap) {
                    alarms += 1
                    if !alarm.contains(where: { truth[$0][place] }) { wrong += 1 }
                }
                for event in Self.runs(truth.map { $0[place] }, gap: 0) {
                    events += 1
                    if event.contains(where: { confirmed[$0][place] }) { found += 1 }
                }
            }
            self.alarms += alarms
            falseAlarms += wrong
            rates.append(alarms > 0 ? Double(wrong) / Double(alarms) : 0)
        }

        /// The mean over repeats of the share of false episodes, 0 where there was none.
        var falseRate: Double { rates.reduce(0, +) / Double(rates.count) }
        var power: Double { Double(found) / Double(max(events, 1)) }

        static func runs(_ flags: [Bool], gap: Int) -> [ClosedRange<Int>] {
            var runs: [ClosedRange<Int>] = []
            for (tick, flag) in flags.enumerated() where flag {
                if let last = runs.last, tick - last.upperBound <= gap + 1 {
                    runs[runs.count - 1] = last.lowerBound...tick
                } else {
                    runs.append(tick...tick)
                }
            }
            return runs
        }
    }

    @Test("of ideal p-values at most a tenth of the episodes are false, and most true ones are found", arguments: cases)
    func ideal(wanted: Case) throws {
        var count = Count()
        for seed in 1...40 as ClosedRange<UInt64> {
            var random = SplitMix64(seed: seed)
            let (values, truth) = simulate(wanted, before: 0, &random)
            var control = try EpisodeControl(gap: Self.length)
            let confirmed = values.map { row in
                control.decide(candidates(row.map { 0.5 * erfc($0 / 2.0.squareRoot()) })).map { $0 == .confirmed }
            }
            count.add(confirmed, truth, gap: Self.length)
        }
        #expect(count.falseRate <= 0.1, "\(count.falseRate)")
        #expect(count.power >= wanted.power, "\(count.power)")
    }

    /// The p-values of raw scores are careful far out in the tail: of these events next to none is found.
    @Test("of our own p-values after a history at most a tenth of the episodes are false", arguments: cases)
    func endToEnd(wanted: Case) throws {
        let count = try counted(wanted, detector: "ewma", history: 1_000, seeds: 1...5)
        #expect(count.falseRate <= 0.1, "\(count.falseRate)")
    }

    /// One repeat has some ten episodes, so that two false ones are no failure; ``EpisodeControl`` has the figures of many.
    @Test("the default's p-values after 3,000 samples find most events among fifty series")
    func defaultDetector() throws {
        let count = try counted(Self.cases[0], detector: "auto", history: 3_000, seeds: 1...1)
        #expect(count.power >= 0.5, "\(count.power)")
        #expect(count.falseRate <= 0.3, "\(count.falseRate)")
    }

    private func counted(
        _ wanted: Case, detector: String, history: Int, seeds: ClosedRange<UInt64>
    ) throws -> Count {
        var count = Count()
        for seed in seeds {
            var random = SplitMix64(seed: seed)
            let (values, truth) = simulate(wanted, before: history, &random)
            var streams = try (0..<Self.series).map { _ in try CalibratedStream(detector) }
            var control = try EpisodeControl(gap: Self.length)
            var confirmed: [[Bool]] = []
            for (tick, row) in values.enumerated() {
                let time = Timestamp(milliseconds: Int64(tick) * 60_000)
                let group = row.indices.map { place in
                    let reading = streams[place].update(time: time, value: row[place])
                    return EpisodeControl.Candidate(
                        series: UInt64(place), pValue: reading.pValue, isCandidate: reading.isAnomalous)
                }
                let verdicts = control.decide(group)
                if tick >= history { confirmed.append(verdicts.map { $0 == .confirmed }) }
            }
            count.add(confirmed, Array(truth.dropFirst(history)), gap: Self.length)
        }
        return count
    }
}
