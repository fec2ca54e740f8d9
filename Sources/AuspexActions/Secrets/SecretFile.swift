#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Reads a file that holds a secret, if nobody but those who may can read or change it.
enum SecretFile {
    /// What others, and a group besides reading, must not be allowed: 0600, 0640 and stricter modes pass.
    private static let forbiddenMode: mode_t = 0o037

    /// The bytes of the file, at most one more than `most`.
    ///
    /// The checks are made on the very file that is read, so that it cannot be exchanged in between.
    ///
    /// - Throws: ``UnreadableSecret`` for anything but a regular file that is safe from others.
    static func bytes(of path: String, most: Int) throws(UnreadableSecret) -> [UInt8] {
        // Without waiting for the other end, should it be a pipe.
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else { throw UnreadableSecret(reason: "\(path): \(String(cString: strerror(errno)))") }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0 else {
            throw UnreadableSecret(reason: "\(path): \(String(cString: strerror(errno)))")
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw UnreadableSecret(reason: "\(path) is not a regular file")
        }
        guard status.st_mode & forbiddenMode == 0 else {
            throw UnreadableSecret(
                reason: "\(path) may be read by others or changed by its group; take that away with chmod 0600 or 0640")
        }
        guard status.st_uid == 0 || status.st_uid == geteuid() else {
            throw UnreadableSecret(reason: "\(path) belongs neither to root nor to the engine's user")
        }
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 4_096)
        while bytes.count <= most {
            let count = read(file, &block, block.count)
            if count == 0 { break }
            guard count > 0 || errno == EINTR else {
                throw UnreadableSecret(reason: "\(path): \(String(cString: strerror(errno)))")
            }
            bytes += block.prefix(max(0, count))
        }
        return Array(bytes.prefix(most + 1))
    }
}
