import AuspexSignals
import AuspexWire

/// Why a file of a known layout cannot be read: where, what was wrong and what would be right.
struct DatasetError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file, and the line where one is meant.
    var location: SourceLocation
    /// What was wrong.
    var problem: Problem

    init(_ file: String, line: Int? = nil, _ problem: Problem) {
        location = SourceLocation(file: file, line: line)
        self.problem = problem
    }

    var description: String { "\(location): \(problem)" }

    enum Problem: Hashable, Sendable, CustomStringConvertible {
        /// Not a number where one must stand.
        case notANumber(text: String)
        /// Neither 0 nor 1.
        case notALabel(text: String)
        /// Several numbers in a line that must have one.
        case manyNumbers
        /// No number at all.
        case noNumbers
        /// More bytes than the limit.
        case tooLarge(limit: Int)
        /// A file's name speaks of rows that it does not have.
        case nameBeyondRows(rows: Int)
        /// Test rows and labels differ in number.
        case labelCount(labels: Int, rows: Int, file: String)
        /// Training and test rows have other columns.
        case columnCount(found: Int, expected: Int, file: String)
        /// Several series where one is meant.
        case severalSeries
        /// Not an array of NumPy that can be read.
        case notAnArray(reason: String)
        /// A list of channels does not name one that is there.
        case unknownChannel(name: String)
        /// Not a list of pairs of rows, or beyond the rows that there are.
        case notRanges(channel: String, reason: String)

        var description: String {
            switch self {
            case .notANumber(let text):
                "\(text) is not a number; write decimal numbers, or nan for a missing value"
            case .notALabel(let text): "\(text) is not a label; write 1 for an anomaly and 0 for none, one a line"
            case .manyNumbers: "the line has several values; write one label a line"
            case .noNumbers: "has no number; write one value a line, or several with blanks between them"
            case .tooLarge(let limit): "is larger than \(limit) bytes; split it"
            case .nameBeyondRows(let rows):
                "has \(rows) rows, and its name speaks of others; the name ends in _TRAINEND_BEGIN_END.txt, "
                    + "with TRAINEND ≤ BEGIN ≤ END within the rows"
            case .labelCount(let labels, let rows, let file):
                "has \(labels) labels for the \(rows) rows of \(file); give one for each row"
            case .columnCount(let found, let expected, let file):
                "has \(found) columns and \(file) has \(expected); give training and test rows of the same columns"
            case .severalSeries: "holds several series; give one series a file in this layout"
            case .notAnArray(let reason):
                "is not an array that can be read: \(reason); "
                    + "save it with numpy.save as float64, float32 or int64, rows by columns in C order"
            case .unknownChannel(let name):
                "has no row for the channel \(Excerpt.quoted(name)); add one with its anomaly_sequences"
            case .notRanges(let channel, let reason):
                "the anomaly_sequences of the channel \(Excerpt.quoted(channel)) are wrong: \(reason); "
                    + "write [[first, last], …] in rows from 0"
            }
        }
    }
}
