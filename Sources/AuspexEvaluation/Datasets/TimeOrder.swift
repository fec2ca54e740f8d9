import AuspexDetection
import AuspexSignals

/// The order of a series' rows by time. Detectors see rows in this order; what they say goes back to the order of the input.
struct TimeOrder: Hashable, Sendable {
    /// The input's row at each place of the order; nil when the rows are in order already or have no times.
    private let rows: [Int]?
    /// What a reader of the scores should know about the order.
    let notes: [String]

    /// The order of rows with these times. Rows of one time keep the order of the input.
    init(_ times: [Timestamp]?) {
        guard let times else {
            rows = nil
            notes = []
            return
        }
        var notes: [String] = []
        let isOrdered = zip(times, times.dropFirst()).allSatisfy { $0 <= $1 }
        // The standard library's sort is stable.
        let rows = isOrdered ? nil : times.indices.sorted { times[$0] < times[$1] }
        if rows != nil { notes.append("the rows are not in the order of their times; they were scored in that order") }
        let ordered = rows?.map { times[$0] } ?? times
        let repeated = zip(ordered, ordered.dropFirst()).count { $0 == $1 }
        notes += Self.notes(ofRepeated: repeated)
        self.rows = rows
        self.notes = notes
    }

    /// What to say of rows that have the time of the one before.
    static func notes(ofRepeated repeated: Int) -> [String] {
        repeated > 0 ? ["\(repeated) row(s) have the time of another one; times count to the millisecond"] : []
    }

    /// The series with its rows in order. Training rows that are no range any more are dropped.
    func sorted(_ series: LabelledSeries) -> LabelledSeries {
        guard let rows else { return series }
        var sorted = series
        sorted.table = Table(series.table, rows: rows)
        sorted.labels = series.labels.map(self.sorted)
        sorted.training = series.training.flatMap { training in
            let places = rows.indices.filter { training.contains(rows[$0]) }
            guard let first = places.first, let last = places.last, last - first + 1 == places.count else { return nil }
            return first..<last + 1
        }
        return sorted
    }

    /// What is known of each row of the input, in order.
    func sorted<Element>(_ elements: [Element]) -> [Element] {
        rows?.map { elements[$0] } ?? elements
    }

    /// What was said of each row in order, in the order of the input.
    func restored<Element>(_ elements: [Element]) -> [Element] {
        guard let rows else { return elements }
        var restored = elements
        for (place, row) in rows.enumerated() { restored[row] = elements[place] }
        return restored
    }
}
