/// Grafana Loki's push API: streams of log lines with labels, as protobuf in a snappy block or as JSON.
///
/// ```
/// PushRequest   { streams = 1 repeated Stream }
/// Stream        { labels = 1 string, entries = 2 repeated Entry, hash = 3 }
/// Entry         { timestamp = 1 Timestamp, line = 2 string, structuredMetadata = 3 repeated LabelPair }
/// {"streams": [{"stream": {"app": "shop"}, "values": [["<nanoseconds>", "line", {"trace_id": "…"}]]}]}
/// ```
///
/// Source: Grafana Loki, `pkg/push` and `pkg/loghttp/push` (Apache-2.0).
package enum LokiPush {
    /// What a `Content-Type` may be.
    private static let types = "application/json or application/x-protobuf (also meant when there is none)"
    /// What a `Content-Encoding` may be.
    private static let encodings = "gzip, deflate, snappy or none"

    /// Decodes one request body.
    ///
    /// Protobuf is always in a snappy block, which `gzip` or `deflate` may wrap once more. An entry that is malformed is left
    /// out and reported; the others survive.
    ///
    /// - Parameters:
    ///   - body: The raw request body.
    ///   - contentType: The request's `Content-Type`; empty or nil means protobuf, as Loki has it.
    ///   - contentEncoding: The request's `Content-Encoding`.
    ///   - limits: What one request may cost.
    /// - Throws: ``LogWireError`` when the body as a whole cannot be read; then nothing of it counts.
    package static func decode(
        _ body: some Collection<UInt8>, contentType: String?, contentEncoding: String?,
        limits: LogLimits = LogLimits()
    ) throws(LogWireError) -> DecodedLogs {
        let isJSON = try isJSON(contentType)
        guard body.count <= limits.compressedBytes else { throw .bodyTooLarge(limit: limits.compressedBytes) }
        guard !body.isEmpty else { throw .empty }
        var bytes = Array(body)
        switch (contentEncoding ?? "").lowercased() {
        case "", "identity", "snappy": break
        case "gzip": bytes = try ContentCoding.decompress(bytes, .gzip, limit: limits.uncompressedBytes)
        case "deflate": bytes = try ContentCoding.decompress(bytes, .deflate, limit: limits.uncompressedBytes)
        default:
            throw .unsupportedContentEncoding(MediaType.shown(contentEncoding ?? ""), expected: encodings)
        }
        guard !bytes.isEmpty else { throw .empty }
        guard !isJSON else { return try decodeJSON(bytes, limits: limits) }
        do throws(RemoteWriteError) {
            bytes = try SnappyBlock.decompress(bytes, limit: limits.uncompressedBytes)
        } catch {
            throw LogWireError(error)
        }
        return try decodeMessage(bytes, limits: limits)
    }

    private static func isJSON(_ contentType: String?) throws(LogWireError) -> Bool {
        guard let contentType, !contentType.isEmpty else { return false }
        switch MediaType(contentType)?.essence {
        case "application/json": return true
        case "application/x-protobuf": return false
        default: throw .unsupportedContentType(MediaType.shown(contentType), expected: types)
        }
    }

    /// Decodes an uncompressed `PushRequest`.
    package static func decodeMessage(
        _ message: [UInt8], limits: LogLimits = LogLimits()
    ) throws(LogWireError) -> DecodedLogs {
        try read(message) { bytes throws(LogWireError) in
            var reader = LokiMessageReader(limits: limits)
            return try reader.read(bytes)
        }
    }

    /// Decodes the JSON form.
    package static func decodeJSON(
        _ text: [UInt8], limits: LogLimits = LogLimits()
    ) throws(LogWireError) -> DecodedLogs {
        try read(text) { bytes throws(LogWireError) in
            var reader = LokiJSONReader(limits: limits)
            return try reader.read(bytes)
        }
    }
}

/// Lets `body` read bytes in place. `withUnsafeBytes` does not pass on typed errors in all its forms; a Result does.
func read<Value>(
    _ bytes: [UInt8], _ body: (UnsafeRawBufferPointer) throws(LogWireError) -> Value
) throws(LogWireError) -> Value {
    let outcome = bytes.withUnsafeBytes { bytes -> Result<Value, LogWireError> in
        do throws(LogWireError) {
            return .success(try body(bytes))
        } catch {
            return .failure(error)
        }
    }
    return try outcome.get()
}
