import AuspexNumerics

/// A series taken apart into a trend and a cycle by loess (STL).
struct SeasonalTrend: Sendable {
    /// How a series is taken apart.
    struct Settings: Sendable {
        /// Rows a cycle has, at least 2 and under half of the rows.
        var period: Int
        /// Cycles that the smoother of the same phase of neighbouring cycles spans; odd, at least 3.
        var seasonalSpan: Int
        /// A line is drawn for every so many values; nil for a tenth of the span.
        var jump: Int?
        /// How often trend and cycle are found from each other.
        var rounds: Int
        /// How often that is done again with less weight on rows that are far off.
        var robustRounds: Int

        /// The smallest odd number that lets no cycle leak into the trend.
        var trendSpan: Int {
            Self.odd(Int((1.5 * Double(period) / (1 - 1.5 / Double(seasonalSpan))).rounded(.up)))
        }

        var lowPassSpan: Int { Self.odd(period + 1) }

        static func odd(_ number: Int) -> Int { number.isMultiple(of: 2) ? number + 1 : number }

        func loess(_ span: Int) -> Loess { Loess(span: span, jump: jump ?? max(1, (span + 9) / 10)) }
    }

    private(set) var trend: [Double]
    private(set) var seasonal: [Double]

    /// - Parameters:
    ///   - values: finite, more than two periods of them.
    ///   - isPresent: which of them were measured; the others have no say.
    init(_ values: [Double], isPresent: [Bool], settings: Settings) {
        trend = [Double](repeating: 0, count: values.count)
        seasonal = trend
        let present = isPresent.map { $0 ? 1.0 : 0 }
        var weights: [Double]? = isPresent.allSatisfy(\.self) ? nil : present
        for round in 0...settings.robustRounds {
            for _ in 0..<settings.rounds { refine(values, weights: weights, settings: settings) }
            guard round < settings.robustRounds else { break }
            let residuals = values.indices.map { abs(values[$0] - trend[$0] - seasonal[$0]) }
            weights = zip(RobustWeights.bisquare(residuals, isPresent: isPresent), present).map { $0 * $1 }
        }
    }

    private mutating func refine(_ values: [Double], weights: [Double]?, settings: Settings) {
        let period = settings.period
        let cycles = Self.smoothedCycles(
            zip(values, trend).map { $0 - $1 }, weights: weights, period: period,
            loess: settings.loess(settings.seasonalSpan))
        let low = settings.loess(settings.lowPassSpan).smoothed(
            Self.average(Self.average(Self.average(cycles, period), period), 3), weights: nil)
        for row in values.indices { seasonal[row] = cycles[period + row] - low[row] }
        trend = settings.loess(settings.trendSpan).smoothed(
            zip(values, seasonal).map { $0 - $1 }, weights: weights)
    }

    /// The values of each phase smoothed along the cycles, with a cycle more at either end.
    private static func smoothedCycles(
        _ values: [Double], weights: [Double]?, period: Int, loess: Loess
    ) -> [Double] {
        var result = [Double](repeating: 0, count: values.count + 2 * period)
        for phase in 0..<period {
            let rows = stride(from: phase, to: values.count, by: period)
            let series = rows.map { values[$0] }
            let own = weights.map { weights in rows.map { weights[$0] } }
            var scratch = [Double](repeating: 0, count: series.count)
            let smoothed = loess.smoothed(series, weights: own)
            let count = series.count
            let before = loess.value(at: -1, 0..<min(loess.span, count), series, own, &scratch)
            let behind = loess.value(at: count, max(0, count - loess.span)..<count, series, own, &scratch)
            result[phase] = before ?? smoothed[0]
            for (cycle, value) in smoothed.enumerated() { result[(cycle + 1) * period + phase] = value }
            result[(count + 1) * period + phase] = behind ?? smoothed[count - 1]
        }
        return result
    }

    /// The running mean of `width` values, `width` − 1 shorter than the values.
    private static func average(_ values: [Double], _ width: Int) -> [Double] {
        var sum = values[..<width].reduce(0, +)
        var result = [sum / Double(width)]
        result.reserveCapacity(values.count - width + 1)
        for end in width..<max(values.count, width) {
            sum += values[end] - values[end - width]
            result.append(sum / Double(width))
        }
        return result
    }
}

/// How much rows count that are far off what was fitted to them.
enum RobustWeights {
    /// Six median absolute residuals weigh nothing (Cleveland et al. 1990).
    private static let medians = 6.0
    private static let nearest = 0.001
    private static let farthest = 0.999

    /// Tukey's bisquare of absolute residuals; all 1 when more than half of those present are 0.
    static func bisquare(_ residuals: [Double], isPresent: [Bool]) -> [Double] {
        let present = zip(residuals, isPresent).filter(\.1).map(\.0)
        let limit = medians * (OrderStatistics.median(present) ?? 0)
        guard limit > 0 else { return [Double](repeating: 1, count: residuals.count) }
        return residuals.map { residual in
            guard residual > nearest * limit else { return 1 }
            guard residual <= farthest * limit else { return 0 }
            let share = residual / limit
            return (1 - share * share) * (1 - share * share)
        }
    }
}
