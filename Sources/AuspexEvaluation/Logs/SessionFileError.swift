import AuspexSignals

/// Why a file of sessions cannot be read.
struct SessionFileError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What was wrong.
    enum Problem: Hashable, Sendable {
        /// A table does not have a column.
        case noColumn(String)
        /// A row has more or fewer fields than the header.
        case fieldCount(found: Int, expected: Int)
        /// Neither 0 nor 1.
        case notALabel(String)
        /// A folder has no file of a known layout.
        case noSessions
        /// More bytes than the limit.
        case tooLarge(limit: Int)
    }

    let location: SourceLocation
    let problem: Problem

    init(file: String, line: Int?, problem: Problem) {
        location = SourceLocation(file: file, line: line)
        self.problem = problem
    }

    var description: String {
        let reason =
            switch problem {
            case .noColumn(let name):
                "there is no column \"\(name)\"; a table of sessions has BlockId, Label and EventSequence"
            case .fieldCount(let found, let expected): "the row has \(found) fields and the header \(expected)"
            case .notALabel(let text): "the label is \"\(text)\"; it must be 0 or 1"
            case .noSessions:
                "there are no sessions; give a table with the columns BlockId, Label and EventSequence, or a folder with "
                    + "sessions.csv or with lists NAME_train, NAME_test_normal and NAME_test_abnormal"
            case .tooLarge(let limit): "more than \(limit >> 20) MB of text; split the file"
            }
        return "\(location): \(reason)"
    }
}
