import Synchronization

/// The spool directories with the orders of this engine that its helpers may not have read yet.
///
/// A class, because those who write orders and who removes old ones share it.
final class OrdersAtWork: Sendable {
    private let paths = Mutex<Set<String>>([])

    /// Notes that an order will be written into the directory at `path`. To be called before it is.
    func begin(_ path: String) { paths.withLock { _ = $0.insert(path) } }

    /// Notes that nobody reads the order in the directory at `path` any more.
    func end(_ path: String) { paths.withLock { _ = $0.remove(path) } }

    /// Does `body` unless the order in the directory at `path` is one of these; none becomes one meanwhile.
    func unlessAtWork(_ path: String, _ body: () -> Void) {
        paths.withLock { if !$0.contains(path) { body() } }
    }
}
