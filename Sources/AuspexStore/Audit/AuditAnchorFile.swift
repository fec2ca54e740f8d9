import AuspexSignals
import Foundation

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A file of anchors, a line of JSON each, on another disk, another machine's share or wherever the database's owner
/// cannot write: with it a log is found out that was computed anew or cut off.
package struct AuditAnchorFile: Sendable {
    /// Most bytes of the file that are read (16 MiB, over a hundred thousand anchors).
    private static let mostBytes = 1 << 24

    /// Where it is.
    package let path: String

    /// Names the file, which need not be there yet.
    package init(path: String) {
        self.path = path
    }

    /// The anchors in it, oldest first; none when there is no file.
    ///
    /// - Throws: ``AuditAnchorError`` for a file that cannot be read, is too large, or has a line that is no anchor.
    package func read() throws(AuditAnchorError) -> [AuditLog.Anchor] {
        guard FileManager.default.fileExists(atPath: path) else { return [] }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw .init(path: path, reason: "cannot be read")
        }
        guard data.count <= Self.mostBytes else {
            throw .init(path: path, reason: "is larger than \(Self.mostBytes) bytes; begin another one")
        }
        var anchors: [AuditLog.Anchor] = []
        for (number, line) in data.split(separator: UInt8(ascii: "\n")).enumerated() {
            guard let anchor = try? JSONDecoder().decode(AuditLog.Anchor.self, from: line) else {
                throw .init(path: path, reason: "line \(number + 1) is no anchor, such as this program writes")
            }
            anchors.append(anchor)
        }
        return anchors
    }

    /// Appends an anchor; on disk when this returns.
    package func append(_ anchor: AuditLog.Anchor) throws(AuditAnchorError) {
        guard let text = try? anchor.jsonText() else { throw .init(path: path, reason: "cannot be written") }
        let file = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o644)
        guard file >= 0 else { throw failure("opening") }
        defer { close(file) }
        let line = Array((text + "\n").utf8)
        // In one call, so that two writers cannot mix their lines.
        guard write(file, line, line.count) == line.count else { throw failure("writing") }
        guard fsync(file) == 0 else { throw failure("writing") }
    }

    private func failure(_ act: String) -> AuditAnchorError {
        AuditAnchorError(path: path, reason: "\(act): \(String(cString: strerror(errno)))")
    }
}

/// Why a file of anchors cannot be used.
package struct AuditAnchorError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file.
    package var path: String
    /// What is wrong.
    package var reason: String

    package var description: String { "anchors \(path): \(reason)" }
}
