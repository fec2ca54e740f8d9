#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Which file a path leads to, whatever links and other names it has.
package struct FileIdentity: Hashable, Sendable {
    private let device: UInt64
    private let number: UInt64

    /// The file with this status.
    init(_ status: stat) {
        (device, number) = (UInt64(status.st_dev), UInt64(status.st_ino))
    }

    /// The file that the path leads to; nil when it leads nowhere.
    package init?(ofFileAt path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        self.init(status)
    }

    /// Whether one of the paths leads to this file.
    package func isAny(of paths: [String]) -> Bool { paths.contains { FileIdentity(ofFileAt: $0) == self } }
}
