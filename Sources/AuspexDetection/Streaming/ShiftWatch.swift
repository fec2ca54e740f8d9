/// Tells a shift from outliers: residuals beyond ``RobustLevel/clip`` deviations are outliers, and more than
/// ``RobustLevel/patience`` of them in a row the new normal.
///
/// What the residuals of such a run differ by among themselves says how wide the new normal is, whatever its height.
struct ShiftWatch: Sendable, Hashable {
    private(set) var run = 0
    private var last = 0.0
    private var differences = 0.0

    /// Takes note of a residual.
    ///
    /// - Parameter deviation: the standard deviation of residuals so far.
    /// - Returns: whether the run is longer than outliers make it.
    mutating func observe(_ residual: Double, deviation: Double) -> Bool {
        guard abs(residual) > RobustLevel.clip * deviation else {
            self = ShiftWatch()
            return false
        }
        if run > 0 { differences += (abs(residual - last) - differences) / Double(run) }
        last = residual
        run += 1
        return run > RobustLevel.patience
    }

    /// The standard deviation within the run, by its mean successive difference (von Neumann 1941).
    var deviation: Double {
        RobustLevel.gaussianConsistency * differences / 2.0.squareRoot()
    }
}

extension ShiftWatch {
    func write(to writer: inout SnapshotWriter) {
        writer.write(run)
        writer.write(last)
        writer.write(differences)
    }

    init(from reader: inout SnapshotReader) throws(DetectorError) {
        run = try reader.readInteger(in: 0...SnapshotReader.mostSamples)
        last = try reader.readDouble()
        differences = try reader.readDouble()
        guard last.isFinite, differences.isFinite, differences >= 0 else {
            throw .invalidSnapshot(reason: "a run of residuals cannot be")
        }
    }
}
