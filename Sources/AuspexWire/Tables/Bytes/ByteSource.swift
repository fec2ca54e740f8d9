/// Where a table's bytes come from, in pieces.
///
/// A class behind it owns a file descriptor or a decompressor, which must be closed once.
protocol ByteSource: AnyObject {
    /// Fills at most `buffer`, which is not empty, and says how many bytes it wrote; 0 at the end.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(TableError) -> Int
}

/// Bytes that are in memory already.
final class MemorySource: ByteSource {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        let count = min(buffer.count, bytes.count - position)
        buffer.copyBytes(from: bytes[position..<position + count])
        position += count
        return count
    }
}

/// Another source with some bytes put back in front of it.
final class PrefixedSource: ByteSource {
    private let prefix: MemorySource
    private let rest: any ByteSource

    init(prefix: [UInt8], rest: any ByteSource) {
        self.prefix = MemorySource(prefix)
        self.rest = rest
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(TableError) -> Int {
        let count = prefix.read(into: buffer)
        return count > 0 ? count : try rest.read(into: buffer)
    }
}
