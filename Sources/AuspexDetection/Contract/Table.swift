public import AuspexSignals

/// n rows by d columns of measurements, one row a moment, one column a series; column-major, NaN = missing.
///
/// Infinite values count as missing and are stored as NaN. Two tables are equal when all their bits are, so that a table
/// with missing values equals itself.
public struct Table: Sendable, Hashable {
    /// How many rows, 0 or more.
    public let rows: Int
    /// How many columns, 1 or more.
    public let columns: Int
    /// The columns' names, all different; `value` or `value1`, `value2`… unless told otherwise.
    public let names: [String]
    /// When each row was measured, if that is known. Order is not checked: it is the caller's to keep, and
    /// ``init(_:rows:)`` helps.
    public let times: [Timestamp]?

    /// All cells, column after column: row i of column j is at `j * rows + i`.
    package let storage: [Double]

    /// Creates a table from its columns.
    ///
    /// - Throws: ``DetectorError/invalidTable(reason:)`` when there is no column, when lengths differ, or when the
    ///   number of names or times does not fit, or a name is there twice.
    /// - Complexity: O(n·d).
    public init(columns: [[Double]], names: [String]? = nil, times: [Timestamp]? = nil) throws(DetectorError) {
        guard let first = columns.first else { throw .invalidTable(reason: "it has no column; give at least one") }
        if let odd = columns.firstIndex(where: { $0.count != first.count }) {
            throw .invalidTable(
                reason: "column \(odd + 1) has \(columns[odd].count) rows and column 1 has \(first.count)")
        }
        let names = names ?? (columns.count == 1 ? ["value"] : (1...columns.count).map { "value\($0)" })
        guard names.count == columns.count else {
            throw .invalidTable(reason: "\(names.count) name(s) for \(columns.count) column(s)")
        }
        guard Set(names).count == names.count else { throw .invalidTable(reason: "a column's name is there twice") }
        if let times, times.count != first.count {
            throw .invalidTable(reason: "\(times.count) time(s) for \(first.count) row(s)")
        }
        self.rows = first.count
        self.columns = columns.count
        self.names = names
        self.times = times
        var storage: [Double] = []
        storage.reserveCapacity(first.count * columns.count)
        for column in columns { storage.append(contentsOf: column.lazy.map { $0.isFinite ? $0 : .nan }) }
        self.storage = storage
    }

    /// Takes rows of another table, in the order of `rows`, each of which must lie in `0..<rows` of that table.
    public init(_ other: Table, rows order: [Int]) {
        rows = order.count
        columns = other.columns
        names = other.names
        times = other.times.map { times in order.map { times[$0] } }
        storage = (0..<other.columns).flatMap { column in order.map { other[$0, column] } }
    }

    /// The values of column `index`, which must lie in `0..<columns`.
    public func column(_ index: Int) -> [Double] {
        precondition((0..<columns).contains(index), "the table has no column \(index)")
        return Array(storage[index * rows..<(index + 1) * rows])
    }

    /// The value in `row` (`0..<rows`) of `column` (`0..<columns`).
    public subscript(row: Int, column: Int) -> Double {
        precondition((0..<rows).contains(row) && (0..<columns).contains(column), "the table has no such cell")
        return storage[column * rows + row]
    }

    /// Whether both have the same names, times and bits.
    public static func == (left: Table, right: Table) -> Bool {
        left.rows == right.rows && left.names == right.names && left.times == right.times
            && left.storage.elementsEqual(right.storage) { $0.bitPattern == $1.bitPattern }
    }

    /// Hashes names, times and bits.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(names)
        hasher.combine(times)
        for value in storage { hasher.combine(value.bitPattern) }
    }
}
