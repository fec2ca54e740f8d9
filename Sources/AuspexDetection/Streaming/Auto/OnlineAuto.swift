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

    private let profile: OnlineLayout.Profile
    /// One block that begins with an ``OnlineSeries``: all of the state, so that a series is one piece of memory.
    private var words: [UInt64]

    private var layout: OnlineLayout { OnlineLayout.of(profile) }

    /// Samples before one is judged: what a histogram needs.
    static let warmUp = Int(RarityHistogram.warmUp)
    /// The band around a prediction is so many mean absolute errors wide: three standard deviations of Gaussian ones.
    private static let band = 3 * RobustLevel.gaussianConsistency

    init(parameters: ParameterValues) throws(DetectorError) {
        profile = try parameters.choice("profile") == "light" ? .light : .full
        words = Self.begun(OnlineLayout.of(profile))
    }

    mutating func update(time: Timestamp, value: Double) -> RawReading {
        guard value.isFinite else { return RawReading(readiness: .missing) }
        let layout = layout
        let step = words.withUnsafeMutableBytes { bytes in
            bytes.baseAddress.map { block in
                let verdict = OnlineSeries.update(time: time, value: value, block: block, layout: layout)
                return (verdict: verdict, samples: block.assumingMemoryBound(to: OnlineSeries.self).pointee.samples)
            }
        }
        guard let (verdict, samples) = step else { return RawReading(readiness: .missing) }
        guard samples > Self.warmUp else {
            return RawReading(rarity: 0, readiness: .warmingUp(seen: samples, needed: Self.warmUp))
        }
        return RawReading(
            rawScore: Double(verdict.severity), rarity: Double(verdict.rarity),
            expectation: verdict.prediction.flatMap { Self.expectation($0) })
    }

    var reason: String? {
        words.withUnsafeBytes { bytes in
            bytes.baseAddress.flatMap { $0.assumingMemoryBound(to: OnlineSeries.self).pointee.reasons(layout) }
        }
    }

    /// The block of a series that has seen nothing.
    private static func begun(_ layout: OnlineLayout) -> [UInt64] {
        var words = [UInt64](repeating: 0, count: layout.bytes / MemoryLayout<UInt64>.stride)
        words.withUnsafeMutableBytes { bytes in
            if let block = bytes.baseAddress { OnlineSeries.begin(block, layout) }
        }
        return words
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
    private static let snapshotVersion = 2
    /// More bytes than a snapshot has besides the block.
    private static let headRoom = 1_024

    /// Profile and state as bytes with a format version.
    func snapshot() -> [UInt8] {
        var writer = SnapshotWriter(kind: Self.snapshotKind, version: Self.snapshotVersion)
        let layout = layout
        writer.reserve(layout.bytes + Self.headRoom)
        writer.write(profile.rawValue)
        words.withUnsafeBytes { bytes in
            guard let block = bytes.baseAddress else { return }
            block.assumingMemoryBound(to: OnlineSeries.self).pointee.write(to: &writer)
            if profile == .full {
                (block + layout.way).assumingMemoryBound(to: OnlineWay.self).pointee.write(to: &writer)
            }
            writer.write(UnsafeRawBufferPointer(rebasing: bytes[layout.regression...]))
        }
        return writer.finished()
    }

    /// Continues from a snapshot: every later reading is, bit for bit, what it would have been without the break.
    init(restoring bytes: [UInt8]) throws(DetectorError) {
        var reader = try SnapshotReader(bytes, kind: Self.snapshotKind, version: Self.snapshotVersion)
        guard let profile = OnlineLayout.Profile(rawValue: try reader.readInteger()) else {
            throw .invalidSnapshot(reason: "it has an unknown profile")
        }
        let layout = OnlineLayout.of(profile)
        let series = try OnlineSeries(reading: &reader, layout: layout)
        let way = profile == .full ? try OnlineWay(reading: &reader) : nil
        let parts = try reader.readBytes()
        try reader.finish()
        guard parts.count == layout.bytes - layout.regression else {
            throw .invalidSnapshot(
                reason: "its state has \(parts.count) bytes where \(layout.bytes - layout.regression) belong")
        }
        var words = Self.begun(layout)
        let isSound = words.withUnsafeMutableBytes { bytes in
            guard let block = bytes.baseAddress else { return false }
            block.assumingMemoryBound(to: OnlineSeries.self).pointee = series
            if let way { (block + layout.way).assumingMemoryBound(to: OnlineWay.self).pointee = way }
            (block + layout.regression).copyMemory(from: parts, byteCount: parts.count)
            return series.isSound(block: block, layout: layout) && way?.isSound ?? true
        }
        guard isSound else { throw .invalidSnapshot(reason: "its state cannot be") }
        (self.profile, self.words) = (profile, words)
    }
}
