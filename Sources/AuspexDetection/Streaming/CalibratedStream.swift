public import AuspexSignals

/// One series under watch: a streaming detector, its calibration, and a gate before both.
///
/// ```swift
/// var stream = try CalibratedStream("ewma")
/// let reading = stream.update(time: sample.time, value: sample.value)
/// if reading.isAnomalous { … }
/// ```
public struct CalibratedStream: Sendable {
    /// The detector's specification.
    public let specification: String

    private var detector: any StreamingDetector
    private var calibrator: StreamingCalibrator
    private var gate = SampleGate()
    private var admitted = 0
    private var detectorWarmUp = 0

    /// Creates a stream that has seen nothing.
    ///
    /// - Parameters:
    ///   - specification: such as `ewma:halflife=20`.
    ///   - alpha: rate of false alerts a sample.
    ///   - registry: where detectors are looked up.
    /// - Throws: ``DetectorError`` of ``DetectorRegistry/makeStreaming(_:)``, or
    ///   ``DetectorError/invalidAlpha(value:)``.
    public init(
        _ specification: String, alpha: Double = CalibratedScore.defaultAlpha, registry: DetectorRegistry = .standard
    ) throws(DetectorError) {
        self.specification = specification
        detector = try registry.makeStreaming(specification)
        calibrator = try StreamingCalibrator(alpha: alpha)
    }

    /// The name of the detector.
    public var detectorName: String { type(of: detector).descriptor.name }

    /// The rate α of false alerts a sample.
    public var alpha: Double { calibrator.alpha }

    /// How many samples were ignored because they were not later than the one before them.
    public var lateSamples: Int { gate.late }

    /// How many samples had no value.
    public var missingSamples: Int { gate.missing }

    /// Scores one sample, then learns from it.
    ///
    /// A missing value and a duplicate or late sample teach nothing and are answered with readiness `missing`; they are
    /// counted apart. Nothing is reported before detector and calibrator have both warmed up.
    public mutating func update(time: Timestamp, value: Double) -> Reading {
        guard case .admitted = gate.admit(time: time, value: value) else {
            return Reading(time: time, value: value, readiness: .missing)
        }
        let raw = detector.update(time: time, value: value)
        if raw.readiness != .missing { admitted += 1 }
        var reading = Reading(
            time: time, value: value, rawScore: raw.rawScore, expectation: raw.expectation, readiness: raw.readiness)
        switch raw.readiness {
        case .missing:
            break
        case .warmingUp(_, let needed):
            detectorWarmUp = needed
            reading.readiness = .warmingUp(seen: admitted, needed: needed + StreamingCalibrator.warmUp)
        case .ready:
            let wasReady = calibrator.isReady
            let calibrated = calibrator.update(rawScore: raw.rawScore)
            reading.pValue = calibrated.pValue
            reading.anomalyScore = calibrated.anomalyScore
            if !wasReady {
                reading.readiness = .warmingUp(
                    seen: detectorWarmUp + calibrator.seen, needed: detectorWarmUp + StreamingCalibrator.warmUp)
            }
        }
        return reading
    }
}

extension CalibratedStream {
    private static let snapshotKind = "calibrated-stream"
    private static let snapshotVersion = 1
    /// No stream reaches so many samples, and one more is still another number.
    private static let mostSamples = 1 << 53

    /// Detector, calibrator and gate as bytes with a format version.
    public func snapshot() -> [UInt8] {
        var writer = SnapshotWriter(kind: Self.snapshotKind, version: Self.snapshotVersion)
        writer.write(specification)
        writer.write(detectorName)
        writer.write(detector.snapshot())
        writer.write(calibrator.snapshot())
        writer.write(gate.last != nil)
        writer.write(Int(gate.last?.milliseconds ?? 0))
        writer.write(gate.missing)
        writer.write(gate.late)
        writer.write(admitted)
        writer.write(detectorWarmUp)
        return writer.finished()
    }

    /// Continues from a snapshot: every later reading is, bit for bit, what it would have been without the break.
    ///
    /// - Throws: ``DetectorError/invalidSnapshot(reason:)``, or ``DetectorError/unknownDetector(name:nearest:known:)``
    ///   when the registry lacks the detector.
    public init(restoring bytes: [UInt8], registry: DetectorRegistry = .standard) throws(DetectorError) {
        var reader = try SnapshotReader(bytes, kind: Self.snapshotKind, version: Self.snapshotVersion)
        specification = try reader.readString()
        let name = try reader.readString()
        detector = try registry.restoreStreaming(name, from: reader.readBytes())
        calibrator = try StreamingCalibrator(restoring: reader.readBytes())
        let hasLast = try reader.readBool()
        let last = Timestamp(milliseconds: Int64(try reader.readInteger()))
        gate = SampleGate(
            last: hasLast ? last : nil, missing: try reader.readInteger(in: 0...Self.mostSamples),
            late: try reader.readInteger(in: 0...Self.mostSamples))
        admitted = try reader.readInteger(in: 0...Self.mostSamples)
        detectorWarmUp = try reader.readInteger(in: 0...Self.mostSamples)
        try reader.finish()
    }
}
