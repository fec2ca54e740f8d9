import AuspexSignals

/// The default of streams: whether a value, a level or the way that a series goes has ever been seen.
struct OnlineAuto: StreamingDetector {
    static let descriptor = DetectorDescriptor(
        name: "auto",
        summary: "The default of streams: has a value, a level or the way that the series goes been seen before?",
        kind: .streaming, family: "ensemble",
        parameters: [
            .choice(
                "profile", default: "full", of: ["full", "light"],
                meaning: "light knows values and levels alone, in a seventh of the memory")
        ],
        cost: "O(1) a sample, about 10,000 flops, most of them in wide registers; light 1,000",
        memory: "10 KiB a series; light 1.5 KiB",
        source: "support sketch, ranks and tails, nearest earlier stretch by lags: our own; "
            + "harmonic mean p-value: Wilson 2019",
        minimumHistory: "50 samples, and 200 for the calibration")

    private var series = OnlineSeries()
    private var words: [UInt64]
    private let layout: OnlineLayout

    /// Samples before one is judged: what a histogram needs.
    static let warmUp = Int(RarityHistogram.warmUp)
    /// The band around a prediction is so many mean absolute errors wide: three standard deviations of Gaussian ones.
    private static let band = 3 * RobustLevel.gaussianConsistency

    init(parameters: ParameterValues) throws(DetectorError) {
        layout = OnlineLayout(try parameters.choice("profile") == "light" ? .light : .full)
        words = [UInt64](repeating: 0, count: layout.bytes / MemoryLayout<UInt64>.stride)
    }

    mutating func update(time: Timestamp, value: Double) -> RawReading {
        guard value.isFinite else { return RawReading(readiness: .missing) }
        let layout = layout
        let verdict = words.withUnsafeMutableBytes { bytes in
            bytes.baseAddress.map { series.update(time: time, value: value, block: $0, layout: layout) }
        }
        guard let verdict, series.samples > Self.warmUp else {
            return RawReading(rarity: 0, readiness: .warmingUp(seen: series.samples, needed: Self.warmUp))
        }
        return RawReading(
            rawScore: Double(verdict.severity), rarity: Double(verdict.rarity),
            expectation: verdict.prediction.flatMap { Self.expectation($0) })
    }

    private static func expectation(_ prediction: RecursiveRegression.Prediction) -> Expectation? {
        let half = band * prediction.error
        let (lower, upper) = (prediction.value - half, prediction.value + half)
        guard lower.isFinite, upper.isFinite else { return nil }
        return Expectation(value: prediction.value, lower: lower, upper: upper)
    }
}

extension OnlineAuto {
    private static let snapshotKind = "online-auto"
    private static let snapshotVersion = 1

    /// Profile and state as bytes with a format version.
    func snapshot() -> [UInt8] {
        var writer = SnapshotWriter(kind: Self.snapshotKind, version: Self.snapshotVersion)
        writer.write(layout.profile.rawValue)
        series.write(to: &writer)
        words.withUnsafeBytes { writer.write(Array($0)) }
        return writer.finished()
    }

    /// Continues from a snapshot: every later reading is, bit for bit, what it would have been without the break.
    init(restoring bytes: [UInt8]) throws(DetectorError) {
        var reader = try SnapshotReader(bytes, kind: Self.snapshotKind, version: Self.snapshotVersion)
        guard let profile = OnlineLayout.Profile(rawValue: try reader.readInteger()) else {
            throw .invalidSnapshot(reason: "it has an unknown profile")
        }
        let layout = OnlineLayout(profile)
        let series = try OnlineSeries(reading: &reader, layout: layout)
        let block = try reader.readBytes()
        try reader.finish()
        guard block.count == layout.bytes else {
            throw .invalidSnapshot(reason: "its state has \(block.count) bytes where \(layout.bytes) belong")
        }
        var words = [UInt64](repeating: 0, count: layout.bytes / MemoryLayout<UInt64>.stride)
        words.withUnsafeMutableBytes { $0.copyBytes(from: block) }
        let isSound = words.withUnsafeMutableBytes { bytes in
            bytes.baseAddress.map { series.isSound(block: $0, layout: layout) } ?? false
        }
        guard isSound else { throw .invalidSnapshot(reason: "its state cannot be") }
        (self.series, self.words, self.layout) = (series, words, layout)
    }
}
