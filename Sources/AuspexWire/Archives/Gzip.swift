import CZlib

/// Compresses into gzip's form (RFC 1952).
package enum Gzip {
    /// zlib cannot go on, which only a lack of memory makes it say.
    package struct Problem: Error, Hashable, Sendable, CustomStringConvertible {
        package let description: String
    }

    /// So many bytes are made room for at a time.
    private static let step = 1 << 16
    /// zlib's own middle way between time and size.
    private static let level: Int32 = 6

    /// The compressed bytes; the same for the same input, as no time and no name is in them.
    package static func compressed(_ bytes: [UInt8]) throws(Problem) -> [UInt8] {
        let outcome = bytes.withUnsafeBufferPointer { deflate($0) }
        return try outcome.get()
    }

    private static func deflate(_ input: UnsafeBufferPointer<UInt8>) -> Result<[UInt8], Problem> {
        var stream = z_stream()
        guard auspex_deflate_init(&stream, level, 15 + 16) == Z_OK else {
            return .failure(Problem(description: "zlib refuses to start"))
        }
        defer { deflateEnd(&stream) }
        var output: [UInt8] = []
        var given = 0
        while true {
            // zlib counts in 32 bits.
            if stream.avail_in == 0, given < input.count {
                let part = input[given..<min(input.count, given + (1 << 30))]
                stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress.map { $0 + given })
                stream.avail_in = UInt32(part.count)
                given += part.count
            }
            var status = Z_OK
            let flush = given == input.count ? Z_FINISH : Z_NO_FLUSH
            output += [UInt8](unsafeUninitializedCapacity: step) { buffer, count in
                stream.next_out = buffer.baseAddress
                stream.avail_out = UInt32(step)
                status = CZlib.deflate(&stream, flush)
                count = step - Int(stream.avail_out)
            }
            if status == Z_STREAM_END { return .success(output) }
            guard status == Z_OK || status == Z_BUF_ERROR else {
                return .failure(Problem(description: "zlib error \(status)"))
            }
        }
    }
}
