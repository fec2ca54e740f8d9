/// A file that is measured, and how its series, labels and training rows are laid out.
struct DatasetFile: Hashable, Sendable {
    /// How a data set lays its series out.
    enum Layout: Hashable, Sendable {
        /// A table with a column of labels.
        case table
        /// A series whose name tells the anomaly.
        case ucr(UCRArchive)
        /// Training rows, test rows and labels in several files.
        case trainTest(TrainTestFiles)
        /// What is beside it is wrong.
        case broken(String)
    }

    /// The file, of several that with the test rows.
    var path: String
    var layout = Layout.table
    /// The folder that makes the set.
    var folder: String

    init(path: String, layout: Layout = .table, folder: String? = nil) {
        self.path = path
        self.layout = layout
        self.folder = folder ?? SetNames.folder(of: path)
    }

    /// Reads the series.
    ///
    /// - Throws: an error whose description names the file, and line and column where it knows them.
    func read(options: InputOptions) throws -> [LabelledSeries] {
        switch layout {
        case .table: try LabelledSeries.read(path, options: options)
        case .ucr(let archive): [try archive.read(path)]
        case .trainTest(let files): [try files.read()]
        case .broken(let reason): throw BrokenLayout(description: reason)
        }
    }

    private struct BrokenLayout: Error, CustomStringConvertible { var description: String }
}
