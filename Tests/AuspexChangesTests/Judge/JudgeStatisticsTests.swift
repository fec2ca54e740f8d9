import AuspexTesting
import Testing

@testable import AuspexChanges

/// The tests' numbers, against SciPy 1.17 and against their definitions spelled out.
@Suite struct JudgeStatisticsTests {
    private func isNear(_ value: Double, _ expected: Double, _ relative: Double = 1e-10) -> Bool {
        abs(value - expected) <= relative * abs(expected)
    }

    @Test(
        "Gaussian quantiles",
        arguments: [
            (1e-300, -37.0470962993612), (1e-10, -6.361340902404056), (0.3, -0.5244005127080409),
            (0.975, 1.959963984540054),
        ])
    func gaussian(share: Double, expected: Double) {
        #expect(isNear(Gaussian.quantile(share), expected, share < 1e-100 ? 1e-6 : 1e-12))
    }

    @Test("Gaussian quantiles at the ends are infinite, and of no number none")
    func gaussianEnds() {
        #expect(Gaussian.quantile(0) == -.infinity)
        #expect(Gaussian.quantile(1) == .infinity)
        #expect(Gaussian.quantile(.nan).isNaN)
    }

    @Test(
        "Student's tails",
        arguments: [
            (2.5, 7.0, 0.020496109292876444), (-1, 3, 0.8044988905221148), (40, 5, 9.205981085886477e-08), (0, 4, 0.5),
            (.infinity, 4, 0), (1e200, 4, 0),
        ])
    func student(t: Double, degrees: Double, expected: Double) {
        #expect(isNear(StudentT.upperTail(t, degrees: degrees), expected))
    }

    @Test("binomial tails and the interval of Clopper and Pearson")
    func binomial() {
        #expect(isNear(BinomialTest.upperTail(successes: 7, trials: 20, share: 0.2), 0.08669251356740035))
        #expect(isNear(BinomialTest.lowerTail(successes: 3, trials: 20, share: 0.2), 0.41144886195656893))
        let interval = BinomialTest.interval(successes: 7, trials: 20, tail: 0.025)
        #expect(isNear(interval.lowerBound, 0.15390920478454118))
        #expect(isNear(interval.upperBound, 0.5921885345328282))
        #expect(BinomialTest.interval(successes: 0, trials: 0, tail: 0.025) == 0...1)
        #expect(BinomialTest.upperTail(successes: 0, trials: 0, share: 0.5) == 1)
    }

    @Test("Fisher's tails")
    func fisher() {
        #expect(
            isNear(FisherTest.upperTail(successes: 7, trials: 30, allSuccesses: 50, allTrials: 200), 0.6679776489983646)
        )
        #expect(
            isNear(
                FisherTest.upperTail(
                    successes: 10_520, trials: 1_000_000, allSuccesses: 20_000, allTrials: 2_000_000),
                7.595965249766444e-14, 1e-7))
        #expect(FisherTest.upperTail(successes: 0, trials: 5, allSuccesses: 5, allTrials: 10) == 1)
        #expect(FisherTest.upperTail(successes: 6, trials: 5, allSuccesses: 6, allTrials: 10) == 0)
    }

    @Test("Fisher's tails are the counts of all ways to draw")
    func fisherByCounting() {
        // All subsets of 9 things of which the first 4 are successes.
        for trials in 0...9 {
            for least in 0...4 {
                let subsets = (0..<(1 << 9)).filter { $0.nonzeroBitCount == trials }
                let hits = subsets.count { ($0 & 0b1111).nonzeroBitCount >= least }
                let p = FisherTest.upperTail(
                    successes: Double(least), trials: Double(trials), allSuccesses: 4, allTrials: 9)
                #expect(abs(p - Double(hits) / Double(subsets.count)) < 1e-12, "\(least) of \(trials)")
            }
        }
    }

    @Test("ranks share ties")
    func ranks() {
        let ranks = Ranks([3, 1, 3, 2, 3])
        #expect(ranks.values == [4, 1, 4, 2, 4])
        #expect(ranks.tieSum == 24)
        #expect(Ranks([]).values.isEmpty)
    }

    @Test("Mann-Whitney's p-value with ties")
    func mannWhitney() throws {
        let test = try #require(MannWhitney([1, 2, 3, 4.5, 6], [0, 2, 2, 3, 1]))
        #expect(isNear(test.twoSidedP, 0.20167695355004422))
        #expect(MannWhitney([2, 2], [2])?.twoSidedP == 1)
        #expect(MannWhitney([], [2]) == nil)
    }

    @Test("the median of all differences and their ranks are those of the list of all differences")
    func pairwise() {
        var random = SplitMix64(seed: 3)
        for _ in 0..<50 {
            let x = (0..<Int.random(in: 1...12, using: &random)).map { _ in
                Double(Int.random(in: -5...5, using: &random))
            }
            let y = (0..<Int.random(in: 1...12, using: &random)).map { _ in
                Double(Int.random(in: -5...5, using: &random))
            }
            let all = x.flatMap { one in y.map { one - $0 } }.sorted()
            let pairs = PairwiseDifferences(x, y)
            for rank in all.indices { #expect(abs(pairs.value(rank: Double(rank)) - all[rank]) < 1e-9) }
            #expect(pairs.value(rank: -1) == -.infinity)
            #expect(pairs.value(rank: Double(all.count)) == .infinity)
        }
    }

    @Test("Holm's correction")
    func holm() {
        #expect(Holm.adjusted([0.01, 0.04, 0.03]) == [0.03, 0.06, 0.06])
        #expect(Holm.adjusted([0.9, 0.8]) == [1, 1])
        #expect(Holm.adjusted([]) == [])
    }

    @Test("the test for autocorrelated values, as computed independently")
    func autocorrelated() throws {
        let x = TimedValues([1.2, 1.9, 2.4, 2.2, 1.7, 2.6, 3.0, 2.8])
        let y = TimedValues([0.3, 0.8, 1.1, 0.4, 0.2, 0.9, 1.3, 1.0])
        let test = try #require(AutocorrelatedTest(x, y))
        #expect(isNear(test.upperP, 0.03315176424388239, 1e-6))
        #expect(isNear(test.memory.correlation, 0.732546138812141, 1e-6))
        #expect(abs(test.upperP + test.lowerP - 1) < 1e-9)
        let swapped = try #require(AutocorrelatedTest(y, x))
        #expect(isNear(swapped.lowerP, test.upperP))
        #expect(test.memory.inflation > 1)
    }

    @Test("gaps loosen the ties between neighbours")
    func gaps() throws {
        var metric = GeneratedMetric(seed: 8)
        let series = metric.gauge(40, correlation: 0.9)
        let other = metric.gauge(40, correlation: 0.9)
        let gapped = series.flatMap { [$0, .nan, .nan, .nan] }
        let timed = TimedValues(gapped)
        #expect(timed.values == series)
        #expect(timed.gaps == [1] + Array(repeating: 4, count: 39))
        let near = try #require(AutocorrelatedTest(TimedValues(series), TimedValues(other)))
        let far = try #require(AutocorrelatedTest(timed, TimedValues(other.flatMap { [$0, .nan, .nan, .nan] })))
        // What correlates 0.9 over four steps correlates more over one.
        #expect(far.memory.correlation > near.memory.correlation)
    }

    @Test("values without any deviation have no test")
    func degenerate() {
        #expect(AutocorrelatedTest(TimedValues([1, 1]), TimedValues([2, 2])) == nil)
        #expect(AutocorrelatedTest(TimedValues([1]), TimedValues([2])) == nil)
        #expect(AutocorrelatedTest(TimedValues([]), TimedValues([1, 2, 3])) == nil)
    }

    @Test("independent counts have no dispersion; bursts and runs have one")
    func dispersion() {
        func factor(_ counts: [Double]) -> Double {
            Dispersion([CountComparison.Events(counts, nil).cells]).factor
        }
        var metric = GeneratedMetric(seed: 4)
        // One in twenty of the independent ones looks dispersed, and one in twenty like runs.
        #expect((0..<200).count { _ in factor(metric.counts(60, mean: 3)) > 1 } <= 34)
        #expect((0..<200).count { _ in factor(metric.counts(60, mean: 3)) > 2 } <= 4)
        #expect(factor([0, 0, 0, 50, 0, 0, 0, 0]) > 20)
        #expect(factor([0, 1, 2, 1, 0, 0]) == 1)
        #expect(factor([3]) == 1)
        #expect(factor([]) == 1)
        #expect(factor([0, 0, 0, 0, 0, 0]) == 1)
    }
}
