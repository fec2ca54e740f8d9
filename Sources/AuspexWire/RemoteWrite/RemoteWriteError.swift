/// Why a remote write request cannot be read at all.
package enum RemoteWriteError: Error, Hashable, Sendable, CustomStringConvertible, ProtobufFailure {
    /// The body is longer than the limit.
    case bodyTooLarge(bytes: Int, limit: Int)
    /// The block announces more bytes than the limit, or more than its length can hold.
    case uncompressedTooLarge(bytes: Int, limit: Int)
    /// The body is in snappy's framed (stream) format.
    case framedSnappy
    /// The body is not a snappy block.
    case invalidSnappy
    /// The message ends in the middle of a field.
    case truncated(offset: Int)
    /// The message is not a `prometheus.WriteRequest`.
    case invalidProtobuf(offset: Int, reason: String)
    /// The request has more samples than the limit.
    case tooManySamples(limit: Int)
    /// The request has more series than the limit.
    case tooManySeries(limit: Int)
    /// The `Content-Type` is not the one of remote write 1.0.
    case unsupportedContentType(String)
    /// The `Content-Encoding` is not `snappy`.
    case unsupportedContentEncoding(String)
    /// The message cannot be compressed.
    case cannotCompress(bytes: Int)

    /// What was wrong and what would be right.
    package var description: String {
        switch self {
        case .bodyTooLarge(let bytes, let limit):
            "the body has \(bytes) bytes, the limit is \(limit): send smaller batches"
        case .uncompressedTooLarge(let bytes, let limit):
            "the snappy block announces \(bytes) bytes, at most \(limit) are possible here: send smaller batches"
        case .framedSnappy:
            "the body is in snappy's framed format; remote write uses the block format without framing"
        case .invalidSnappy:
            "the body is not a valid snappy block; remote write bodies are protobuf in a snappy block"
        case .truncated(let offset):
            "the protobuf message ends in the middle of the field at byte \(offset)"
        case .invalidProtobuf(let offset, let reason):
            "not a prometheus.WriteRequest at byte \(offset): \(reason)"
        case .tooManySamples(let limit):
            "more than \(limit) samples in a request: send smaller batches"
        case .tooManySeries(let limit):
            "more than \(limit) series in a request: send smaller batches"
        case .unsupportedContentType(let type):
            "Content-Type '\(type)' is not supported; send application/x-protobuf with prometheus.WriteRequest"
                + " (remote write 1.0)"
        case .unsupportedContentEncoding(let encoding):
            "Content-Encoding '\(encoding)' is not supported; send snappy"
        case .cannotCompress(let bytes):
            "a message of \(bytes) bytes is too long for a snappy block"
        }
    }

    /// The HTTP status that tells a sender so. Senders of remote write never repeat a request after a 4xx.
    package var status: Int {
        switch self {
        case .bodyTooLarge, .uncompressedTooLarge, .tooManySamples, .tooManySeries: 413
        case .unsupportedContentType, .unsupportedContentEncoding: 415
        case .framedSnappy, .invalidSnappy, .truncated, .invalidProtobuf: 400
        case .cannotCompress: 500
        }
    }
}
