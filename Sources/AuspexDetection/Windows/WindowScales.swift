import AuspexNumerics

/// What brings each window to mean 0 and standard deviation 1 (by w − 1) in each column.
struct WindowScales: Sendable {
    /// A window with a smaller standard deviation, in those of its column, is flat: all of its values become 0.
    static let flat = 1e-9

    /// What is taken off and then multiplied by: that of window i of column c is at c·count + i.
    private let scales: [(mean: Double, factor: Double)]
    private let count: Int

    /// - Parameters:
    ///   - columns: finite values in the column's standard deviations; of equal length, at least `window`.
    ///   - window: at least 1.
    init(_ columns: [[Double]], window: Int) {
        let count = columns[0].count - window + 1
        self.count = count
        scales = columns.flatMap { column in
            (0..<count).map { start -> (mean: Double, factor: Double) in
                let moments = Moments(column[start..<start + window])
                let deviation = moments.sampleVariance.squareRoot()
                return (moments.mean, deviation > Self.flat ? 1 / deviation : 0)
            }
        }
    }

    subscript(column: Int, window: Int) -> (mean: Double, factor: Double) { scales[column * count + window] }
}

/// The values of windows, feature by feature, as they are or each window brought to mean 0 and standard deviation 1.
struct FeatureValues: Sendable {
    private let windows: WindowFeatures
    private let scales: WindowScales?

    /// - Parameter standardising: whether windows are scaled; `windows` then have their columns in standard deviations.
    init(_ windows: WindowFeatures, standardising: Bool) {
        self.windows = windows
        scales = standardising ? WindowScales(windows.columns, window: windows.window) : nil
    }

    /// The values that a feature has over all windows.
    subscript(feature: Int) -> ArraySlice<Double> {
        let raw = windows.values(of: feature)
        guard let scales else { return raw }
        let column = feature / windows.window
        return raw.enumerated().map { index, value in
            let (mean, factor) = scales[column, index]
            return (value - mean) * factor
        }[...]
    }
}
