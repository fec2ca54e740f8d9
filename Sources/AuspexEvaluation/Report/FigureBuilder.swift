import AuspexDetection
import AuspexSignals

/// Shortens the rows of a series to what a figure draws.
struct FigureBuilder {
    /// Ranges nearer than this share of the axis are drawn as one: less than half a pixel.
    private static let mergeDistance = 0.0005
    /// Columns are compared in at most this many rows.
    private static let comparedRows = 200

    private let x: [Double]
    private let scores: [Double]
    private let isAlert: [Bool]
    private let buckets: RowBuckets

    /// - Parameters:
    ///   - x: where each row stands, from 0 to 1.
    ///   - scores: the anomaly score of each row.
    ///   - isAlert: whether each row reaches the alert line.
    init(x: [Double], scores: [Double], isAlert: [Bool]) {
        self.x = x
        self.scores = scores
        self.isAlert = isAlert
        buckets = RowBuckets(rows: x.count)
    }

    /// The column as a lane.
    func lane(_ name: String, values: [Double], expectations: [Expectation?]?) -> SeriesFigure.Lane {
        let known = values.filter(\.isFinite)
        let alerts = buckets.strangest(scores) { isAlert[$0] && values[$0].isFinite }
        return SeriesFigure.Lane(
            name: name, line: line(values), alerts: alerts.map { SeriesFigure.Point(x: x[$0], y: values[$0]) },
            band: expectations.map(band) ?? [], range: (known.min() ?? 0)...(known.max() ?? 0))
    }

    /// The values as a line, broken where a stretch has none.
    func line(_ values: [Double]) -> [[SeriesFigure.Point]] {
        segments(buckets.rows(of: values, scores: scores)) { SeriesFigure.Point(x: x[$0], y: values[$0]) }
    }

    /// Where `flags` are set, as ranges along the axis. A row reaches half-way to its neighbours.
    func ranges(_ flags: [Bool]) -> [ClosedRange<Double>] {
        var result: [ClosedRange<Double>] = []
        for run in LabelRuns(flags).ranges {
            let (first, last) = (run.lowerBound, run.upperBound - 1)
            let start = first > 0 ? (x[first - 1] + x[first]) / 2 : x[first]
            let end = last + 1 < x.count ? (x[last] + x[last + 1]) / 2 : x[last]
            if let previous = result.last, start - previous.upperBound < Self.mergeDistance {
                result[result.count - 1] = previous.lowerBound...max(end, previous.upperBound)
            } else {
                result.append(start...max(start, end))
            }
        }
        return result
    }

    /// The columns to draw, in order: all, or those that deviate most in the rows of the highest scores.
    func shownColumns(of table: Table, limit: Int) -> [Int] {
        guard table.columns > limit else { return Array(0..<table.columns) }
        let strangest = scores.indices.sorted { scores[$0] > scores[$1] }.prefix(Self.comparedRows)
        let rows = strangest.contains { scores[$0] >= 1 } ? strangest.filter { scores[$0] >= 1 } : Array(strangest)
        let deviations = (0..<table.columns).map { column -> Double in
            let values = table.column(column)
            let known = values.filter(\.isFinite)
            guard !known.isEmpty else { return 0 }
            let mean = known.reduce(0, +) / Double(known.count)
            let variance = known.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(known.count)
            guard variance > 0, variance.isFinite else { return 0 }
            return rows.reduce(0) { $0 + (values[$1].isFinite ? (values[$1] - mean).magnitude : 0) }
                / variance.squareRoot()
        }
        let ranked = deviations.indices.sorted { (deviations[$0], $1) > (deviations[$1], $0) }
        return ranked.prefix(limit).sorted()
    }

    /// The widest band of each stretch, with the middle row's expected value.
    private func band(_ expectations: [Expectation?]) -> [[SeriesFigure.BandPoint]] {
        let rows = buckets.ranges.map { range in range.filter { expectations[$0] != nil } }
        var result: [[SeriesFigure.BandPoint]] = []
        var isOpen = false
        for known in rows {
            let expected = known.compactMap { expectations[$0] }
            guard let middle = known.isEmpty ? nil : known[known.count / 2], let value = expectations[middle]?.value,
                let lower = expected.map(\.lower).min(), let upper = expected.map(\.upper).max()
            else {
                isOpen = false
                continue
            }
            let point = SeriesFigure.BandPoint(
                x: x[middle], expectation: Expectation(value: value, lower: lower, upper: upper))
            if isOpen { result[result.count - 1].append(point) } else { result.append([point]) }
            isOpen = true
        }
        return result
    }

    /// One segment for each unbroken sequence of stretches that have rows.
    private func segments<Element>(_ chosen: [[Int]], _ element: (Int) -> Element) -> [[Element]] {
        var result: [[Element]] = []
        var isOpen = false
        for rows in chosen {
            guard !rows.isEmpty else {
                isOpen = false
                continue
            }
            if isOpen {
                result[result.count - 1] += rows.map(element)
            } else {
                result.append(rows.map(element))
            }
            isOpen = true
        }
        return result
    }
}
