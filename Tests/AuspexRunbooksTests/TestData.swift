import Foundation

/// The public data sets that some tests need. They do not come with the repository.
enum TestData {
    /// The folder, from `AUSPEX_TEST_DATA` or beside the repository; nil when there is none.
    static let folder: URL? = {
        let repository = URL(filePath: #filePath).resolvingSymlinksInPath()
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let given = ProcessInfo.processInfo.environment["AUSPEX_TEST_DATA"]
        let folder = given.map { URL(filePath: $0) } ?? repository.appending(path: "../shared/data")
        return FileManager.default.fileExists(atPath: folder.path) ? folder.standardizedFileURL : nil
    }()

    /// The lines of a file in it; nil when it is not there.
    static func lines(_ path: String) -> [String]? {
        guard let folder, let text = try? String(contentsOf: folder.appending(path: path), encoding: .utf8) else {
            return nil
        }
        return text.split(separator: "\n").map(String.init)
    }

    /// The repository's own folder `Rules/runbooks`.
    static let shippedRunbooks = URL(filePath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Rules/runbooks").path
}
