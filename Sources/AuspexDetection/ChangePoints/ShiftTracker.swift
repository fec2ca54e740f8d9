import AuspexSignals

/// Two-sided cumulative sums of residuals against a running level, which moves to where they say once they pass a limit.
///
/// A level that is off by δ standard deviations raises the score to `limit` within limit/(δ − allowance) samples: that is
/// the patience. Then the level moves to the textbook estimate of the new one, level ± (allowance + sum/count) deviations
/// (Montgomery 2012, §9.1.1), and the sums start afresh. Shifts beyond ``RobustLevel/clip`` are settled after
/// ``RobustLevel/patience`` samples at the latest. A wild value counts as ``StandardResiduals/largest`` deviations.
struct ShiftTracker: Sendable, Hashable {
    /// How a tracker is set up.
    struct Settings: Sendable, Hashable {
        /// Taken off the sums each sample, in deviations.
        var allowance: Double
        /// The sum at which a shift is settled, in deviations.
        var limit: Double
        /// Which share of a residual the level takes over; it is a plain mean since the last shift while that is more.
        var gain: Double
        /// Over how many residuals the scale is averaged.
        var memory: Int
        /// Half the width of the expected band, in deviations.
        var band: Double
    }

    /// One of the two sums.
    private struct Sum: Sendable, Hashable {
        var value = 0.0
        /// How many samples it has been above 0.
        var count = 0

        mutating func add(_ residual: Double, allowance: Double) {
            value = max(0, value + residual - allowance)
            count = value > 0 ? count + 1 : 0
        }
    }

    let settings: Settings
    private var level = RobustLevel()
    /// How many samples the level rests on.
    private var settled = 0
    private var above = Sum()
    private var below = Sum()

    init(_ settings: Settings) {
        self.settings = settings
    }

    /// Scores a value by the larger sum with it, then learns it.
    mutating func update(_ value: Double) -> RawReading {
        guard value.isFinite else { return RawReading(readiness: .missing) }
        let value = CleanColumn.clamped(value)
        guard level.isWarm else {
            learn(value)
            return RawReading(readiness: .warmingUp(seen: level.seen, needed: RobustLevel.warmUp))
        }
        let residual = min(
            max((value - level.value) / level.unit, -StandardResiduals.largest), StandardResiduals.largest)
        above.add(residual, allowance: settings.allowance)
        below.add(-residual, allowance: settings.allowance)
        let isRise = above.value >= below.value
        let sum = isRise ? above : below
        let reading = RawReading(rawScore: sum.value, expectation: level.expectation(band: settings.band))
        let shift = (settings.allowance + sum.value / Double(max(1, sum.count))) * level.unit
        let found = CleanColumn.clamped(level.value + (isRise ? shift : -shift))
        // Where the level has jumped to the value itself, that is nearer than what sums of cut residuals say.
        if !learn(value), sum.value > settings.limit {
            level.move(to: found)
            settle(restingOn: sum.count)
        }
        return reading
    }

    /// Takes a value in; whether it settled a shift.
    @discardableResult
    private mutating func learn(_ value: Double) -> Bool {
        settled += 1
        let gain = max(1 / Double(settled), settings.gain)
        let hasJumped = level.learn(value, gain: gain, memory: settings.memory)
        if hasJumped { settle(restingOn: 1) }
        return hasJumped
    }

    private mutating func settle(restingOn count: Int) {
        settled = count
        (above, below) = (Sum(), Sum())
    }
}

extension ShiftTracker {
    private static let snapshotVersion = 1

    func snapshot(of kind: String) -> [UInt8] {
        var writer = SnapshotWriter(kind: kind, version: Self.snapshotVersion)
        for value in [settings.allowance, settings.limit, settings.gain] { writer.write(value) }
        writer.write(settings.memory)
        writer.write(settings.band)
        level.write(to: &writer)
        writer.write(settled)
        for sum in [above, below] {
            writer.write(sum.value)
            writer.write(sum.count)
        }
        return writer.finished()
    }

    /// - Throws: ``DetectorError/invalidSnapshot(reason:)``, also for a state that cannot be.
    init(restoring bytes: [UInt8], of kind: String) throws(DetectorError) {
        var reader = try SnapshotReader(bytes, kind: kind, version: Self.snapshotVersion)
        settings = Settings(
            allowance: try reader.readDouble(), limit: try reader.readDouble(), gain: try reader.readDouble(),
            memory: try reader.readInteger(in: 1...SnapshotReader.mostSamples), band: try reader.readDouble())
        level = try RobustLevel(from: &reader, memory: settings.memory)
        settled = try reader.readInteger(in: 0...level.seen)
        above = try Self.sum(from: &reader)
        below = try Self.sum(from: &reader)
        try reader.finish()
        let isSound =
            settings.allowance >= 0 && settings.limit > 0 && (0...1).contains(settings.gain)
            && settings.band.isFinite && above.value <= settings.limit && below.value <= settings.limit
        guard isSound else { throw .invalidSnapshot(reason: "its sums or settings cannot be") }
    }

    private static func sum(from reader: inout SnapshotReader) throws(DetectorError) -> Sum {
        let sum = Sum(value: try reader.readDouble(), count: try reader.readInteger(in: 0...SnapshotReader.mostSamples))
        guard sum.value >= 0, (sum.value > 0) == (sum.count > 0) else {
            throw .invalidSnapshot(reason: "a sum of \(sum.value) over \(sum.count) samples cannot be")
        }
        return sum
    }
}
