package import AuspexSignals
import Foundation

/// OpenTelemetry's protocol for logs over HTTP: `ExportLogsServiceRequest` as protobuf or as JSON.
///
/// ```
/// ExportLogsServiceRequest { resource_logs = 1 repeated ResourceLogs }
/// ResourceLogs { resource = 1 { attributes = 1 }, scope_logs = 2 repeated ScopeLogs }
/// ScopeLogs    { scope = 1 { name = 1, version = 2, attributes = 3 }, log_records = 2 repeated LogRecord }
/// LogRecord    { time_unix_nano = 1, observed_time_unix_nano = 11, severity_number = 2, severity_text = 3,
///                body = 5 AnyValue, attributes = 6 repeated KeyValue, trace_id = 9, span_id = 10, event_name = 12 }
/// ```
///
/// Source: OpenTelemetry protocol 1.x, `opentelemetry-proto` (Apache-2.0).
package enum OTLPLogs {
    /// How a message is written.
    package enum Encoding: Sendable {
        /// `application/x-protobuf`
        case protobuf
        /// `application/json`
        case json

        /// The media type.
        package var mediaType: String { self == .json ? "application/json" : "application/x-protobuf" }
    }

    /// The encoding that a `Content-Type` names.
    package static func encoding(contentType: String?) throws(LogWireError) -> Encoding {
        switch MediaType(contentType ?? "")?.essence {
        case "application/json": return .json
        case "application/x-protobuf": return .protobuf
        default:
            throw .unsupportedContentType(
                MediaType.shown(contentType ?? ""), expected: "application/x-protobuf or application/json")
        }
    }

    /// Decodes one request body.
    ///
    /// An empty body is a request without records. A record that is malformed is left out and reported; the others survive.
    ///
    /// - Parameters:
    ///   - body: The raw request body.
    ///   - encoding: How it is written.
    ///   - contentEncoding: The request's `Content-Encoding`: `gzip` or none.
    ///   - received: The time of a record that has none.
    ///   - limits: What one request may cost.
    /// - Throws: ``LogWireError`` when the body as a whole cannot be read; then nothing of it counts.
    package static func decode(
        _ body: some Collection<UInt8>, _ encoding: Encoding, contentEncoding: String? = nil, received: Timestamp,
        limits: LogLimits = LogLimits()
    ) throws(LogWireError) -> DecodedLogs {
        guard body.count <= limits.compressedBytes else { throw .bodyTooLarge(limit: limits.compressedBytes) }
        var bytes = Array(body)
        switch (contentEncoding ?? "").lowercased() {
        case "", "identity": break
        case "gzip": bytes = try ContentCoding.decompress(bytes, .gzip, limit: limits.uncompressedBytes)
        default:
            throw .unsupportedContentEncoding(MediaType.shown(contentEncoding ?? ""), expected: "gzip or none")
        }
        guard bytes.count <= limits.uncompressedBytes else { throw .bodyTooLarge(limit: limits.uncompressedBytes) }
        guard !bytes.isEmpty else { return DecodedLogs(limits: limits) }
        return try read(bytes) { bytes throws(LogWireError) in
            switch encoding {
            case .protobuf:
                var reader = OTLPMessageReader(limits: limits, received: received)
                return try reader.read(bytes)
            case .json:
                var reader = OTLPJSONReader(limits: limits, received: received)
                return try reader.read(bytes)
            }
        }
    }

    /// The answer to a request that was understood: empty, or with what was left out.
    package static func response(rejected: Int, message: String, _ encoding: Encoding) -> [UInt8] {
        guard rejected > 0 else { return encoding == .json ? Array("{}".utf8) : [] }
        switch encoding {
        case .json:
            let partial = JSONValue.object([
                "partialSuccess": .object([
                    // 64-bit numbers are strings in protobuf's JSON.
                    "rejectedLogRecords": .string(String(rejected)), "errorMessage": .string(message),
                ])
            ])
            return Array(partial.canonicalText.utf8)
        case .protobuf:
            var partial: [UInt8] = [1 << 3 | ProtobufWireType.varint.rawValue]
            append(UInt64(rejected), to: &partial)
            partial.append(2 << 3 | ProtobufWireType.lengthDelimited.rawValue)
            append(UInt64(message.utf8.count), to: &partial)
            partial += message.utf8
            var response: [UInt8] = [1 << 3 | ProtobufWireType.lengthDelimited.rawValue]
            append(UInt64(partial.count), to: &response)
            return response + partial
        }
    }

    private static func append(_ number: UInt64, to bytes: inout [UInt8]) {
        var rest = number
        while rest >= 0x80 {
            bytes.append(UInt8(rest & 0x7f) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }
}
