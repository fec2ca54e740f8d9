/// Why log data cannot be read at all.
package enum LogWireError: Error, Hashable, Sendable, CustomStringConvertible, ProtobufFailure {
    /// The body is longer than the limit, as sent or once it is decompressed.
    case bodyTooLarge(limit: Int)
    /// There are more records than the limit.
    case tooManyRecords(limit: Int)
    /// There are more resources, scopes or streams than the limit, with records or without.
    case tooManyGroups(limit: Int)
    /// The records take more bytes with their attributes than the limit.
    case recordsTooLarge(limit: Int)
    /// One value with others in it is longer than the limit.
    case valueTooLarge(limit: Int)
    /// There is no body.
    case empty
    /// The compressed data is damaged.
    case damaged(encoding: String, reason: String)
    /// The body is not JSON, or not the JSON that is expected.
    case invalidJSON(offset: Int, reason: String)
    /// The message ends in the middle of a field.
    case truncated(offset: Int)
    /// The message is not the one that is expected.
    case invalidProtobuf(offset: Int, reason: String)
    /// The stream is not MessagePack as Fluent's forward protocol has it.
    case invalidForward(reason: String)
    /// The `Content-Type` is not one of those that are understood here.
    case unsupportedContentType(String, expected: String)
    /// The `Content-Encoding` is not one of those that are understood here.
    case unsupportedContentEncoding(String, expected: String)

    /// What was wrong and what would be right.
    package var description: String {
        switch self {
        case .bodyTooLarge(let limit): "the body has more than \(limit) bytes: send smaller batches"
        case .tooManyRecords(let limit): "more than \(limit) records in a request: send smaller batches"
        case .tooManyGroups(let limit):
            "more than \(limit) resources, scopes or streams in a request: send smaller batches"
        case .recordsTooLarge(let limit):
            "the records have more than \(limit) bytes with their attributes: send smaller batches"
        case .valueTooLarge(let limit): "a nested value has more than \(limit) bytes"
        case .empty: "the body is empty"
        case .damaged(let encoding, let reason): "the body is not valid \(encoding): \(reason)"
        case .invalidJSON(let offset, let reason): "not the expected JSON at byte \(offset): \(reason)"
        case .truncated(let offset): "the protobuf message ends in the middle of the field at byte \(offset)"
        case .invalidProtobuf(let offset, let reason): "not the expected protobuf message at byte \(offset): \(reason)"
        case .invalidForward(let reason): "not Fluent's forward protocol: \(reason)"
        case .unsupportedContentType(let type, let expected):
            "Content-Type '\(type)' is not supported; send \(expected)"
        case .unsupportedContentEncoding(let encoding, let expected):
            "Content-Encoding '\(encoding)' is not supported; send \(expected)"
        }
    }

    /// The HTTP status that tells a sender so.
    package var status: Int {
        switch self {
        case .bodyTooLarge, .tooManyRecords, .tooManyGroups, .recordsTooLarge, .valueTooLarge: 413
        case .unsupportedContentType, .unsupportedContentEncoding: 415
        default: 400
        }
    }
}

extension LogWireError {
    /// What is wrong with a snappy block.
    init(_ error: RemoteWriteError) {
        switch error {
        case .bodyTooLarge(_, let limit), .uncompressedTooLarge(_, let limit): self = .bodyTooLarge(limit: limit)
        default: self = .damaged(encoding: "snappy", reason: error.description)
        }
    }
}
