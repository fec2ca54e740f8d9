import AuspexSignals
import CZlib

/// Decompresses gzip (RFC 1952) from another source, member after member, and stops at what only an attack would be.
final class GzipSource: ByteSource {
    /// The first two bytes of every gzip member (RFC 1952 §2.3.1).
    static let magic: [UInt8] = [0x1f, 0x8b]

    private static let inputSize = 1 << 16
    /// 15 bits of window, and 16 more to ask zlib for gzip's header and check sum.
    private static let windowBits: Int32 = 15 + 16

    private let file: String
    private let limits: TableLimits
    private let source: any ByteSource
    private let input: UnsafeMutableRawBufferPointer
    /// zlib keeps the address of its stream, so it must not move.
    private let stream: UnsafeMutablePointer<z_stream>
    private var consumed = 0
    private var produced = 0
    private var state = State.inMember

    private enum State {
        case inMember
        case betweenMembers
        case padding
        case ended
    }

    init(_ source: any ByteSource, file: String, limits: TableLimits) throws(TableError) {
        self.source = source
        self.file = file
        self.limits = limits
        input = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.inputSize, alignment: 16)
        stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        stream.initialize(to: z_stream())
        let status = auspex_inflate_init(stream, Self.windowBits)
        guard status == Z_OK else { throw failure(.damagedGzip(reason: "zlib refuses to start (\(status))")) }
    }

    deinit {
        inflateEnd(stream)
        stream.deinitialize(count: 1)
        stream.deallocate()
        input.deallocate()
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(TableError) -> Int {
        while state != .ended {
            if stream.pointee.avail_in == 0, try !refill() { break }
            switch state {
            case .betweenMembers, .padding: try nextMember()
            case .inMember:
                let count = try inflate(into: buffer)
                if count > 0 { return count }
            case .ended: break
            }
        }
        return 0
    }

    /// Reads more compressed bytes; false at a good end of the data.
    private func refill() throws(TableError) -> Bool {
        let count = try source.read(into: input)
        guard count > 0 else {
            guard state != .inMember else { throw failure(.damagedGzip(reason: "the data ends too early")) }
            state = .ended
            return false
        }
        consumed += count
        stream.pointee.next_in = input.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_in = UInt32(count)
        return true
    }

    /// What follows a member: another one, or zeros as tapes have them.
    private func nextMember() throws(TableError) {
        while stream.pointee.avail_in > 0, stream.pointee.next_in.pointee == 0 {
            stream.pointee.next_in += 1
            stream.pointee.avail_in -= 1
            state = .padding
        }
        guard stream.pointee.avail_in > 0 else { return }
        guard state == .betweenMembers, stream.pointee.next_in.pointee == Self.magic[0] else {
            throw failure(.damagedGzip(reason: "something else follows the compressed data"))
        }
        inflateReset(stream)
        state = .inMember
    }

    private func inflate(into buffer: UnsafeMutableRawBufferPointer) throws(TableError) -> Int {
        let room = UInt32(clamping: buffer.count)
        stream.pointee.next_out = buffer.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_out = room
        let status = CZlib.inflate(stream, Z_NO_FLUSH)
        let count = Int(room - stream.pointee.avail_out)
        produced += count
        switch status {
        case Z_OK, Z_BUF_ERROR: break
        case Z_STREAM_END: state = .betweenMembers
        default:
            let reason = stream.pointee.msg.map { String(cString: $0) } ?? "zlib error \(status)"
            throw failure(.damagedGzip(reason: reason))
        }
        if produced > limits.expansionAllowance, produced / max(consumed, 1) > limits.expansion {
            throw failure(.expandsTooMuch(ratio: limits.expansion))
        }
        return count
    }

    private func failure(_ problem: TableError.Problem) -> TableError {
        TableError(location: SourceLocation(file: file), problem: problem)
    }
}
