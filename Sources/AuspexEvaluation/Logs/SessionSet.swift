import AuspexWire
import Foundation

/// Labelled sessions to measure detectors on.
///
/// | layout | known by |
/// |---|---|
/// | one table in the order of time | CSV with columns `BlockId`, `Label` (0 or 1) and `EventSequence` |
/// | three lists | `NAME_train`, `NAME_test_normal` and `NAME_test_abnormal`, lines of `[id,]event event …` |
///
/// All may be packed with gzip.
struct SessionSet: Sendable {
    /// How training and test are told apart.
    enum Content: Sendable {
        /// In the order of time.
        case ordered([LabelledSession])
        case split(training: [LabelledSession], test: [LabelledSession])
    }

    /// Bytes of a file, after decompression.
    private static let byteLimit = 256 << 20
    private static let listEndings = ["_train", "_test_normal", "_test_abnormal"]

    let name: String
    let content: Content

    /// The sets at the paths: tables, lists, and folders of them.
    ///
    /// - Throws: ``EvaluationError`` for a path where nothing is, `SessionFileError` and `TableError` when a file cannot be
    ///   read or a folder has none.
    static func find(_ paths: [String]) throws -> [SessionSet] {
        var sets: [SessionSet] = []
        for path in paths {
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
                throw EvaluationError.noSuchPath(path)
            }
            let files = isFolder.boolValue ? try names(beneath: path) : [path]
            let found = try files.compactMap { try read($0, isNamed: !isFolder.boolValue) }
            guard !found.isEmpty else { throw SessionFileError(file: path, line: nil, problem: .noSessions) }
            sets += found
        }
        return sets
    }

    private static func names(beneath folder: String) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: folder).sorted().map { "\(folder)/\($0)" }
    }

    /// The set that this file is, or begins; nil for another file of a folder.
    private static func read(_ path: String, isNamed: Bool) throws -> SessionSet? {
        let plain = path.hasSuffix(".gz") ? String(path.dropLast(3)) : path
        let name = URL(filePath: plain).deletingLastPathComponent().lastPathComponent
        if plain.hasSuffix(listEndings[0]) {
            return SessionSet(name: name, content: try lists(plain.dropLast(listEndings[0].count)))
        }
        guard isNamed || plain.hasSuffix("sessions.csv") else { return nil }
        return SessionSet(name: name, content: .ordered(try table(path)))
    }

    private static func lists(_ stem: Substring) throws -> Content {
        var numbers = EventNumbers()
        let parts = try listEndings.enumerated().map { index, ending in
            let plain = stem + ending
            let path = FileManager.default.fileExists(atPath: String(plain)) ? String(plain) : plain + ".gz"
            return try list(path, isAnomalous: index == 2, &numbers)
        }
        return .split(training: parts[0], test: parts[1] + parts[2])
    }

    private static func list(
        _ path: String, isAnomalous: Bool, _ numbers: inout EventNumbers
    ) throws -> [LabelledSession] {
        let text = try text(of: path)
        return text.split(whereSeparator: \.isNewline).enumerated().map { index, line in
            let fields = line.split(separator: ",", maxSplits: 1)
            let id = fields.count == 2 ? String(fields[0]) : "\(index + 1)"
            let events = (fields.last ?? "").split(separator: " ").map { numbers.template($0) }
            return LabelledSession(id: id, templates: events, isAnomalous: isAnomalous)
        }
    }

    private static func table(_ path: String) throws -> [LabelledSession] {
        var lines = try text(of: path).split(whereSeparator: \.isNewline)[...]
        let header = lines.popFirst()?.split(separator: ",", omittingEmptySubsequences: false) ?? []
        let columns = try ["BlockId", "Label", "EventSequence"].map { name in
            guard let index = header.firstIndex(of: Substring(name)) else {
                throw SessionFileError(file: path, line: 1, problem: .noColumn(name))
            }
            return index
        }
        var numbers = EventNumbers()
        return try lines.enumerated().map { index, line in
            let fields = line.split(separator: ",", omittingEmptySubsequences: false)
            guard fields.count == header.count else {
                throw SessionFileError(
                    file: path, line: index + 2, problem: .fieldCount(found: fields.count, expected: header.count))
            }
            let label = fields[columns[1]]
            guard label == "0" || label == "1" else {
                throw SessionFileError(file: path, line: index + 2, problem: .notALabel(String(label)))
            }
            let events = fields[columns[2]].split(separator: " ").map { numbers.template($0) }
            return LabelledSession(id: String(fields[columns[0]]), templates: events, isAnomalous: label == "1")
        }
    }

    private static func text(of path: String) throws -> String {
        let pieces = try InputPieces(path: path)
        var bytes: [UInt8] = []
        while let piece = try pieces.next() {
            bytes += piece
            guard bytes.count <= byteLimit else {
                throw SessionFileError(file: path, line: nil, problem: .tooLarge(limit: byteLimit))
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
