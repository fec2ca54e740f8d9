import AuspexNumerics

/// How detectors of shapes cut a table into windows: row i to i + w − 1 of every column, for each i.
enum Windowing {
    /// The parameter with which a user sets the window.
    static let parameter = ParameterDescriptor.integer(
        "window", default: nil, in: 1...10_000,
        meaning: "rows a window has; left alone it is the period of the first column, at most a quarter of the rows")

    /// The same for detectors that look at windows of one column, and at rows of several.
    static let parameterOfRows = ParameterDescriptor.integer(
        "window", default: nil, in: 1...10_000,
        meaning:
            "rows a window has; left alone it is the period of a single column, at most a quarter of the rows, and "
            + "1 row of several columns")

    /// The same for detectors that look at rows unless told otherwise.
    static let parameterFromOne = ParameterDescriptor.integer(
        "window", default: 1, in: 1...10_000, meaning: "rows a window has; 1 looks at each row by itself")

    /// The window to use: the user's, or min(period, n/4), at least 1; with `widest` also at most that.
    static func length(_ given: Int?, columns: [CleanColumn], widest: Int = .max) -> Int {
        if let given { return given }
        guard let first = columns.first?.values else { return 1 }
        return max(1, min(Autocorrelation.dominantPeriod(first), first.count / 4, widest))
    }

    /// Window scores to row scores: a window speaks for its middle row, the first and last windows also for the rows
    /// before and behind.
    static func padded(_ scores: [Double], window: Int, rows: Int) -> [Double] {
        guard let first = scores.first, let last = scores.last else { return [Double](repeating: 0, count: rows) }
        let left = window / 2
        return [Double](repeating: first, count: left) + scores
            + [Double](repeating: last, count: rows - left - scores.count)
    }

    /// Window scores to row scores: for each row the mean over the windows that cover it. O(n).
    ///
    /// The windows that cover a row are a stretch of at most w. They are summed from both ends of blocks of w, and never by
    /// a difference of running sums, in which one huge score would drown all those behind it.
    static func covering(_ windows: [Double], window: Int, rows: Int) -> [Double] {
        guard !windows.isEmpty else { return [Double](repeating: 0, count: rows) }
        // From the beginning of the block up to each window, and from each window to the end of its block.
        var (upTo, from) = (windows, windows)
        for index in windows.indices.dropFirst() where !index.isMultiple(of: window) { upTo[index] += upTo[index - 1] }
        for index in windows.indices.dropLast().reversed() where !(index + 1).isMultiple(of: window) {
            from[index] += from[index + 1]
        }
        return (0..<rows).map { row in
            let (first, last) = (max(row - window + 1, 0), min(row, windows.count - 1))
            let sum: Double
            if first / window != last / window {
                sum = from[first] + upTo[last]
            } else {
                sum = first.isMultiple(of: window) ? upTo[last] : from[first]
            }
            return sum / Double(last - first + 1)
        }
    }

    /// Rows without a single window score 0.
    static func tooShort(_ table: Table, window: Int) -> DetectorOutput {
        DetectorOutput(
            scores: [Double](repeating: 0, count: table.rows),
            notes: ["\(table.rows) row(s) are too few to compare windows of \(window) row(s); all scores are 0"])
    }
}
