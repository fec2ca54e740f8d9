import Foundation

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A program that nobody but root and the engine's user can change or put another in place of.
struct TrustedFile: Hashable {
    /// The file that was looked at. The helper starts no other one (`Order.Program` in AuspexExec has the same names).
    struct Identity: Hashable, Encodable {
        var device: UInt64
        var inode: UInt64
        var changedSeconds: Int64
        var changedNanoseconds: Int64
    }

    /// As many symbolic links as the kernel follows in a path.
    private static let mostLinks = 40

    let path: String
    let identity: Identity

    /// Looks at the program and at every directory and symbolic link on the way to it.
    ///
    /// Each must belong to root or to the engine's user. A file or directory that others may write to is refused, but for
    /// a directory with the sticky bit, such as `/tmp`: there nobody can replace what is not theirs.
    ///
    /// - Throws: ``ExecutableError`` at the first that is not so.
    init(_ path: String) throws(ExecutableError) {
        guard path.hasPrefix("/") else { throw .notExecutable(path) }
        var left: [Substring] = path.split(separator: "/").reversed()
        var place = ""
        var links = 0
        try Self.checkDirectory(try Self.look("/"), "/")
        while let name = left.popLast() {
            if name == "." { continue }
            if name == ".." {
                place = String(place.prefix(upTo: place.lastIndex(of: "/") ?? place.startIndex))
                continue
            }
            let next = "\(place)/\(name)"
            let status = try Self.look(next)
            switch status.st_mode & S_IFMT {
            case S_IFLNK:
                links += 1
                guard links <= Self.mostLinks,
                    let target = try? FileManager.default.destinationOfSymbolicLink(atPath: next)
                else { throw .notExecutable(path) }
                if target.hasPrefix("/") { place = "" }
                left += target.split(separator: "/").reversed()
            case S_IFDIR:
                try Self.checkDirectory(status, next)
                place = next
            default:
                guard left.isEmpty, status.st_mode & S_IFMT == S_IFREG, access(next, X_OK) == 0 else {
                    throw .notExecutable(path)
                }
                guard status.st_mode & (S_IWGRP | S_IWOTH) == 0 else { throw .writable(next) }
                self.path = path
                identity = Identity(
                    device: UInt64(status.st_dev), inode: UInt64(status.st_ino),
                    changedSeconds: Int64(status.st_ctim.tv_sec), changedNanoseconds: Int64(status.st_ctim.tv_nsec))
                return
            }
        }
        throw .notExecutable(path)
    }

    private static func look(_ path: String) throws(ExecutableError) -> stat {
        var status = stat()
        guard lstat(path, &status) == 0 else { throw .notExecutable(path) }
        guard status.st_uid == 0 || status.st_uid == geteuid() else { throw .foreign(path, owner: status.st_uid) }
        return status
    }

    private static func checkDirectory(_ status: stat, _ path: String) throws(ExecutableError) {
        let isOpen = status.st_mode & (S_IWGRP | S_IWOTH) != 0
        guard !isOpen || status.st_mode & S_ISVTX != 0 else { throw .writable(path) }
    }
}
