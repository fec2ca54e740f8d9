import AuspexSignals

/// A running level and the scale of what is left around it; O(1), 40 bytes of state.
///
/// Residuals beyond ``clip`` scales are cut to that before level and scale learn them, so that a spike neither drags the
/// level nor blinds the scale. After ``patience`` such residuals in a row they are no outliers but the new normal: the
/// level moves there and the scale is learned afresh.
struct RobustLevel: Sendable, Hashable {
    /// Residuals are cut at this many standard deviations (Gelper, Fried and Croux 2010 cut at 2; 3 keeps 99.7 % of
    /// Gaussian ones whole).
    static let clip = 3.0
    /// So many cut residuals in a row are a shift.
    static let patience = 5
    /// Samples before anything should be scored: the scale then rests on some thirty residuals.
    static let warmUp = 30
    /// Mean absolute deviation to standard deviation for Gaussian residuals: √(π/2).
    static let gaussianConsistency = 1.253314137315500

    /// How many values there were.
    private(set) var seen = 0
    /// The level; 0 before the first value.
    private(set) var value = 0.0
    /// Mean absolute residual.
    private var spread = 0.0
    /// Over how many residuals `spread` was averaged since it was last learned afresh.
    private var averaged = 0
    private var cutInARow = 0

    /// Nothing seen.
    init() {}

    var isWarm: Bool { seen >= Self.warmUp }

    /// The robust standard deviation of residuals; may be 0.
    var deviation: Double { Self.gaussianConsistency * spread }

    /// The standard deviation, not under what rounding makes of a constant.
    var unit: Double { deviation + (RobustScale.relativeFloor * abs(value) + RobustScale.absoluteFloor) }

    /// The next value as it is expected, with a band of so many deviations to either side.
    func expectation(band: Double) -> Expectation {
        Expectation(value: value, lower: value - band * deviation, upper: value + band * deviation)
    }

    /// Takes in a value that is finite and ``CleanColumn/clamped(_:)``.
    ///
    /// - Parameters:
    ///   - gain: which share of a residual the level takes over, 0 to 1; more while it rests on fewer than 1/gain values.
    ///   - memory: over how many residuals the scale is averaged.
    ///   - patience: so many cut residuals in a row are a shift.
    /// - Returns: whether a shift was settled, so that the level now is this value.
    @discardableResult
    mutating func learn(_ next: Double, gain: Double, memory: Int, patience: Int = Self.patience) -> Bool {
        guard seen > 0 else {
            seen = 1
            value = next
            return false
        }
        let residual = next - value
        let limit = Self.clip * deviation
        let isCut = isWarm && abs(residual) > limit
        cutInARow = isCut ? cutInARow + 1 : 0
        seen += 1
        if cutInARow > patience {
            // A shift: stand where the values are, and let the scale follow the residuals there quickly.
            averaged = min(averaged, Self.patience)
            learnSpread(abs(residual), memory: memory)
            value = next
            return true
        }
        let learned = isCut ? min(max(residual, -limit), limit) : residual
        learnSpread(abs(learned), memory: memory)
        value += max(1 / Double(seen), gain) * learned
        return false
    }

    /// Moves the level to where a test has found it.
    mutating func move(to level: Double) {
        value = level
    }

    private mutating func learnSpread(_ magnitude: Double, memory: Int) {
        averaged = min(averaged + 1, memory)
        spread += (magnitude - spread) / Double(averaged)
    }
}

extension RobustLevel {
    func write(to writer: inout SnapshotWriter) {
        writer.write(seen)
        writer.write(value)
        writer.write(spread)
        writer.write(averaged)
        writer.write(cutInARow)
    }

    /// - Throws: ``DetectorError/invalidSnapshot(reason:)``, also for a state that cannot be.
    init(from reader: inout SnapshotReader, memory: Int) throws(DetectorError) {
        seen = try reader.readInteger(in: 0...SnapshotReader.mostSamples)
        value = try reader.readDouble()
        spread = try reader.readDouble()
        averaged = try reader.readInteger(in: 0...max(0, memory))
        cutInARow = try reader.readInteger(in: 0...SnapshotReader.mostSamples)
        guard value.isFinite, spread.isFinite, spread >= 0 else {
            throw .invalidSnapshot(reason: "a level of \(value) with a scale of \(spread) cannot be")
        }
    }
}
