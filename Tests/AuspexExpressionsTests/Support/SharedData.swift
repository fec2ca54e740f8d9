import AuspexSignals
import Foundation

/// The public conformance suites, which are no part of the repository: found through `AUSPEX_TEST_DATA`, or beside the
/// repository as `shared/data`. Tests that need them are skipped where they are missing.
enum SharedData {
    /// The reason that a skipped test shows.
    static let hint = "the conformance data is not here; set AUSPEX_TEST_DATA to its folder"

    /// The folder `path` of the data; nil if it is missing.
    static func folder(_ path: String) -> URL? {
        let environment = ProcessInfo.processInfo.environment["AUSPEX_TEST_DATA"].map { URL(fileURLWithPath: $0) }
        let here = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
        // Support, the target, Tests, the repository.
        let repository = (0..<4).reduce(here) { url, _ in url.deletingLastPathComponent() }
        let beside = repository.deletingLastPathComponent().appendingPathComponent("shared/data")
        let folder = (environment ?? beside).appendingPathComponent(path)
        return FileManager.default.fileExists(atPath: folder.path) ? folder : nil
    }

    /// The JSON of a file.
    static func json(_ folder: String, _ file: String) throws -> JSONValue {
        guard let folder = Self.folder(folder) else { throw CocoaError(.fileNoSuchFile) }
        return try JSONValue(parsing: try Data(contentsOf: folder.appendingPathComponent(file)))
    }
}
