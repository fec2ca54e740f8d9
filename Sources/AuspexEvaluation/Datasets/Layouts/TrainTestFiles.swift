import AuspexDetection
import AuspexWire

/// A series in several files: training rows, test rows, and labels of the test rows. Server machines (SMD), application
/// servers (ASD) and the telemetry of SMAP and MSL come so.
struct TrainTestFiles: Hashable, Sendable {
    /// Where the labels of the test rows are.
    enum Labels: Hashable, Sendable {
        /// In a file with 0 or 1 for each row.
        case file(String)
        /// In a list of channels with the ranges of their anomalous rows.
        case ranges([ClosedRange<Int>], channel: String, list: String)
    }

    /// The rows before the test; nil when there are none.
    var training: String?
    /// The rows with labels.
    var test: String
    /// Which of them are anomalous.
    var labels: Labels

    /// Reads all files: training rows first, without anomaly, then test rows. The series is called after its test file.
    func read() throws -> LabelledSeries {
        let rows = try Self.columns(of: test)
        let count = rows.columns[0].count
        let labels = try labels(count: count)
        var before = [[Double]](repeating: [], count: rows.columns.count)
        if let training {
            before = try Self.columns(of: training).columns
            guard before.count == rows.columns.count else {
                throw DatasetError(
                    training, .columnCount(found: before.count, expected: rows.columns.count, file: test))
            }
        }
        let table = try Table(columns: zip(before, rows.columns).map { $0 + $1 }, names: rows.names)
        let trained = before[0].count
        return LabelledSeries(
            name: test, table: table, labels: Array(repeating: false, count: trained) + labels,
            training: trained > 0 ? 0..<trained : nil)
    }

    private func labels(count: Int) throws -> [Bool] {
        switch labels {
        case .file(let path):
            let labels = try Self.labels(of: path)
            guard labels.count == count else {
                throw DatasetError(path, .labelCount(labels: labels.count, rows: count, file: test))
            }
            return labels
        case .ranges(let ranges, let channel, let list):
            var labels = [Bool](repeating: false, count: count)
            for range in ranges {
                guard range.upperBound < count else {
                    let reason = "row \(range.upperBound) is beyond the \(count) rows of \(test)"
                    throw DatasetError(list, .notRanges(channel: channel, reason: reason))
                }
                for row in range { labels[row] = true }
            }
            return labels
        }
    }

    /// An array of NumPy, or a table of numbers with or without names.
    private static func columns(of path: String) throws -> (columns: [[Double]], names: [String]?) {
        if path.lowercased().hasSuffix(".npy") { return (try NumPyArray(path: path).columns, nil) }
        var options = TableOptions()
        options.timeColumn = .none
        let input = try TableReader(options: options).read(path: path)
        guard input.series.count == 1, let series = input.series.first else {
            throw DatasetError(path, .severalSeries)
        }
        return (series.columns, series.names)
    }

    private static func labels(of path: String) throws -> [Bool] {
        var labels: [Bool] = []
        let take = { (value: Double, line: Int?) in
            guard value == 0 || value == 1 else {
                let text = Excerpt.quoted(NumberText.exact(value) ?? "nan")
                throw DatasetError(path, line: line, .notALabel(text: text))
            }
            labels.append(value == 1)
        }
        if path.lowercased().hasSuffix(".npy") {
            let columns = try NumPyArray(path: path).columns
            guard columns.count == 1 else {
                throw DatasetError(path, .notAnArray(reason: "labels have one column and it has \(columns.count)"))
            }
            for value in columns[0] { try take(value, nil) }
        } else {
            var last = 0
            try NumberLines.read(path, skipsHeader: true) { value, line in
                guard line > last else { throw DatasetError(path, line: line, .manyNumbers) }
                last = line
                try take(value, line)
            }
        }
        return labels
    }
}
