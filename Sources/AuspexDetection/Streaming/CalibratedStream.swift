public import AuspexSignals
import Foundation

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
    private var rarities = RarityCalibrator()
    private var budget: AlertBudget
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
        budget = AlertBudget(alpha: alpha)
    }

    /// The name of the detector.
    public var detectorName: String { type(of: detector).descriptor.name }

    /// The rate α of false alerts a sample.
    public var alpha: Double { calibrator.alpha }

    /// The most bytes that the detector's state takes up, if it knows.
    package var detectorBytes: Int? { detector.stateBytes }

    /// Takes on the rate α of an allowance at one sample every `step`, or without an allowance the usual one.
    ///
    /// Within the warm-up the stream becomes what it had been with this rate from the start; later its line stays moved by
    /// the alerts that it had.
    package mutating func keep(to allowance: AlertAllowance?, step: TimeSpan) {
        let alpha = allowance?.nearestAlpha(step: step) ?? CalibratedScore.defaultAlpha
        calibrator.alpha = alpha
        budget.alpha = alpha
    }

    /// How rare the last sample was by the detector's own account, in powers of ten; nil when it leaves that to the
    /// calibration, and 0 in its warm-up.
    package private(set) var latestRarity: Double?

    /// How many samples were ignored because they were not later than the one before them.
    public var lateSamples: Int { gate.late }

    /// How many samples had no value.
    public var missingSamples: Int { gate.missing }

    /// Scores one sample, then learns from it.
    ///
    /// A missing value and a duplicate or late sample teach nothing and are answered with readiness `missing`; they are
    /// counted apart. Nothing is reported before detector and calibrator have both warmed up. The p-value is what the
    /// calibration makes of the sample; the anomaly score also knows how many alerts the series has had, see ``alpha``.
    public mutating func update(time: Timestamp, value: Double) -> Reading {
        guard case .admitted = gate.admit(time: time, value: value) else {
            return Reading(time: time, value: value, readiness: .missing)
        }
        let raw = detector.update(time: time, value: value)
        latestRarity = raw.rarity
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
            calibrate(raw, &reading)
        }
        return reading
    }

    private mutating func calibrate(_ raw: RawReading, _ reading: inout Reading) {
        let wasReady = raw.rarity == nil ? calibrator.isReady : rarities.isReady
        var decades = 0.0
        if let rarity = raw.rarity {
            decades = rarities.decades(rarity)
            if !wasReady || !budget.isCensored(decades) { rarities.learn(rarity) }
        } else {
            decades = calibrator.decades(rawScore: raw.rawScore)
        }
        guard wasReady else {
            let seen = raw.rarity == nil ? calibrator.seen : rarities.seen
            reading.readiness = .warmingUp(
                seen: detectorWarmUp + seen, needed: detectorWarmUp + StreamingCalibrator.warmUp)
            return
        }
        budget.judge(&reading, decades: decades)
        // Raw scores beside a rarity are in units of a usual one; of others −ln p has a mean of 1.
        reading.strangeness = raw.rarity == nil ? decades * M_LN10 : raw.rawScore
        if reading.isAnomalous { reading.reason = detector.reason }
    }
}

extension CalibratedStream {
    private static let snapshotKind = "calibrated-stream"
    private static let snapshotVersion = 3
    /// More bytes than a snapshot usually has besides those of detector and calibrator.
    private static let headRoom = 512

    /// Detector, calibrator and gate as bytes with a format version.
    public func snapshot() -> [UInt8] {
        var writer = SnapshotWriter(kind: Self.snapshotKind, version: Self.snapshotVersion)
        let (state, calibration) = (detector.snapshot(), calibrator.snapshot())
        writer.reserve(state.count + calibration.count + Self.headRoom)
        writer.write(specification)
        writer.write(detectorName)
        writer.write(state)
        writer.write(calibration)
        rarities.write(to: &writer)
        budget.write(to: &writer)
        gate.write(to: &writer)
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
        rarities = try RarityCalibrator(reading: &reader)
        budget = try AlertBudget(alpha: calibrator.alpha, reading: &reader)
        gate = try SampleGate(reading: &reader)
        admitted = try reader.readInteger(in: 0...SnapshotReader.mostSamples)
        detectorWarmUp = try reader.readInteger(in: 0...SnapshotReader.mostSamples)
        try reader.finish()
    }
}
