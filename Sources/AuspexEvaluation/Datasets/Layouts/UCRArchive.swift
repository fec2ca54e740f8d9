import AuspexDetection

/// A file of the UCR Anomaly Archive (Wu and Keogh 2021): one series, whose name tells the training rows and its one anomaly,
/// `123_UCR_Anomaly_NAME_TRAINEND_BEGIN_END.txt`.
struct UCRArchive: Hashable, Sendable {
    /// What stands in every name.
    private static let mark = "_UCR_Anomaly_"
    private static let endings = [".txt", ".txt.gz"]

    /// How many rows at the beginning hold no anomaly.
    let training: Int
    /// The anomalous rows, counted from 0 as TSB-UAD counts them: BEGIN..<END, and one row at least.
    let anomaly: Range<Int>

    /// Nil when the file at `path` is not called so.
    init?(path: String) {
        let name = path.split(separator: "/").last ?? ""
        guard name.contains(Self.mark), let ending = Self.endings.first(where: { name.lowercased().hasSuffix($0) })
        else { return nil }
        let parts = name.dropLast(ending.count).split(separator: "_").suffix(3)
        let numbers = parts.compactMap { Int($0) }
        guard parts.count == 3, numbers.count == 3, numbers[0] > 0, numbers[0] <= numbers[1], numbers[1] <= numbers[2]
        else { return nil }
        training = numbers[0]
        anomaly = numbers[1]..<max(numbers[2], numbers[1] + 1)
    }

    /// Reads the series.
    func read(_ path: String) throws -> LabelledSeries {
        var values: [Double] = []
        try NumberLines.read(path) { value, _ in values.append(value) }
        guard !values.isEmpty else { throw DatasetError(path, .noNumbers) }
        guard anomaly.upperBound <= values.count else {
            throw DatasetError(path, .nameBeyondRows(rows: values.count))
        }
        let table = try Table(columns: [values])
        return LabelledSeries(
            name: path, table: table, labels: values.indices.map(anomaly.contains), training: 0..<training)
    }
}
