public import AuspexSignals

/// A detector that sees one sample at a time, in ascending time, and scores it before learning from it.
///
/// A value of the conforming type is configuration and state together: bounded in size, O(1) amortised a sample. Wrap it
/// in ``CalibratedStream``, which keeps missing values, duplicates and late samples away from it.
public protocol StreamingDetector: Sendable {
    /// What the detector says of itself.
    static var descriptor: DetectorDescriptor { get }

    /// Takes its parameters, which are within their declared ranges already, and has seen nothing.
    init(parameters: ParameterValues) throws(DetectorError)

    /// Scores one sample against what was seen before it, then learns from it.
    ///
    /// A value that is not finite is answered with the readiness `missing` and changes nothing.
    mutating func update(time: Timestamp, value: Double) -> RawReading

    /// Why the last sample is strange, in a few words; nil when value and expectation say all. Asked of samples beyond the
    /// alert line alone, and not part of the snapshot.
    var reason: String? { get }

    /// Parameters and state as bytes with a format version; ``SnapshotWriter`` helps.
    func snapshot() -> [UInt8]

    /// Continues from a snapshot: every later reading is, bit for bit, what it would have been without the break.
    ///
    /// - Throws: ``DetectorError/invalidSnapshot(reason:)``.
    init(restoring bytes: [UInt8]) throws(DetectorError)

    /// The most bytes of memory that its state takes up, where that is known beforehand. Nil, the default, has it measured:
    /// by the snapshots of its first 2,048 samples.
    var stateBytes: Int? { get }
}

extension StreamingDetector {
    /// Nil: it is measured.
    public var stateBytes: Int? { nil }

    /// Nil: value and expectation say all.
    public var reason: String? { nil }
}

/// What a streaming detector says of one sample, before calibration.
public struct RawReading: Sendable, Hashable {
    /// Larger = stranger, finite, 0 or more, on the detector's own scale; 0 unless ready.
    public var rawScore: Double
    /// How rare the sample is by the detector's own account, in powers of ten: −log₁₀ of a p-value, 0 or more. Nil leaves it
    /// to the calibration to judge by the raw score. With it the raw score is in units of a usual one, about 1 on average.
    public var rarity: Double?
    /// What was expected before the sample came, if the detector expects a value.
    public var expectation: Expectation?
    /// Whether the score counts.
    public var readiness: Reading.Readiness

    /// Creates a reading.
    public init(
        rawScore: Double = 0, rarity: Double? = nil, expectation: Expectation? = nil,
        readiness: Reading.Readiness = .ready
    ) {
        self.rawScore = rawScore
        self.rarity = rarity
        self.expectation = expectation
        self.readiness = readiness
    }
}
