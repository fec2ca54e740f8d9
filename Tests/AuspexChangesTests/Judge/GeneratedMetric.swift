import AuspexTesting
import Foundation

/// Series for tests, seeded.
struct GeneratedMetric {
    private var random: SplitMix64

    init(seed: UInt64) {
        random = SplitMix64(seed: seed)
    }

    /// 100·exp(0.3·e) times `factor`, where e is an autoregression of order one with the given correlation.
    mutating func gauge(_ count: Int, correlation: Double = 0, factor: Double = 1) -> [Double] {
        var last = random.gaussian()
        let fresh = (1 - correlation * correlation).squareRoot()
        return (0..<count).map { index in
            if index > 0 { last = correlation * last + fresh * random.gaussian() }
            return 100 * factor * exp(0.3 * last)
        }
    }

    /// Poisson counts with a small mean.
    mutating func counts(_ count: Int, mean: Double) -> [Double] {
        (0..<count).map { _ in
            let limit = exp(-mean)
            var (product, events) = (random.uniform(), 0.0)
            while product > limit {
                product *= random.uniform()
                events += 1
            }
            return events
        }
    }

    /// Successes among `trials`, each with the chance `share`.
    mutating func successes(of trials: Int, share: Double) -> Double {
        Double((0..<trials).count { _ in random.uniform() < share })
    }
}
