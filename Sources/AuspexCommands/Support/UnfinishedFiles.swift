import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The files that are being written beside those that they will replace, so that none of them is left when the program is
/// ended.
///
/// A class because they are written on one thread and taken away on another.
final class UnfinishedFiles: Sendable {
    private let paths = Mutex<Set<String>>([])

    /// Does what makes a file, and keeps it in mind.
    func begin(_ path: String, _ make: () -> Bool) {
        paths.withLock { paths in
            if make() { paths.insert(path) }
        }
    }

    /// Does what puts a file in its place or takes it away, and forgets it.
    func end(_ path: String, _ finish: () -> Void) {
        paths.withLock { paths in
            finish()
            paths.remove(path)
        }
    }

    /// Takes all of them away.
    ///
    /// - Parameter last: what is done then, before anybody can begin another one.
    func removeAll(then last: () -> Void = {}) {
        paths.withLock { paths in
            for path in paths { unlink(path) }
            paths.removeAll()
            last()
        }
    }
}
