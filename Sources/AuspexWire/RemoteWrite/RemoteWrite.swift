package import AuspexSignals

/// Prometheus remote write 1.0: a snappy block around the protobuf message `prometheus.WriteRequest`.
///
/// ```
/// WriteRequest { timeseries = 1 repeated TimeSeries, metadata = 3 repeated }
/// TimeSeries   { labels = 1 repeated Label, samples = 2 repeated Sample, exemplars = 3, histograms = 4 }
/// Label        { name = 1 string, value = 2 string }
/// Sample       { value = 1 double, timestamp = 2 int64 (milliseconds) }
/// ```
///
/// The message is read by a small cursor of our own and not through generated code: it allocates nothing that the
/// batch does not keep, and it can hand the bytes of a label set to ``LabelCache``. The tests hold it against
/// SwiftProtobuf.
///
/// Source: Prometheus Remote-Write 1.0 specification.
package enum RemoteWrite {
    /// Decodes one request body.
    ///
    /// A series with labels that nobody may send (unsorted, duplicate, without a name…) is left out and reported; the
    /// others survive. Staleness markers keep their exact bits. Exemplars, native histograms and metadata are counted.
    ///
    /// - Parameters:
    ///   - body: The raw request body.
    ///   - limits: What one request may cost.
    ///   - cache: Label sets seen before; share one between all requests of a server.
    /// - Returns: The samples, and what was left out and why.
    /// - Throws: ``RemoteWriteError`` when the body as a whole cannot be read; then nothing of it counts.
    /// - Complexity: Linear in the uncompressed size; memory at most ``RemoteWriteLimits/uncompressedBytes`` and the batch.
    package static func decode(
        _ body: some Collection<UInt8>, limits: RemoteWriteLimits = RemoteWriteLimits(), cache: LabelCache? = nil
    ) throws(RemoteWriteError) -> RemoteWriteResult {
        guard body.count <= limits.compressedBytes else {
            throw .bodyTooLarge(bytes: body.count, limit: limits.compressedBytes)
        }
        let message = try SnappyBlock.decompress(body, limit: limits.uncompressedBytes)
        return try decodeMessage(message, limits: limits, cache: cache)
    }

    /// Decodes an uncompressed `prometheus.WriteRequest`.
    package static func decodeMessage(
        _ message: [UInt8], limits: RemoteWriteLimits = RemoteWriteLimits(), cache: LabelCache? = nil
    ) throws(RemoteWriteError) -> RemoteWriteResult {
        // `withUnsafeBytes` does not pass on typed errors in all its forms; a Result does.
        let outcome = message.withUnsafeBytes { bytes -> Result<RemoteWriteResult, RemoteWriteError> in
            var reader = WriteRequestReader(limits: limits, cache: cache)
            do throws(RemoteWriteError) {
                return .success(try reader.read(bytes))
            } catch {
                return .failure(error)
            }
        }
        return try outcome.get()
    }

    /// Encodes the samples of `batch` as a request body, ready to be sent. Log records are not part of the format.
    package static func encode(_ batch: SignalBatch) throws(RemoteWriteError) -> [UInt8] {
        try SnappyBlock.compress(encodeMessage(batch))
    }

    /// Encodes the samples of `batch` as an uncompressed `prometheus.WriteRequest`.
    package static func encodeMessage(_ batch: SignalBatch) -> [UInt8] {
        var writer = WriteRequestWriter()
        for series in batch.series { writer.append(series) }
        return writer.bytes
    }
}
