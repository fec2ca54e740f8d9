import CZlib

/// Undoes the compression of request bodies, and stops at a limit.
package enum ContentCoding {
    /// How a body is compressed.
    package enum Kind: Sendable {
        /// RFC 1952.
        case gzip
        /// Raw DEFLATE (RFC 1951), as Go's senders write it, or wrapped by zlib (RFC 1950), as HTTP means it.
        case deflate
    }

    /// So many bytes are made room for at a time.
    private static let step = 1 << 16

    /// Decompresses all of `bytes`.
    ///
    /// - Throws: ``LogWireError/bodyTooLarge(limit:)`` when more than `limit` bytes come out, or
    ///   ``LogWireError/damaged(encoding:reason:)``.
    package static func decompress(_ bytes: [UInt8], _ kind: Kind, limit: Int) throws(LogWireError) -> [UInt8] {
        guard !bytes.isEmpty else { throw .empty }
        // `withUnsafe…` does not pass on typed errors in all its forms; a Result does.
        let outcome = bytes.withUnsafeBufferPointer { inflate($0, kind, limit: limit) }
        return try outcome.get()
    }

    private static func windowBits(_ kind: Kind, _ bytes: UnsafeBufferPointer<UInt8>) -> Int32 {
        guard kind == .deflate else { return 15 + 16 }
        // RFC 1950, 2.2: method 8, and the first two bytes a multiple of 31.
        let isWrapped = bytes.count > 1 && bytes[0] & 0x0f == 8 && (Int(bytes[0]) << 8 | Int(bytes[1])) % 31 == 0
        return isWrapped ? 15 : -15
    }

    private static func inflate(
        _ input: UnsafeBufferPointer<UInt8>, _ kind: Kind, limit: Int
    ) -> Result<[UInt8], LogWireError> {
        let name = kind == .gzip ? "gzip" : "deflate"
        var stream = z_stream()
        guard auspex_inflate_init(&stream, windowBits(kind, input)) == Z_OK else {
            return .failure(.damaged(encoding: name, reason: "zlib refuses to start"))
        }
        defer { inflateEnd(&stream) }
        stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
        stream.avail_in = UInt32(clamping: input.count)
        var output: [UInt8] = []
        while true {
            var status = Z_OK
            let room = min(step, limit + 1 - output.count)
            let part = [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
                stream.next_out = buffer.baseAddress
                stream.avail_out = UInt32(room)
                status = CZlib.inflate(&stream, Z_NO_FLUSH)
                count = room - Int(stream.avail_out)
            }
            output += part
            if output.count > limit { return .failure(.bodyTooLarge(limit: limit)) }
            switch status {
            case Z_OK: continue
            // Another gzip member may follow (RFC 1952, 2.2).
            case Z_STREAM_END where kind == .gzip && stream.avail_in > 0: inflateReset(&stream)
            case Z_STREAM_END: return .success(output)
            case Z_BUF_ERROR: return .failure(.damaged(encoding: name, reason: "the data ends too early"))
            default:
                let reason = stream.msg.map { String(cString: $0) } ?? "zlib error \(status)"
                return .failure(.damaged(encoding: name, reason: reason))
            }
        }
    }
}
