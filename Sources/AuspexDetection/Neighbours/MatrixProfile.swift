import AuspexNumerics

/// Distance of each standardised window to its nearest other one: what has a form of its own, whatever its height.
///
/// The window itself and those that overlap it by more than three quarters are no neighbours. Windows with a missing value
/// take no part. Of several columns each is searched by itself, and the largest distance counts.
struct MatrixProfile: BatchDetector {
    /// Pairs of windows of one search: 200,000 rows of one column. Some two minutes.
    static let mostPairs = 4e10
    /// Under three values every window looks the same once it is standardised.
    static let shortestWindow = 3

    static let descriptor = DetectorDescriptor(
        name: "matrixprofile",
        summary: "Distance of a window's form to the most similar other one; finds forms that occur once.",
        kind: .batch, family: "neighbours",
        parameters: [
            .integer(
                "window", default: nil, in: shortestWindow...10_000,
                meaning: "rows a window has; left alone it is the period of the first column, at most a quarter of the "
                    + "rows"),
            .choice(
                "neighbours", default: Neighbours.both.rawValue, of: Neighbours.allCases.map(\.rawValue),
                meaning: "search before and behind, or only before a window (left): then a row's score depends on "
                    + "nothing after it and stands at the window's last row"),
        ],
        cost: "10·n²·d flops, whatever the window; n²·d at most 4·10¹⁰", memory: "100·n bytes; never n×n",
        source: "Yeh et al. 2016; Zhu et al. 2016 (STOMP); constant and missing windows as in stumpy (Law 2019)",
        minimumHistory: "two occurrences of each normal form")

    /// Where a window's neighbours may lie.
    enum Neighbours: String, CaseIterable {
        case both
        case left
    }

    private let window: Int?
    private let neighbours: Neighbours

    init(parameters: ParameterValues) throws(DetectorError) {
        window = try parameters.optionalInteger("window")
        guard let neighbours = Neighbours(rawValue: try parameters.choice("neighbours")) else {
            throw .undeclaredParameter(detector: parameters.detector, name: "neighbours")
        }
        self.neighbours = neighbours
    }

    func fit(_ table: Table, training: Range<Int>?) throws(DetectorError) -> any DetectorModel {
        _ = try table.trainingRows(training)
        let length = max(Windowing.length(window, columns: table.cleanColumns()), Self.shortestWindow)
        return Model(columns: table.columns, window: length, leftOnly: neighbours == .left)
    }

    private struct Model: DetectorModel {
        let columns: Int
        let window: Int
        let leftOnly: Bool

        func scores(_ table: Table) throws(DetectorError) -> DetectorOutput {
            try table.checkWidth(columns)
            guard table.rows > window else { return Windowing.tooShort(table, window: window) }
            let count = table.rows - window + 1
            guard Double(count) * Double(count) * Double(columns) <= MatrixProfile.mostPairs else {
                let most = Int((MatrixProfile.mostPairs / Double(columns)).squareRoot()) + window - 1
                throw .tooLarge(
                    detector: MatrixProfile.descriptor.name,
                    reason: "\(count) windows in \(columns) column(s) take too long to compare; score it in parts of "
                        + "\(most) rows, or choose fewer columns")
            }
            var scores = [Double](repeating: 0, count: count)
            var unseen = 0
            for column in 0..<columns {
                let raw = table.column(column)
                let search = ProfileSearch(raw, window: window, leftOnly: leftOnly)
                unseen = max(unseen, search.missing)
                for (index, distance) in search.distances().enumerated() {
                    scores[index] = max(scores[index], distance ?? 0)
                }
            }
            let rows =
                leftOnly
                ? [Double](repeating: 0, count: window - 1) + scores
                : Windowing.padded(scores, window: window, rows: table.rows)
            return DetectorOutput(
                scores: table.finished(rows),
                notes: unseen > 0 ? ["\(unseen) of \(count) windows have a missing value and score 0"] : [],
                reach: window)
        }
    }
}

/// The nearest standardised window of each window of one column.
///
/// As in ``NeighbourSearch`` the product of two windows follows from that of the windows one row earlier, in tiles that stay
/// in the cache and start afresh. The correlation follows from the product; the distance of the best one is then added up
/// from differences, so that nothing cancels in what is handed out.
struct ProfileSearch {
    /// Standard deviations under this share of the column's largest distance from its median are 0: products have lost
    /// their digits there.
    static let flat = 1e-6
    private static let tileWidth = 2_048
    private static let blockHeight = 1_024

    private let values: [Double]
    private let window: Int
    private let leftOnly: Bool
    /// Windows nearer than this are no neighbours: a quarter of the window, rounded up.
    private let exclusion: Int
    private let means: [Double]
    /// One over the standard deviation; 0 for constant and for missing windows.
    private let factors: [Double]
    /// What stands for the correlation with a window that has none: ½ for a constant one, whose distance to all others
    /// is √w, and −∞ for a missing one.
    private let substitutes: [Double]
    private let isMissing: [Bool]

    /// - Parameters:
    ///   - raw: NaN where a value is missing; more than `window` values.
    init(_ raw: [Double], window: Int, leftOnly: Bool) {
        let frame = CommonFrame([CleanColumn(raw).values])
        values = frame.columns[0]
        self.window = window
        self.leftOnly = leftOnly
        exclusion = (window + 3) / 4 + 1
        let count = raw.count - window + 1
        var gaps = raw[..<(window - 1)].count { $0.isNaN }
        var (means, factors, substitutes, isMissing): ([Double], [Double], [Double], [Bool]) = ([], [], [], [])
        for start in 0..<count {
            gaps += raw[start + window - 1].isNaN ? 1 : 0
            let moments = Moments(values[start..<start + window])
            let deviation = moments.populationVariance.squareRoot()
            let isFlat = deviation <= Self.flat
            means.append(moments.mean)
            factors.append(gaps > 0 || isFlat ? 0 : 1 / deviation)
            substitutes.append(gaps > 0 ? -.infinity : isFlat ? 0.5 : 0)
            isMissing.append(gaps > 0)
            gaps -= raw[start].isNaN ? 1 : 0
        }
        (self.means, self.factors, self.substitutes, self.isMissing) = (means, factors, substitutes, isMissing)
    }

    /// How many windows have a missing value.
    var missing: Int { isMissing.count { $0 } }

    /// The distance of each window to its nearest neighbour; nil where it has none or a value is missing.
    func distances() -> [Double?] {
        let count = means.count
        var best = [Int](repeating: -1, count: count)
        var most = [Double](repeating: -.infinity, count: count)
        var products = [Double](
            repeating: 0, count: min(Self.tileWidth, count) + min(Self.blockHeight, count) - 1)
        for first in stride(from: 0, to: count, by: Self.blockHeight) {
            let rows = first..<min(first + Self.blockHeight, count)
            let end = leftOnly ? rows.upperBound : count
            for start in stride(from: 0, to: end, by: Self.tileWidth) {
                visit(rows, start..<min(start + Self.tileWidth, count), &products, &best, &most)
            }
        }
        return constantNeighbours(best).enumerated().map { index, neighbour in
            guard !isMissing[index], neighbour >= 0 else { return nil }
            return distance(index, neighbour)
        }
    }

    private func visit(
        _ rows: Range<Int>, _ tile: Range<Int>, _ products: inout [Double], _ best: inout [Int], _ most: inout [Double]
    ) {
        products.withUnsafeMutableBufferPointer { products in
            for row in rows {
                let first = rows.upperBound - 1 - row
                let current = UnsafeMutableBufferPointer(rebasing: products[first..<first + tile.count])
                if row == rows.lowerBound {
                    for offset in 0..<tile.count { current[offset] = product(row, tile.lowerBound + offset) }
                } else {
                    slide(current, to: row, tile)
                }
                guard factors[row] > 0 else { continue }
                let before = tile.clamped(to: 0..<max(row - exclusion + 1, 0))
                let behind = leftOnly ? 0..<0 : tile.clamped(to: min(row + exclusion, means.count)..<means.count)
                for allowed in [before, behind] where !allowed.isEmpty {
                    let found = highest(
                        row, allowed,
                        UnsafeBufferPointer(
                            rebasing: current[
                                allowed.lowerBound - tile.lowerBound..<allowed.upperBound - tile.lowerBound]))
                    if found.correlation > most[row] { (best[row], most[row]) = (found.index, found.correlation) }
                }
            }
        }
    }

    private func highest(
        _ row: Int, _ allowed: Range<Int>, _ products: UnsafeBufferPointer<Double>
    ) -> (index: Int, correlation: Double) {
        let scale = factors[row] / Double(window)
        let shift = Double(window) * means[row]
        var (index, most) = (-1, -Double.infinity)
        means.withUnsafeBufferPointer { means in
            factors.withUnsafeBufferPointer { factors in
                substitutes.withUnsafeBufferPointer { substitutes in
                    var other = allowed.lowerBound
                    for product in products {
                        let correlation =
                            (product - shift * means[other]) * factors[other] * scale + substitutes[other]
                        if correlation > most { (index, most) = (other, correlation) }
                        other += 1
                    }
                }
            }
        }
        return (index, most)
    }

    private func slide(_ current: UnsafeMutableBufferPointer<Double>, to row: Int, _ tile: Range<Int>) {
        current[0] = product(row, tile.lowerBound)
        let rest = UnsafeMutableBufferPointer(rebasing: current.dropFirst())
        values.withUnsafeBufferPointer { values in
            let leave = values[tile.lowerBound..<tile.upperBound - 1]
            let enter = values[tile.lowerBound + window..<tile.upperBound - 1 + window]
            Kernels.slideProducts(
                rest, leaving: values[row - 1], leave: UnsafeBufferPointer(rebasing: leave),
                entering: values[row - 1 + window], enter: UnsafeBufferPointer(rebasing: enter))
        }
    }

    private func product(_ row: Int, _ other: Int) -> Double {
        var sum = 0.0
        for offset in 0..<window { sum += values[row + offset] * values[other + offset] }
        return sum
    }

    /// A constant window's neighbour is another constant one, else any window that takes part.
    private func constantNeighbours(_ found: [Int]) -> [Int] {
        let constant = means.indices.filter { factors[$0] == 0 && !isMissing[$0] }
        let ordinary = means.indices.filter { factors[$0] > 0 }
        var result = found
        for index in constant {
            result[index] = allowed(constant, for: index) ?? allowed(ordinary, for: index) ?? -1
        }
        return result
    }

    /// The first of `candidates`, which ascend, or the last that may be a neighbour of `index`.
    private func allowed(_ candidates: [Int], for index: Int) -> Int? {
        if let first = candidates.first, first <= index - exclusion { return first }
        if !leftOnly, let last = candidates.last, last >= index + exclusion { return last }
        return nil
    }

    private func distance(_ one: Int, _ other: Int) -> Double {
        switch (factors[one] > 0, factors[other] > 0) {
        case (false, false): return 0
        case (true, false), (false, true): return Double(window).squareRoot()
        case (true, true):
            var sum = 0.0
            for offset in 0..<window {
                let difference =
                    (values[one + offset] - means[one]) * factors[one]
                    - (values[other + offset] - means[other]) * factors[other]
                sum += difference * difference
            }
            return sum.squareRoot()
        }
    }
}
