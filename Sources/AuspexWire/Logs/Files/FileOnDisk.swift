import AuspexSignals
import Foundation

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What a file is, whatever it is called at the moment.
package struct FileIdentity: Hashable, Sendable {
    /// The device that it lies on.
    package var device: UInt64
    /// Its number there.
    package var inode: UInt64

    /// Names a file.
    package init(device: UInt64, inode: UInt64) {
        self.device = device
        self.inode = inode
    }
}

/// An open file that is read at any place.
///
/// A class because the descriptor must be closed exactly once.
package final class FileOnDisk: Sendable {
    /// Why a file cannot be read.
    package struct Unreadable: Error {
        /// What stands in the way.
        package let reason: String

        /// A file cannot be read.
        package init(reason: String) {
            self.reason = reason
        }

        /// What the system says of a call that failed.
        fileprivate init(errno number: Int32) {
            reason = String(cString: strerror(number))
        }
    }

    /// What the file is.
    package let identity: FileIdentity
    private let descriptor: Int32

    /// Opens a regular file for reading; anything else, such as a pipe, is refused without waiting for it.
    package init(path: String) throws(Unreadable) {
        descriptor = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Unreadable(errno: errno) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            let failure = Unreadable(errno: errno)
            close(descriptor)
            throw failure
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw Unreadable(reason: "it is no regular file")
        }
        identity = FileIdentity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
    }

    deinit {
        close(descriptor)
    }

    /// How many bytes the file has.
    ///
    /// - Throws: ``Unreadable`` when the system does not say; the file may be as long as it was.
    package func size() throws(Unreadable) -> Int64 {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw Unreadable(errno: errno) }
        return Int64(status.st_size)
    }

    /// Up to `count` bytes from `position` on; fewer at the end of the file.
    ///
    /// - Throws: ``Unreadable`` when they cannot be read, which says nothing of where the file ends.
    package func read(at position: Int64, count: Int) throws(Unreadable) -> [UInt8] {
        var failure: Unreadable?
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, total in
            while total < count, failure == nil {
                let start = buffer.baseAddress.map { $0 + total }
                let read = pread(descriptor, start, count - total, off_t(position + Int64(total)))
                guard read != 0 else { return }
                if read > 0 { total += read } else if errno != EINTR { failure = Unreadable(errno: errno) }
            }
        }
        if let failure { throw failure }
        return bytes
    }

    /// A hash of the first `count` bytes, to tell a file from another that has its inode later.
    ///
    /// - Throws: ``Unreadable`` when they cannot be read, which does not make it another file.
    package func fingerprint(of count: Int) throws(Unreadable) -> UInt64 {
        var hash = StableHash()
        hash.combine(try read(at: 0, count: count))
        return hash.value
    }

    /// What the file at `path` is; nil when there is none.
    package static func identity(ofPath path: String) -> FileIdentity? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        return FileIdentity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
    }

    /// Whether a pattern stands for a path, whether that exists or not.
    package static func matches(_ path: String, pattern: String) -> Bool { fnmatch(pattern, path, FNM_PATHNAME) == 0 }

    /// The paths that a pattern with `*`, `?` and `[…]` stands for, in order.
    package static func paths(matching pattern: String) -> [String] {
        var found = glob_t()
        defer { globfree(&found) }
        guard glob(pattern, GLOB_NOSORT, nil, &found) == 0 else { return [] }
        return (0..<Int(found.gl_pathc)).compactMap { found.gl_pathv[$0].map { String(cString: $0) } }.sorted()
    }
}
