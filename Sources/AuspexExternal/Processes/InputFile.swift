import Foundation
import Glibc

/// A temporary file without a name, written here and read by a program.
///
/// A file and not a pipe: a program may read it late, in part, twice or not at all, and nobody waits for the other. A class
/// because it owns a file descriptor.
final class InputFile {
    private static let pieceSize = 1 << 18

    /// The file, positioned at its start once it is finished.
    let descriptor: Int32
    private var piece: [UInt8] = []

    init() throws(ProgramFailure) {
        var template = Array((FileManager.default.temporaryDirectory.path + "/auspex-input-XXXXXX").utf8CString)
        descriptor = mkstemp(&template)
        guard descriptor >= 0 else { throw .input(reason: String(cString: strerror(errno))) }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        unlink(template)
        piece.reserveCapacity(2 * Self.pieceSize)
    }

    deinit { close(descriptor) }

    /// Writes text, at the latest with ``finish()``.
    func write(_ body: (inout [UInt8]) -> Void) throws(ProgramFailure) {
        body(&piece)
        if piece.count >= Self.pieceSize { try flush() }
    }

    /// Writes what is left and goes back to the start.
    func finish() throws(ProgramFailure) {
        try flush()
        lseek(descriptor, 0, SEEK_SET)
    }

    private func flush() throws(ProgramFailure) {
        var rest = piece[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard count >= 0 || errno == EINTR else { throw .input(reason: String(cString: strerror(errno))) }
            rest = rest.dropFirst(max(0, count))
        }
        piece.removeAll(keepingCapacity: true)
    }
}
