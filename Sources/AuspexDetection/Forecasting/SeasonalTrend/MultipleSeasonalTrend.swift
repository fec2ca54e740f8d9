/// A series taken apart into a trend and cycles of several periods (MSTL), or into a trend alone.
struct MultipleSeasonalTrend: Sendable {
    /// Each period's cycle is found again so many times with the others taken off.
    private static let rounds = 2
    /// How many cycles more the smoother of each next longer period spans (Bandara et al. 2021).
    static let spanStep = 4
    /// Without a cycle the trend spans as much as it would with the benchmark's fallback period of 125 rows.
    static let trendSpanWithoutCycle = 189

    /// Trend and all cycles: what is expected.
    private(set) var fitted: [Double]

    /// - Parameters:
    ///   - values: finite.
    ///   - isPresent: which of them were measured.
    ///   - periods: ascending, each at least 2 and under half of the rows; may be empty.
    ///   - settings: those of the shortest period; its `period` does not matter.
    init(_ values: [Double], isPresent: [Bool], periods: [Int], settings: SeasonalTrend.Settings) {
        guard !periods.isEmpty else {
            fitted = Self.trend(values, isPresent: isPresent, settings: settings)
            return
        }
        var cycles = [[Double]](repeating: [Double](repeating: 0, count: values.count), count: periods.count)
        var rest = values
        var trend = cycles[0]
        for _ in 0..<(periods.count == 1 ? 1 : Self.rounds) {
            for (place, period) in periods.enumerated() {
                for row in rest.indices { rest[row] += cycles[place][row] }
                var own = settings
                own.period = period
                own.seasonalSpan += Self.spanStep * place
                let parts = SeasonalTrend(rest, isPresent: isPresent, settings: own)
                cycles[place] = parts.seasonal
                trend = parts.trend
                for row in rest.indices { rest[row] -= parts.seasonal[row] }
            }
        }
        fitted = trend
        for cycle in cycles { for row in fitted.indices { fitted[row] += cycle[row] } }
    }

    private static func trend(
        _ values: [Double], isPresent: [Bool], settings: SeasonalTrend.Settings
    ) -> [Double] {
        let loess = settings.loess(trendSpanWithoutCycle)
        let present = isPresent.map { $0 ? 1.0 : 0 }
        var weights = present
        var trend = loess.smoothed(values, weights: weights)
        for _ in 0..<settings.robustRounds {
            let residuals = zip(values, trend).map { abs($0 - $1) }
            weights = zip(RobustWeights.bisquare(residuals, isPresent: isPresent), present).map { $0 * $1 }
            trend = loess.smoothed(values, weights: weights)
        }
        return trend
    }

    /// Flops for a series of n values, about.
    static func operations(rows: Int, periods: [Int], settings: SeasonalTrend.Settings) -> Double {
        let each = Double(rows) * Double(settings.robustRounds + 1) * 12
        func share(_ span: Int) -> Double {
            let jump = settings.loess(span).jump
            return Double(min(span, rows)) / Double(jump) + 3
        }
        guard !periods.isEmpty else { return each * share(trendSpanWithoutCycle) }
        let rounds = Double(periods.count == 1 ? 1 : Self.rounds) * Double(settings.rounds)
        return periods.enumerated().reduce(0) { sum, pair in
            var own = settings
            own.period = pair.element
            own.seasonalSpan += spanStep * pair.offset
            return sum + rounds * each * (share(own.seasonalSpan) + share(own.trendSpan) + share(own.lowPassSpan))
        }
    }
}
