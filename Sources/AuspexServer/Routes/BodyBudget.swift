import Hummingbird
import NIOCore
import Synchronization

/// How many bytes of request bodies may be in memory at a time, over all connections.
///
/// A class because all requests share the one budget.
final class BodyBudget: Sendable {
    private let limit: Int
    private let used = Mutex(0)

    init(bytes limit: Int) {
        self.limit = limit
    }

    /// Takes `bytes` if there is room; one body alone is always let in.
    func reserve(_ bytes: Int) -> Bool {
        used.withLock { used in
            guard used == 0 || used + bytes <= limit else { return false }
            used += bytes
            return true
        }
    }

    /// Gives back what was taken.
    func release(_ bytes: Int) {
        used.withLock { $0 -= bytes }
    }

    /// Lets `use` have a request's body while there is room for it.
    ///
    /// - Throws: a 503 problem when there is no room, a 413 problem when the body is longer than `limit` bytes.
    func withBody<Result>(
        of request: Request, upTo limit: Int, _ use: (ByteBuffer) async throws -> Result
    ) async throws -> Result {
        let announced = request.headers[.contentLength].flatMap(Int.init) ?? limit
        let reserved = min(max(0, announced), limit)
        guard reserve(reserved) else {
            throw Problem(
                .serviceUnavailable, "Too many bodies at a time",
                "the same request will be welcome when others are done", headers: [.retryAfter: "1"])
        }
        defer { release(reserved) }
        return try await use(try await request.body(upTo: limit))
    }
}
