import AuspexNumerics

/// A column made fit for arithmetic: no missing values, nothing so large that its square overflows.
struct CleanColumn: Sendable {
    /// Larger magnitudes are cut to this. Sums of 10²⁰ squares of it are finite; no measurement comes near.
    static let largestMagnitude = 1e140

    /// The values, missing ones filled in on the straight line between their neighbours, at the ends with the nearest;
    /// all 0 when every value is missing.
    let values: [Double]
    /// How many values were there before filling in.
    let present: Int

    init(_ raw: [Double]) {
        var values = raw
        var present = 0
        var previous: Int?
        for row in raw.indices where raw[row].isFinite {
            values[row] = Self.clamped(raw[row])
            present += 1
            let start = previous.map { $0 + 1 } ?? 0
            if start < row {
                let from = previous.map { values[$0] } ?? values[row]
                let span = Double(row - start + 1)
                for gap in start..<row { values[gap] = from + (values[row] - from) * Double(gap - start + 1) / span }
            }
            previous = row
        }
        let rest = previous.map { $0 + 1 } ?? 0
        for row in rest..<max(rest, raw.count) { values[row] = previous.map { values[$0] } ?? 0 }
        self.values = values
        self.present = present
    }

    /// Cleaned with the value before in place of each missing one, and with the first value before that: nothing of what is
    /// to be predicted gets into what predicts it, as it would on a line between neighbours.
    static func carried(_ raw: [Double]) -> [Double] {
        guard let first = raw.first(where: \.isFinite) else { return [Double](repeating: 0, count: raw.count) }
        var last = clamped(first)
        return raw.map { value in
            if value.isFinite { last = clamped(value) }
            return last
        }
    }

    static func clamped(_ value: Double) -> Double {
        min(max(value, -largestMagnitude), largestMagnitude)
    }
}

extension Table {
    /// All columns, cleaned.
    func cleanColumns() -> [CleanColumn] {
        (0..<columns).map { CleanColumn(column($0)) }
    }

    /// Whether no column has a value in `row`.
    func isMissing(row: Int) -> Bool {
        (0..<columns).allSatisfy { self[row, $0].isNaN }
    }

    /// - Throws: ``DetectorError/widthMismatch(fitted:given:)``.
    func checkWidth(_ fitted: Int) throws(DetectorError) {
        guard columns == fitted else { throw .widthMismatch(fitted: fitted, given: columns) }
    }

    /// The scores as a detector may hand them out: finite, 0 or more, and 0 where there was no value to score.
    func finished(_ scores: [Double]) -> [Double] {
        scores.indices.map { row in
            let score = scores[row]
            guard !score.isNaN, !isMissing(row: row) else { return 0 }
            return min(max(score, 0), .greatestFiniteMagnitude)
        }
    }
}
