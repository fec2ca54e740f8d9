import AuspexRunbooks
import Foundation

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Reads files below directories that the configuration names, and nothing else: no link is followed on the way, and
/// what is no regular file is not opened for reading.
struct AllowedFiles: Hashable, Sendable {
    /// Why a file is not read.
    struct Refusal: Error, Hashable, Sendable, CustomStringConvertible {
        let description: String
    }

    /// Parts of a file that was read: its beginning and, where something in between was left out, its end.
    struct Contents: Hashable, Sendable {
        var head: [UInt8]
        var tail: [UInt8] = []
        var dropped: Int64 = 0
    }

    /// The directories, absolute.
    let directories: [String]
    /// Files that hold secrets, by their paths, which are never read, by whatever name.
    var secretFiles: [String] = []

    /// Reads at most `limit` bytes of a file, as many of its beginning as of its end.
    func contents(of path: String, limit: Int) throws(Refusal) -> Contents {
        let descriptor = try descriptor(of: path)
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw Self.refusal() }
        guard status.st_mode & S_IFMT == S_IFREG else { throw Refusal(description: "is not a regular file") }
        guard !FileIdentity(status).isAny(of: secretFiles) else {
            throw Refusal(description: "holds a secret of the configuration")
        }
        let size = Int64(status.st_size)
        guard size > Int64(limit) else {
            // Files of the kernel say that they are empty, and files that grow are longer than they were.
            let bytes = try bytes(of: descriptor, from: nil, atMost: limit)
            return Contents(head: bytes)
        }
        let half = limit / 2
        let head = try bytes(of: descriptor, from: 0, atMost: half)
        let tail = try bytes(of: descriptor, from: size - Int64(half), atMost: half)
        return Contents(head: head, tail: tail, dropped: size - Int64(head.count) - Int64(tail.count))
    }

    /// Opens a file, one part of its path after the other.
    private func descriptor(of path: String) throws(Refusal) -> Int32 {
        guard HealthCheck.isPath(path) else {
            throw Refusal(description: "is not an absolute path without '.' and '..'")
        }
        let parents = directories.filter { path.hasPrefix($0 == "/" ? $0 : $0 + "/") }
        // The innermost: what is below it is looked at part by part.
        guard let directory = parents.max(by: { $0.utf8.count < $1.utf8.count }) else {
            throw Refusal(
                description: "is not below a directory that may be collected from; add its own to actions.collect_paths"
            )
        }
        let parts = path.dropFirst(directory.count).split(separator: "/").map(String.init)
        var current = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard current >= 0 else { throw Self.refusal() }
        for (number, part) in parts.enumerated() {
            let isLast = number == parts.count - 1
            let flags = O_RDONLY | O_CLOEXEC | O_NOFOLLOW | (isLast ? O_NONBLOCK : O_DIRECTORY)
            let next = openat(current, part, flags)
            let code = errno
            close(current)
            guard next >= 0 else {
                let isLink = code == ELOOP || (code == ENOTDIR && !isLast)
                throw Refusal(
                    description: isLink
                        ? "leads over a link, or over what is no directory" : String(cString: strerror(code)))
            }
            current = next
        }
        return current
    }

    /// Reads on, or from a place.
    private func bytes(of descriptor: Int32, from place: Int64?, atMost limit: Int) throws(Refusal) -> [UInt8] {
        let blockSize = 65_536
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: blockSize)
        while bytes.count < limit {
            let wanted = min(blockSize, limit - bytes.count)
            let count =
                if let place {
                    pread(descriptor, &block, wanted, off_t(place) + off_t(bytes.count))
                } else {
                    read(descriptor, &block, wanted)
                }
            if count == 0 { break }
            guard count > 0 else {
                if errno == EINTR { continue }
                throw Self.refusal()
            }
            bytes += block.prefix(count)
        }
        return bytes
    }

    private static func refusal() -> Refusal { Refusal(description: String(cString: strerror(errno))) }
}
