/// What one remote write request may cost. The defaults leave ten times the room that known senders use.
package struct RemoteWriteLimits: Hashable, Sendable {
    /// Bytes of the body as sent.
    package var compressedBytes: Int
    /// Bytes after decompression, checked against the block's own header before anything is allocated.
    package var uncompressedBytes: Int
    /// Samples in a request; Prometheus sends 2,000 by default, vmagent 10,000.
    package var samples: Int
    /// Series in a request. A series may be two bytes long, so the size of the body alone bounds it too loosely.
    package var series: Int
    /// Labels of one series; Grafana Mimir's default is 30.
    package var labelsPerSeries: Int
    /// Bytes of a label's name; Grafana Mimir's default is 1,024.
    package var labelNameBytes: Int
    /// Bytes of a label's value; Grafana Mimir's default is 2,048.
    package var labelValueBytes: Int
    /// How many rejected series are described one by one; the others are only counted.
    package var describedRejections: Int

    /// Creates limits.
    package init(
        compressedBytes: Int = 32 << 20, uncompressedBytes: Int = 64 << 20, samples: Int = 1_000_000,
        series: Int = 1_000_000, labelsPerSeries: Int = 256, labelNameBytes: Int = 1_024,
        labelValueBytes: Int = 16_384, describedRejections: Int = 20
    ) {
        self.compressedBytes = compressedBytes
        self.uncompressedBytes = uncompressedBytes
        self.samples = samples
        self.series = series
        self.labelsPerSeries = labelsPerSeries
        self.labelNameBytes = labelNameBytes
        self.labelValueBytes = labelValueBytes
        self.describedRejections = describedRejections
    }
}
