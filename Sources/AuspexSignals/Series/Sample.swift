/// One measurement of a series.
public struct Sample: Hashable, Sendable, Codable {
    /// When it was measured.
    public var time: Timestamp
    /// What was measured. NaN means missing; ``isStale`` tells the end-of-series marker from it.
    public var value: Double

    /// Creates a sample.
    public init(time: Timestamp, value: Double) {
        self.time = time
        self.value = value
    }

    /// The bits by which Prometheus marks that a series has ended (prometheus/common, `value.StaleNaN`).
    public static let staleBits: UInt64 = 0x7ff0_0000_0000_0002

    /// Whether this is the marker that ends a series. It is never a value and never reaches a detector.
    public var isStale: Bool { value.bitPattern == Self.staleBits }
}

/// The samples of one series within a batch, in ascending time.
public struct SeriesSamples: Hashable, Sendable {
    /// Which series.
    public var labels: Labels
    /// Its samples, oldest first.
    public var samples: [Sample]

    /// Creates the part of a batch that belongs to one series.
    public init(labels: Labels, samples: [Sample]) {
        self.labels = labels
        self.samples = samples
    }
}

/// What one ingest request brought: samples and log records, decoded and ready for detection.
public struct SignalBatch: Hashable, Sendable {
    /// Samples by series.
    public var series: [SeriesSamples]
    /// Log records in order of arrival.
    public var logs: [LogRecord]

    /// Creates a batch.
    public init(series: [SeriesSamples] = [], logs: [LogRecord] = []) {
        self.series = series
        self.logs = logs
    }

    /// How many samples there are in all series together.
    public var sampleCount: Int { series.reduce(0) { $0 + $1.samples.count } }
}
