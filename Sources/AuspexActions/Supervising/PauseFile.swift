import Foundation

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The file by which all runs are paused, also over a restart: while it is there, nothing begins. People may make it by
/// hand when the engine's interfaces are out of reach; its text is the reason.
package struct PauseFile: Hashable, Sendable {
    /// The time between two looks.
    static let interval = Duration.seconds(1)
    /// Longest reason that is read, in bytes.
    private static let longestReason = 1_024

    /// Its path.
    package let path: String

    /// The file at `path`, which need not be there.
    package init(path: String) {
        self.path = path
    }

    /// Why runs are paused; nil when they are not. A file that is there and cannot be read pauses them, too.
    var reason: String? {
        guard access(path, F_OK) == 0 || errno != ENOENT else { return nil }
        let data = FileManager.default.contents(atPath: path) ?? Data()
        let text = String(decoding: data.prefix(Self.longestReason), as: UTF8.self)
            .trimmingCharacters(in: .whitespacesAndNewlines)
        return text.isEmpty ? "the file \(path) is there" : text
    }

    /// Whose the file is, as far as that can be told: who made it by hand.
    var owner: String? {
        var status = stat()
        return stat(path, &status) == 0 ? "uid \(status.st_uid)" : nil
    }

    /// Pauses.
    func write(_ reason: String) throws {
        try Data(reason.utf8).write(to: URL(filePath: path), options: .atomic)
    }

    /// Ends the pause.
    func remove() throws {
        guard unlink(path) == 0 || errno == ENOENT else {
            throw PauseFileError(path: path, reason: String(cString: strerror(errno)))
        }
    }
}

/// Why a pause cannot be ended.
package struct PauseFileError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file.
    package let path: String
    /// What is in the way.
    package let reason: String

    package var description: String { "the pause is on, because \(path) cannot be removed: \(reason)" }
}
