import CSnappy

/// Snappy's block format: the uncompressed length as a varint, then the elements. Without framing and checksums.
///
/// Source: google/snappy, format_description.txt.
package enum SnappyBlock {
    /// How a framed stream begins: a stream identifier chunk.
    private static let streamIdentifier: [UInt8] = [0xff, 0x06, 0x00, 0x00, 0x73, 0x4e, 0x61, 0x50, 0x70, 0x59]

    /// At most so many bytes can come out of one: a copy element of three bytes yields 64 (format description, 2.2).
    private static let largestExpansion = 22

    /// Decompresses one block.
    ///
    /// - Throws: ``RemoteWriteError/uncompressedTooLarge(bytes:limit:)`` before anything is allocated,
    ///   ``RemoteWriteError/framedSnappy`` or ``RemoteWriteError/invalidSnappy``.
    package static func decompress(
        _ block: some Collection<UInt8>, limit: Int
    ) throws(RemoteWriteError) -> [UInt8] {
        if block.starts(with: streamIdentifier) { throw .framedSnappy }
        let contiguous = block.withContiguousStorageIfAvailable { decompress($0, limit: limit) }
        let outcome = contiguous ?? Array(block).withUnsafeBufferPointer { decompress($0, limit: limit) }
        return try outcome.get()
    }

    private static func decompress(
        _ block: UnsafeBufferPointer<UInt8>, limit: Int
    ) -> Result<[UInt8], RemoteWriteError> {
        guard let start = block.baseAddress else { return .failure(.invalidSnappy) }
        return start.withMemoryRebound(to: CChar.self, capacity: block.count) { source in
            var announced = 0
            guard snappy_uncompressed_length(source, block.count, &announced) == SNAPPY_OK else {
                return .failure(.invalidSnappy)
            }
            let possible = block.count.multipliedReportingOverflow(by: largestExpansion)
            let ceiling = min(limit, possible.overflow ? limit : possible.partialValue)
            guard announced <= ceiling else { return .failure(.uncompressedTooLarge(bytes: announced, limit: ceiling)) }
            var status = SNAPPY_INVALID_INPUT
            let bytes = [UInt8](unsafeUninitializedCapacity: announced) { buffer, count in
                var written = announced
                status = buffer.withMemoryRebound(to: CChar.self) { target in
                    // An empty buffer may have no address; the block for it is still checked.
                    guard let address = target.baseAddress else {
                        return snappy_validate_compressed_buffer(source, block.count)
                    }
                    return snappy_uncompress(source, block.count, address, &written)
                }
                count = status == SNAPPY_OK ? written : 0
            }
            return status == SNAPPY_OK ? .success(bytes) : .failure(.invalidSnappy)
        }
    }

    /// Compresses `bytes` into one block.
    package static func compress(_ bytes: [UInt8]) throws(RemoteWriteError) -> [UInt8] {
        // The format holds the length in 32 bits.
        guard bytes.count <= Int(UInt32.max) else { throw .cannotCompress(bytes: bytes.count) }
        let capacity = snappy_max_compressed_length(bytes.count)
        var status = SNAPPY_INVALID_INPUT
        let block = [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
            var written = capacity
            status = bytes.withUnsafeBytes { source in
                buffer.withMemoryRebound(to: CChar.self) { target in
                    guard let to = target.baseAddress else { return SNAPPY_BUFFER_TOO_SMALL }
                    guard let from = source.bindMemory(to: CChar.self).baseAddress else {
                        return withUnsafePointer(to: CChar(0)) { snappy_compress($0, 0, to, &written) }
                    }
                    return snappy_compress(from, source.count, to, &written)
                }
            }
            count = status == SNAPPY_OK ? written : 0
        }
        guard status == SNAPPY_OK else { throw .cannotCompress(bytes: bytes.count) }
        return block
    }
}
