import AuspexSignals
import Foundation

/// A directory of its own for one test, removed with everything in it when nobody refers to it any more.
///
/// A class because its end has an effect.
package final class TemporaryDirectory: Sendable {
    /// The directory's path, without a slash at the end.
    package let path: String

    /// Creates an empty directory.
    package init() throws {
        path = FileManager.default.temporaryDirectory.appending(path: "auspex-\(RandomIDSource().next())").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    /// Writes a file, with the folders it needs, and gives its path.
    @discardableResult package func file(_ name: String, _ text: String) throws -> String {
        let file = path + "/" + name
        try FileManager.default.createDirectory(
            atPath: (file as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        try text.write(toFile: file, atomically: true, encoding: .utf8)
        return file
    }
}
