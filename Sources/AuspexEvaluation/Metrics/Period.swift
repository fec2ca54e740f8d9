import AuspexNumerics

/// The length of the season that a series seems to have, as TSB-AD estimates it (`find_length_rank`, rank 1): by custom
/// the widest window of ``DetectionMetrics/measure(scores:labels:window:)``.
public enum Period {
    /// What a series without a clear season gets.
    public static let fallback = Autocorrelation.fallbackPeriod

    /// The lag of the highest strict local maximum of the autocorrelation of the first 20,000 values, within 6…303;
    /// ``fallback`` when there is none, or when a value is missing.
    ///
    /// - Complexity: O(min(n, 20,000) · 400).
    public static func estimate(_ values: [Double]) -> Int {
        Autocorrelation.dominantPeriod(values)
    }
}
