package import AuspexSignals

/// A streaming detector over the rows of a table that comes in parts: raw scores are, bit for bit, those of the whole table.
///
/// Each column gets a detector of its own, and a row's score is the largest of its columns'. Missing values and rows that are
/// not later than the one before score 0. Rows without times are taken as a minute apart. Memory does not grow with the rows.
package struct TableStream: Sendable {
    /// The step between rows without times. One-minute scrapes are the commonest there are.
    package static let untimedStep = TimeSpan.minutes(1)

    /// A detector that has seen nothing.
    private let fresh: any StreamingDetector
    private var columns: [Column] = []
    private var names: [String] = []
    private var rows = 0

    /// What one column has come to.
    private struct Column: Sendable {
        var stream: any StreamingDetector
        var gate = SampleGate()
        /// The longest warm-up that the detector spoke of.
        var needed = 0
    }

    /// Begins with a detector that has seen nothing.
    package init(_ fresh: any StreamingDetector) {
        self.fresh = fresh
    }

    /// Scores the next rows.
    ///
    /// - Parameter part: n rows by d columns; d may grow from part to part, as if the new columns had been missing before.
    /// - Returns: n scores, and n expectations of the last column.
    package mutating func scores(_ part: Table) -> (scores: [Double], expectations: [Expectation?]) {
        var scores = [Double](repeating: 0, count: part.rows)
        var expectations = [Expectation?](repeating: nil, count: part.rows)
        while columns.count < part.columns { columns.append(Column(stream: fresh)) }
        names = part.names
        for column in 0..<part.columns {
            columns[column] = Self.follow(
                columns[column].stream, columns[column], part, column, from: rows, &scores, &expectations)
        }
        rows += part.rows
        return (scores, expectations)
    }

    /// Opens the detector once for all rows of a part.
    private static func follow<Stream: StreamingDetector>(
        _ stream: Stream, _ column: Column, _ part: Table, _ index: Int, from first: Int, _ scores: inout [Double],
        _ expectations: inout [Expectation?]
    ) -> Column {
        var stream = stream
        var column = column
        for row in 0..<part.rows {
            let time = part.times?[row] ?? Timestamp(milliseconds: Int64(first + row) * untimedStep.milliseconds)
            let value = part[row, index]
            guard case .admitted = column.gate.admit(time: time, value: value) else { continue }
            let reading = stream.update(time: time, value: value)
            scores[row] = max(scores[row], reading.rawScore)
            expectations[row] = reading.expectation
            if case .warmingUp(_, let samples) = reading.readiness { column.needed = max(column.needed, samples) }
        }
        column.stream = stream
        return column
    }

    /// What a reader of the scores so far should know.
    package var notes: [String] {
        zip(names, columns).flatMap { name, column in
            var notes: [String] = []
            if rows > 0, rows <= column.needed {
                notes.append("\(name): all \(rows) rows are warm-up, which takes \(column.needed)")
            }
            if column.gate.late > 0 {
                notes.append("\(name): \(column.gate.late) rows are not later than the one before; ignored")
            }
            return notes
        }
    }
}
