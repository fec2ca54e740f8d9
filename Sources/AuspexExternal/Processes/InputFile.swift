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

    /// Linux's `O_TMPFILE` (include/uapi/asm-generic/fcntl.h), which Glibc hides from Swift.
    private static let unnamedFile: Int32 = 0o20000000 | O_DIRECTORY
    /// So many names are tried before the folder is given up.
    private static let mostNames = 10_000

    init() throws(ProgramFailure) {
        let folder = FileManager.default.temporaryDirectory.path
        descriptor =
            if let unnamed = Self.unnamed(in: folder) { unnamed } else { try Self.unlinked(in: folder) }
        piece.reserveCapacity(2 * Self.pieceSize)
    }

    /// Opens a file that never has a name; nil where the file system has none such.
    ///
    /// Closed in every other program from its first moment: one that is started meanwhile by anybody else would keep the
    /// rows else.
    static func unnamed(in folder: String) -> Int32? {
        let descriptor = open(folder, unnamedFile | O_RDWR | O_CLOEXEC, 0o600)
        return descriptor >= 0 ? descriptor : nil
    }

    /// Makes a file and takes its name away; closed in every other program, too.
    static func unlinked(in folder: String) throws(ProgramFailure) -> Int32 {
        for number in 0..<mostNames {
            let path = "\(folder)/auspex-input-\(getpid())-\(number)"
            // A link that somebody laid there is not followed, and what is there is left alone.
            let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
            if descriptor >= 0 {
                unlink(path)
                return descriptor
            }
            guard errno == EEXIST else { break }
        }
        throw .input(reason: String(cString: strerror(errno)))
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
