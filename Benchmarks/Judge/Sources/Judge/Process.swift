import AuspexChanges
import Foundation

/// A kind of series that both sides of a comparison are drawn from.
enum Process: CaseIterable {
    /// 100·exp(0.3·e) with independent Gaussian e.
    case independent
    /// The same with e an autoregression of order one, ρ = 0.5 and 0.8, stationary.
    case mild, autocorrelated
    /// Poisson counts with mean 0.2 a minute.
    case sparse

    var name: String {
        switch self {
        case .independent: "lognormal, independent"
        case .mild: "lognormal, AR 0.5"
        case .autocorrelated: "lognormal, AR 0.8"
        case .sparse: "Poisson 0.2 a minute"
        }
    }

    var kind: MetricKind { self == .sparse ? .count : .gauge }

    private static let mean = 0.2
    private static let deviation = 0.3
    private static let level = 100.0

    private var correlation: Double {
        switch self {
        case .independent, .sparse: 0
        case .mild: 0.5
        case .autocorrelated: 0.8
        }
    }

    /// A series of `count` values, times `factor`.
    func series(_ count: Int, factor: Double, _ noise: inout Noise) -> [Double] {
        guard self != .sparse else { return (0..<count).map { _ in noise.poisson(Self.mean * factor) } }
        var last = noise.gaussian()
        let fresh = (1 - correlation * correlation).squareRoot()
        return (0..<count).map { index in
            if index > 0 { last = correlation * last + fresh * noise.gaussian() }
            return factor * Self.level * exp(Self.deviation * last)
        }
    }
}
