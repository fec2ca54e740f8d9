public import AuspexSignals
import Foundation

/// Series that are watched together: is their group strange, even if none of them is by itself?
///
/// A tick's score is the mean of what its members' own readings say, `Reading.strangeness`, of which each counts for at most
/// ``mostStrangeness``, so that no member speaks for all: that is for its own reading to do. The score is calibrated by those
/// of earlier ticks, so that series which always err together are no surprise when they do. Of fewer members than usual a mean
/// is further off by chance, and what it is off by counts for less: by the root of their share.
///
/// ```swift
/// var group = try GroupStream()
/// let members = zip(names, readings).compactMap { GroupStream.Member($0, $1) }
/// let reading = group.update(time: time, members: members)
/// if reading.isAnomalous { print(reading.reason ?? "") } // cpu 41 %, latency 33 %, errors 12 %
/// ```
///
/// The bound, and the mean in place of the maximum, the root mean square and a Mahalanobis distance of surprises or of levels,
/// were chosen on ASD's omi-1, 3 and 5, SMD's machine-1-6, SMAP's A-7 and MSL's M-1 (VUS-PR over `auto` 0.37, of the maximum
/// 0.20). On the other four tables of ASD and SMD it is 0.27, of the maximum 0.21; on the 42 others of SMAP and MSL, where one
/// column is measured and the others are commands, 0.34, of the maximum 0.39.
///
/// O(members) a tick. Keeps a histogram of 64 bins, and in its warm-up 200 scores.
public struct GroupStream: Sendable {
    /// One series of a tick.
    public struct Member: Sendable, Hashable {
        /// What it is called in reasons.
        public var name: String
        /// How strange it is in units of a usual sample, 0 or more.
        public var strangeness: Double

        /// Creates a member. A strangeness that is not finite counts as the most.
        public init(name: String, strangeness: Double) {
            self.name = name
            self.strangeness = strangeness
        }

        /// A member with its own reading; nil unless that is ready.
        public init?(_ name: String, _ reading: Reading) {
            guard reading.readiness == .ready else { return nil }
            self.init(name: name, strangeness: reading.strangeness)
        }

        /// What it counts for, in steps of 2⁻³⁰, so that a sum does not depend on the order of the members.
        fileprivate var counted: Double {
            let bounded = strangeness.isFinite ? min(max(strangeness, 0), mostStrangeness) : mostStrangeness
            return (bounded * 0x1p30).rounded() * 0x1p-30
        }
    }

    /// What one member counts for at most.
    public static let mostStrangeness = 5.0
    /// A tick with fewer members says nothing of a group, nor does one with less than half of the usual number.
    public static let fewestMembers = 2
    /// Ticks over which the usual number of members is averaged.
    private static let sizeMemory = 200.0

    /// The usual number of members; 0 before the first tick.
    private var usual = 0.0
    private var calibrator: StreamingCalibrator
    private var budget: AlertBudget
    private var gate = SampleGate()

    /// Creates a stream that has seen nothing.
    ///
    /// - Parameter alpha: rate of false alerts a tick.
    /// - Throws: ``DetectorError/invalidAlpha(value:)``.
    public init(alpha: Double = CalibratedScore.defaultAlpha) throws(DetectorError) {
        calibrator = try StreamingCalibrator(alpha: alpha)
        budget = AlertBudget(alpha: alpha)
    }

    /// The rate α of false alerts a tick.
    public var alpha: Double { calibrator.alpha }

    /// Takes on the rate α of an allowance at one tick every `step`, or without an allowance the usual one.
    package mutating func keep(to allowance: AlertAllowance?, step: TimeSpan) {
        calibrator.alpha = allowance?.nearestAlpha(step: step) ?? CalibratedScore.defaultAlpha
        budget.alpha = calibrator.alpha
    }

    /// Scores one tick, then learns from it.
    ///
    /// - Parameters:
    ///   - time: when; the newest of the members' times, say.
    ///   - members: those that are ready; the others are left out. They need not be the same at every tick.
    /// - Returns: the reading of the group. Its value is the mean of what the members count for, 0 to ``mostStrangeness``. It is
    ///   `missing` with fewer than ``fewestMembers`` or half of the usual number, and when the tick is not later than the one
    ///   before.
    public mutating func update(time: Timestamp, members: [Member]) -> Reading {
        let count = Double(members.count)
        let mean = Self.mean(of: members)
        let isEnough = members.count >= Self.fewestMembers && count >= usual / 2
        if members.count >= Self.fewestMembers { usual += usual == 0 ? count : (count - usual) / Self.sizeMemory }
        guard case .admitted = gate.admit(time: time, value: isEnough ? mean : .nan) else {
            return Reading(time: time, value: mean, readiness: .missing)
        }
        // Members that are as strange as usual have a mean of 1.
        let score = count < usual ? max(0, 1 + (mean - 1) * (count / usual).squareRoot()) : mean
        let wasReady = calibrator.isReady
        let decades = calibrator.decades(rawScore: score)
        var reading = Reading(time: time, value: mean, rawScore: score)
        guard wasReady else {
            reading.readiness = .warmingUp(seen: calibrator.seen, needed: StreamingCalibrator.warmUp)
            return reading
        }
        budget.judge(&reading, decades: decades)
        reading.strangeness = decades * M_LN10
        if reading.isAnomalous { reading.reason = Self.reason(members) }
        return reading
    }

    /// The mean of what the members count for, 0 to ``mostStrangeness``; 0 of none.
    public static func mean(of members: [Member]) -> Double {
        members.isEmpty ? 0 : members.reduce(0) { $0 + $1.counted } / Double(members.count)
    }

    /// Every member's part in the score of its tick, in falling order; together 1, or all 0 when nothing is strange.
    public static func shares(of members: [Member]) -> [Attribution.Share] {
        let sum = members.reduce(0) { $0 + $1.counted }
        return members.map { Attribution.Share(member: $0.name, share: sum > 0 ? $0.counted / sum : 0) }
            .sorted { ($1.share, $0.member) < ($0.share, $1.member) }
    }

    /// Such as `cpu 41 %, latency 33 %, errors 12 %`.
    private static func reason(_ members: [Member]) -> String {
        shares(of: members).prefix(Attribution.most).map(\.description).joined(separator: ", ")
    }
}

extension GroupStream {
    private static let snapshotKind = "group-stream"
    private static let snapshotVersion = 1

    /// The calibration as bytes with a format version.
    public func snapshot() -> [UInt8] {
        var writer = SnapshotWriter(kind: Self.snapshotKind, version: Self.snapshotVersion)
        writer.write(usual)
        writer.write(calibrator.snapshot())
        budget.write(to: &writer)
        gate.write(to: &writer)
        return writer.finished()
    }

    /// Continues from a snapshot: every later reading is, bit for bit, what it would have been without the break.
    ///
    /// - Throws: ``DetectorError/invalidSnapshot(reason:)``.
    public init(restoring bytes: [UInt8]) throws(DetectorError) {
        var reader = try SnapshotReader(bytes, kind: Self.snapshotKind, version: Self.snapshotVersion)
        usual = try reader.readDouble()
        guard usual.isFinite, usual >= 0 else { throw .invalidSnapshot(reason: "the usual size cannot be") }
        calibrator = try StreamingCalibrator(restoring: reader.readBytes())
        budget = try AlertBudget(alpha: calibrator.alpha, reading: &reader)
        gate = try SampleGate(reading: &reader)
        try reader.finish()
    }
}
