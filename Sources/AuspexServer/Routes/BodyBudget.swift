import Hummingbird
import NIOCore
import Synchronization

/// How many bytes of request bodies may be in memory at a time, over all connections, as sent and decompressed.
///
/// A class because all requests share the one budget.
final class BodyBudget: Sendable {
    private let limit: Int
    private let used = Mutex(0)

    init(bytes limit: Int) {
        self.limit = limit
    }

    /// How large what comes out of a compressed body may be.
    struct Growth {
        /// How many bytes may come out of each.
        var factor: Int
        /// How many bytes may come out at most.
        var limit: Int

        /// A copy element of three bytes yields 64 (Snappy, format description, 2.2).
        static func snappy(limit: Int) -> Growth { Growth(factor: 22, limit: limit) }

        /// What HTTP's `Content-Encoding` says: gzip and deflate yield at most 1,032 bytes for one (zlib, Technical Details).
        init?(contentEncoding: String?, limit: Int) {
            guard let contentEncoding, !["", "identity"].contains(contentEncoding.lowercased()) else { return nil }
            self.init(factor: contentEncoding.lowercased() == "snappy" ? 22 : 1_032, limit: limit)
        }

        private init(factor: Int, limit: Int) {
            self.factor = factor
            self.limit = limit
        }

        func bytes(from count: Int) -> Int {
            let product = count.multipliedReportingOverflow(by: factor)
            return product.overflow ? limit : min(limit, product.partialValue)
        }
    }

    /// Takes `bytes` if there is room; one body alone is always let in.
    ///
    /// - Parameter own: what whoever asks has already.
    func reserve(_ bytes: Int, beside own: Int = 0) -> Bool {
        used.withLock { used in
            guard used == own || used + bytes <= limit else { return false }
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
    /// - Parameters:
    ///   - request: The request.
    ///   - limit: How many bytes the body may have as sent.
    ///   - growth: What may come out of it; nil when it is not compressed.
    ///   - use: What has the body.
    /// - Throws: a 503 problem when there is no room, a 413 problem when the body is longer than `limit` bytes.
    func withBody<Result>(
        of request: Request, upTo limit: Int, growing growth: Growth? = nil,
        _ use: (ByteBuffer) async throws -> Result
    ) async throws -> Result {
        let announced = request.headers[.contentLength].flatMap(Int.init) ?? limit
        var reserved = 0
        defer { release(reserved) }
        try take(min(max(0, announced), limit), &reserved)
        let body = try await request.body(upTo: limit)
        if let growth { try take(growth.bytes(from: body.readableBytes), &reserved) }
        return try await use(body)
    }

    private func take(_ bytes: Int, _ reserved: inout Int) throws(Problem) {
        guard reserve(bytes, beside: reserved) else {
            throw Problem(
                .serviceUnavailable, "Too many bodies at a time",
                "the same request will be welcome when others are done", headers: [.retryAfter: "1"])
        }
        reserved += bytes
    }
}
