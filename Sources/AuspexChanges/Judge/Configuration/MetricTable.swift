/// Columns of measurements in their order, by name.
package struct MetricTable: Hashable, Sendable {
    /// The names of the columns, in order, each once.
    package private(set) var names: [String] = []
    /// How many rows the longest column has.
    package private(set) var rows = 0
    private var columns: [String: [Double]] = [:]

    /// Creates a table; of columns with one name the last one stays.
    package init(_ columns: [(name: String, values: [Double])]) {
        for (name, values) in columns {
            if self.columns.updateValue(values, forKey: name) == nil { names.append(name) }
        }
        rows = self.columns.values.map(\.count).max() ?? 0
    }

    /// The values of a column, NaN for missing; nil when there is no such column.
    package subscript(name: String) -> [Double]? { columns[name] }

    /// The names of this table's columns, then those that only the other one has.
    package func names(with other: MetricTable) -> [String] { names + other.names.filter { columns[$0] == nil } }
}
