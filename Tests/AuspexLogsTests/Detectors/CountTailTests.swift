import AuspexTesting
import Foundation
import Testing

@testable import AuspexLogs

@Suite struct CountTailTests {
    /// P(K = k) of the negative binomial, term by term.
    private func terms(mean: Double, dispersion: Double, upTo last: Int) -> [Double] {
        var term = dispersion == 0 ? exp(-mean) : pow(1 + dispersion * mean, -1 / dispersion)
        return (0...last).map { k in
            defer {
                let step = dispersion == 0 ? mean : mean * (1 + dispersion * Double(k)) / (1 + dispersion * mean)
                term *= step / Double(k + 1)
            }
            return term
        }
    }

    @Test(
        "negative binomial tails are the sums of their terms", arguments: [0.02, 0.7, 5, 40, 300],
        [0, 1e-5, 0.001, 0.1, 0.5, 4])
    func negativeBinomial(mean: Double, dispersion: Double) {
        let last = 60_000
        let terms = terms(mean: mean, dispersion: dispersion, upTo: last)
        let distribution = NegativeBinomial(mean: mean, dispersion: dispersion)
        var upper = [Double](repeating: 0, count: last + 2)
        for k in stride(from: last, through: 0, by: -1) { upper[k] = upper[k + 1] + terms[k] }
        var lower = 0.0
        for k in 0...2_000 {
            lower += terms[k]
            #expect(abs(distribution.lowerTail(Double(k)) - lower) <= 1e-9 * lower + 1e-15)
            // Below this the sum itself has no digits left.
            guard upper[k] > 1e-250 else { break }
            #expect(abs(distribution.upperTail(Double(k)) - upper[k]) <= 2e-9 * upper[k] + 1e-300)
        }
    }

    @Test("a small dispersion goes over into Poisson's distribution")
    func poissonLimit() {
        let poisson = NegativeBinomial(mean: 1_000, dispersion: 0)
        let nearly = NegativeBinomial(mean: 1_000, dispersion: 1e-11)
        for count in [800.0, 950, 1_000, 1_100, 1_200] {
            #expect(abs(nearly.upperTail(count) / poisson.upperTail(count) - 1) < 1e-6)
            #expect(abs(nearly.lowerTail(count) / poisson.lowerTail(count) - 1) < 1e-6)
        }
    }

    @Test("tails of huge counts are chances")
    func huge() {
        for mean in [1e6, 1e9] {
            for dispersion in [0, 1e-9, 0.1] {
                let distribution = NegativeBinomial(mean: mean, dispersion: dispersion)
                for count in [0, mean / 2, mean, 2 * mean] {
                    #expect((0...1).contains(distribution.upperTail(count)))
                    #expect((0...1).contains(distribution.lowerTail(count)))
                }
            }
        }
    }

    @Test("the beta-binomial tail is the sum of its terms", arguments: [0.001, 0.1, 0.6], [0.001, 0.05, 0.5])
    func betaBinomial(share: Double, correlation: Double) {
        for trials in [1, 7, 60] { betaBinomial(trials, share, correlation) }
    }

    private func betaBinomial(_ trials: Int, _ share: Double, _ correlation: Double) {
        let strength = 1 / correlation - 1
        let (a, b) = (share * strength, (1 - share) * strength)
        // Pólya's urn: the chance of k marks is a product over the draws.
        func chance(_ k: Int) -> Double {
            var chance = 1.0
            for draw in 0..<k { chance *= (a + Double(draw)) / (strength + Double(draw)) }
            for draw in 0..<trials - k { chance *= (b + Double(draw)) / (strength + Double(k + draw)) }
            for step in 0..<k { chance *= Double(trials - step) / Double(step + 1) }
            return chance
        }
        let distribution = BetaBinomial(trials: trials, share: share, correlation: correlation)
        for k in 0...trials {
            let sum = (k...trials).reduce(0) { $0 + chance($1) }
            #expect(abs(distribution.upperTail(k) - sum) <= 1e-9 * sum)
        }
        #expect(distribution.upperTail(trials + 1) == 0)
    }

    @Test("scores stand on the right side of the alert line")
    func alertLine() {
        for alpha in [1e-4, 0.005, 0.02, 1.0 / 51] {
            #expect(AnomalyScore.of(alpha, alpha: alpha) >= 1)
            #expect(AnomalyScore.of(alpha.nextUp, alpha: alpha) < 1)
            #expect(AnomalyScore.of(1, alpha: alpha) == 0)
        }
        #expect(AnomalyScore.chance(.nan) == 1)
        #expect(AnomalyScore.chance(0) > 0)
    }
}
