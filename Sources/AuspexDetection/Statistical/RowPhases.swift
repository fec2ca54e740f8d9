import AuspexNumerics
import AuspexSignals

/// Where each row of a table stands in a cycle: by its time when times are known, so that gaps don't shift the phase, and
/// by its number otherwise.
struct RowPhases: Sendable {
    /// What the rows of the learned table had: when row 0 was, and the usual step in milliseconds.
    struct Grid: Sendable, Hashable {
        let start: Int64
        let step: Int64
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
            positions = times.map { time in
                let (offset, overflow) = time.milliseconds.subtractingReportingOverflow(grid.start)
                return overflow ? 0 : Int((Double(offset) / Double(grid.step)).rounded())
            }
        } else {
            positions = Array(0..<table.rows)
        }
    }

    /// The phase of `row` in a cycle of `period` rows: 0..<period.
    func phase(_ row: Int, period: Int) -> Int {
        let remainder = positions[row] % period
        return remainder < 0 ? remainder + period : remainder
    }

    private static func grid(_ times: [Timestamp]) -> Grid? {
        guard let start = times.first else { return nil }
        let steps = zip(times.dropFirst(), times).map { Double(($0 - $1).milliseconds) }
        guard let step = OrderStatistics.median(steps), step >= 1, step < 1e15 else { return nil }
        return Grid(start: start.milliseconds, step: Int64(step))
    }
}
