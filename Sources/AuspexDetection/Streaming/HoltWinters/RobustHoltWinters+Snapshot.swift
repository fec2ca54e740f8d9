import AuspexSignals

extension RobustHoltWinters {
    private static let snapshotVersion = 1

    func snapshot() -> [UInt8] {
        var writer = SnapshotWriter(kind: Self.descriptor.name, version: Self.snapshotVersion)
        writer.write(memory)
        writer.write(band)
        smoothing.write(to: &writer)
        writer.write(season != nil)
        season?.write(to: &writer)
        shift.write(to: &writer)
        writer.write(seen)
        writer.write(Int(first.milliseconds))
        writer.write(Int(last.milliseconds))
        writer.write(step)
        writer.write(beginning)
        writer.write(lastValue)
        writer.write(lastDifference)
        writer.write(averaged)
        writer.write(isSmoothing)
        return writer.finished()
    }

    init(restoring bytes: [UInt8]) throws(DetectorError) {
        var reader = try SnapshotReader(bytes, kind: Self.descriptor.name, version: Self.snapshotVersion)
        memory = try reader.readInteger(in: 2...SnapshotReader.mostSamples)
        band = try reader.readDouble()
        smoothing = try RobustSmoothing(from: &reader)
        season = try reader.readBool() ? try SeasonSlots(from: &reader) : nil
        shift = try ShiftWatch(from: &reader)
        seen = try reader.readInteger(in: 0...SnapshotReader.mostSamples)
        first = Timestamp(milliseconds: Int64(try reader.readInteger()))
        last = Timestamp(milliseconds: Int64(try reader.readInteger()))
        step = try reader.readDouble()
        beginning = try reader.readDoubles()
        lastValue = try reader.readDouble()
        lastDifference = try reader.readDouble()
        averaged = try reader.readInteger(in: 2...SnapshotReader.mostSamples)
        isSmoothing = try reader.readBool()
        try reader.finish()
        let isSound =
            band.isFinite && band > 0 && first <= last && step.isFinite && step >= 0 && lastValue.isFinite
            && lastDifference.isFinite && beginning.count <= (season == nil ? Self.warmUp - 1 : Self.warmUp)
            && beginning.allSatisfy(\.isFinite) && (!isSmoothing || (beginning.isEmpty && seen >= Self.warmUp))
        guard isSound else {
            throw .invalidSnapshot(reason: "the state of '\(Self.descriptor.name)' cannot be")
        }
    }
}

extension RobustSmoothing {
    func write(to writer: inout SnapshotWriter) {
        writer.write([smoothing.level, smoothing.trend, smoothing.season, smoothing.damping, level, trend, variance])
    }

    init(from reader: inout SnapshotReader) throws(DetectorError) {
        let numbers = try reader.readDoubles()
        guard numbers.count == 7, numbers.allSatisfy(\.isFinite), numbers[..<4].allSatisfy((0...1).contains),
            numbers[6] >= 0
        else { throw .invalidSnapshot(reason: "the state of a smoothing cannot be") }
        self.init(Smoothing(level: numbers[0], trend: numbers[1], season: numbers[2], damping: numbers[3]))
        (level, trend, variance) = (numbers[4], numbers[5], numbers[6])
    }
}
