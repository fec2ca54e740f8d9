import AuspexNumerics
import AuspexSignals

/// Where each row of a table stands in a cycle: by its time when times are known, so that gaps don't shift the phase, and
/// by its number otherwise.
///
/// A row's position is that of the row before it plus the steps between them. Times that are rounded, such as those of 60
/// rows a second in milliseconds, thus never drift out of phase: only a gap is more than one step.
struct RowPhases: Sendable {
    /// What the rows of the learned table had: when row 0 was, and the mean step in milliseconds.
    struct Grid: Sendable, Hashable {
        let start: Int64
        let step: Double
    }

    let grid: Grid?
    private let positions: [Int]

    /// Positions on the table's own grid.
    init(_ table: Table) {
        self.init(table, grid: table.times.flatMap(Self.grid))
    }

    /// Positions on the grid of another table.
    init(_ table: Table, grid: Grid?) {
        self.grid = grid
        if let grid, let times = table.times {
            positions = Self.positions(times, start: grid.start, step: grid.step)
        } else {
            positions = Array(0..<table.rows)
        }
    }

    /// The phase of `row` in a cycle of `period` rows: 0..<period.
    func phase(_ row: Int, period: Int) -> Int {
        let remainder = positions[row] % period
        return remainder < 0 ? remainder + period : remainder
    }

    private static func positions(_ times: [Timestamp], start: Int64, step: Double) -> [Int] {
        var position = 0
        var before = Timestamp(milliseconds: start)
        return times.map { time in
            let steps = Double((time - before).milliseconds) / step
            position &+= Int(exactly: steps.rounded()) ?? 0
            before = time
            return position
        }
    }

    /// The usual step is the median one, and its exact length the mean over all steps of that size.
    private static func grid(_ times: [Timestamp]) -> Grid? {
        guard let first = times.first, let last = times.last else { return nil }
        let steps = zip(times.dropFirst(), times).map { Double(($0 - $1).milliseconds) }
        guard let usual = OrderStatistics.median(steps), usual >= 1, usual < 1e15 else { return nil }
        let count = positions(times, start: first.milliseconds, step: usual).last ?? 0
        let mean = Double((last - first).milliseconds) / Double(count)
        return Grid(start: first.milliseconds, step: count > 0 && mean >= 1 ? mean : usual)
    }
}
