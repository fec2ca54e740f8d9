import Foundation

/// The public data sets, which are not part of the repository.
enum TestData {
    /// The folder, from `AUSPEX_TEST_DATA` or beside the repository; nil when there is none.
    static let folder: URL? = {
        let given = ProcessInfo.processInfo.environment["AUSPEX_TEST_DATA"]
        var root = URL(filePath: #filePath).resolvingSymlinksInPath()
        while root.path != "/", !FileManager.default.fileExists(atPath: root.appending(path: "Package.swift").path) {
            root = root.deletingLastPathComponent()
        }
        let folder = given.map { URL(filePath: $0, relativeTo: root) } ?? root.appending(path: "../shared/data")
        return FileManager.default.fileExists(atPath: folder.path) ? folder.standardizedFileURL : nil
    }()

    /// The path of a part of it, nil when it is not there.
    static func path(_ part: String) -> String? {
        guard let path = folder?.appending(path: part).path, FileManager.default.fileExists(atPath: path) else {
            return nil
        }
        return path
    }
}

/// A folder that is gone after the test.
final class TemporaryFolder {
    let path: String

    init() throws {
        let name = "auspex-evaluation-" + String(UInt64.random(in: 0...UInt64.max), radix: 36)
        path = FileManager.default.temporaryDirectory.appending(path: name).path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    /// Writes a file, with the folders it needs, and returns its path.
    @discardableResult func write(_ name: String, _ text: String) throws -> String {
        let file = URL(filePath: path).appending(path: name)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
        return file.path
    }
}
