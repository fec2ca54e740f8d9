/// What log records may cost. The same for every format, so that no sender can do with one what another refuses.
package struct LogLimits: Hashable, Sendable {
    /// Bytes of a request body as sent.
    package var compressedBytes: Int
    /// Bytes of a request body, of a Fluent chunk or of a journal entry once it is decompressed; the OpenTelemetry
    /// protocol recommends 64 MiB.
    package var uncompressedBytes: Int
    /// Records of one request, and at most as many resources, scopes and streams.
    package var records: Int
    /// Bytes of all records of one request with their attributes, of which those of a stream are each record's: a short request
    /// may stand for a long one. A record counts 64 and an attribute 32 beside their text.
    package var recordBytes: Int
    /// Bytes of a record's body, and of a line. What is longer is cut and counted; Loki's default is 256 KiB.
    package var bodyBytes: Int
    /// Attributes of one record; OpenTelemetry's own default is 128. Further ones are left out and counted.
    package var attributes: Int
    /// Bytes of an attribute's name; longer ones are left out and counted.
    package var attributeNameBytes: Int
    /// Bytes of an attribute's value; longer ones are cut and counted.
    package var attributeValueBytes: Int
    /// How deeply values may be nested.
    package var depth: Int
    /// How many lines of a container's log are joined into one record; Promtail's default is 100.
    package var joinedLines: Int
    /// How many rejected records are described one by one; the others are only counted.
    package var describedRejections: Int

    /// Creates limits.
    package init(
        compressedBytes: Int = 32 << 20, uncompressedBytes: Int = 64 << 20, records: Int = 200_000,
        recordBytes: Int = 128 << 20, bodyBytes: Int = 1 << 20, attributes: Int = 128, attributeNameBytes: Int = 1_024,
        attributeValueBytes: Int = 16_384, depth: Int = 32, joinedLines: Int = 100, describedRejections: Int = 20
    ) {
        self.compressedBytes = compressedBytes
        self.uncompressedBytes = uncompressedBytes
        self.records = records
        self.recordBytes = recordBytes
        self.bodyBytes = bodyBytes
        self.attributes = attributes
        self.attributeNameBytes = attributeNameBytes
        self.attributeValueBytes = attributeValueBytes
        self.depth = depth
        self.joinedLines = joinedLines
        self.describedRejections = describedRejections
    }
}

extension String {
    /// The longest beginning of the text that has at most `limit` bytes and ends with a whole character.
    func cut(to limit: Int) -> String {
        guard utf8.count > limit else { return self }
        var end = utf8.index(startIndex, offsetBy: max(0, limit))
        while end > startIndex, utf8[end] & 0xc0 == 0x80 { end = utf8.index(before: end) }
        return String(self[..<end])
    }
}
