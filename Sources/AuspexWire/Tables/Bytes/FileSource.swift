import AuspexSignals

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A file, or standard input for the path `-`.
final class FileSource: ByteSource {
    private let path: String
    private let descriptor: Int32
    private let isOwned: Bool

    init(path: String) throws(TableError) {
        self.path = path
        isOwned = path != "-"
        guard isOwned else {
            descriptor = STDIN_FILENO
            return
        }
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        if descriptor < 0 { throw Self.failure(path, errno) }
    }

    deinit {
        if isOwned, descriptor >= 0 { close(descriptor) }
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(TableError) -> Int {
        while true {
            #if canImport(Glibc)
                let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            #else
                let count = Darwin.read(descriptor, buffer.baseAddress, buffer.count)
            #endif
            if count >= 0 { return count }
            if errno != EINTR { throw Self.failure(path, errno) }
        }
    }

    private static func failure(_ path: String, _ code: Int32) -> TableError {
        let problem: TableError.Problem =
            code == EISDIR
            ? .isFolder : .unreadable(reason: strerror(code).map { String(cString: $0) } ?? "error \(code)")
        return TableError(location: SourceLocation(file: path), problem: problem)
    }
}
