/// How a series resembles itself some steps later, and the period found by it.
package enum Autocorrelation {
    /// The autocovariances Σ (xᵢ − x̄)(xᵢ₊ₗ − x̄) of lags 0 to `lags`, not divided by anything, as inner products in
    /// double precision. At most n values; none for an empty series. O(n·lags).
    package static func autocovariance(_ values: [Double], lags: Int) -> [Double] {
        guard !values.isEmpty, lags >= 0, let count = Int32(exactly: values.count) else { return [] }
        BLASThreads.pin()
        let mean = Moments(values).mean
        let centred = values.map { $0 - mean }
        return centred.withUnsafeBufferPointer { buffer in
            guard let start = buffer.baseAddress else { return [] }
            return (0...min(lags, values.count - 1)).map { Double.dot(count - Int32($0), start, start + $0) }
        }
    }

    /// A period and how clearly it shows.
    package struct Peak: Sendable, Hashable {
        /// The period in rows.
        package let lag: Int
        /// The autocorrelation there, at most 1.
        package let correlation: Double
    }

    /// The lag with the highest strict local maximum of the autocorrelation, among lags 4 to 399 of the first 20,000
    /// values; nil when there is none or it lies outside 6…303. The first of equal ones wins.
    ///
    /// This is the window rule of the TSB-AD benchmark (Liu and Paparrizos 2024), down to its odd bounds, so that windows
    /// and widths agree with published figures.
    package static func peak(_ values: [Double]) -> Peak? {
        let covariance = autocovariance(Array(values.prefix(longestPrefix)), lags: lagCount)
        guard let variance = covariance.first, variance > 0, variance.isFinite else { return nil }
        let correlation = covariance.dropFirst(firstLag).map { $0 / variance }
        var best: Int?
        for index in correlation.indices.dropFirst().dropLast()
        where correlation[index] > correlation[index - 1] && correlation[index] > correlation[index + 1] {
            if correlation[index] > correlation[best ?? index] || best == nil { best = index }
        }
        guard let best, acceptedIndices.contains(best) else { return nil }
        return Peak(lag: best + firstLag, correlation: correlation[best])
    }

    /// The lag of ``peak(_:)``, or ``fallbackPeriod``.
    package static func dominantPeriod(_ values: [Double]) -> Int {
        peak(values)?.lag ?? fallbackPeriod
    }

    /// The window that the benchmark takes when a series shows no period.
    package static let fallbackPeriod = 125

    /// The longest period that is found.
    package static var longestPeriod: Int { acceptedIndices.upperBound + firstLag }

    private static let longestPrefix = 20_000
    private static let lagCount = 400
    private static let firstLag = 3
    private static let acceptedIndices = 3...300
}
