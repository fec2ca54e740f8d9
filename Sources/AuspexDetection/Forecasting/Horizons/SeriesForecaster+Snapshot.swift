import AuspexSignals

extension SeriesForecaster {
    private static let snapshotKind = "series-forecaster"
    private static let snapshotVersion = 1

    /// The state as bytes with a format version.
    public func snapshot() -> [UInt8] {
        var writer = SnapshotWriter(kind: Self.snapshotKind, version: Self.snapshotVersion)
        writer.write(first.map { Double($0.time.milliseconds) })
        writer.write(first.map(\.value))
        writer.write(last != nil)
        writer.write(Int(last?.milliseconds ?? 0))
        writer.write(Int(origin.milliseconds))
        writer.write([step, now, lastValue, spread])
        writer.write(learned)
        writer.write(averaged)
        for line in lines.carried + lines.plain { writer.write(line.state) }
        writer.write(cuts.flatMap { [$0.time, $0.value, $0.elapsed] })
        for record in records { record.write(to: &writer) }
        return writer.finished()
    }

    /// Continues from a snapshot: every later answer is, bit for bit, what it would have been without the break.
    ///
    /// - Throws: ``DetectorError/invalidSnapshot(reason:)``.
    public init(restoring bytes: [UInt8]) throws(DetectorError) {
        var reader = try SnapshotReader(bytes, kind: Self.snapshotKind, version: Self.snapshotVersion)
        let times = try reader.readFinite(atMost: Self.firstSamples - 1)
        let values = try reader.readFinite(atMost: Self.firstSamples - 1)
        guard times.count == values.count, times.allSatisfy({ $0.magnitude < 0x1p62 }) else { throw Self.impossible }
        first = zip(times, values).map { Sample(time: Timestamp(milliseconds: Int64($0)), value: $1) }
        let hasLast = try reader.readBool()
        let time = Timestamp(milliseconds: Int64(try reader.readInteger()))
        last = hasLast ? time : nil
        origin = Timestamp(milliseconds: Int64(try reader.readInteger()))
        let numbers = try reader.readFinite(atMost: 4)
        guard numbers.count == 4, numbers[0] >= 0, numbers[3] >= 0 else { throw Self.impossible }
        (step, now, lastValue, spread) = (numbers[0], numbers[1], numbers[2], numbers[3])
        learned = try reader.readInteger(in: 0...SnapshotReader.mostSamples)
        averaged = try reader.readInteger(in: 0...Self.spreadMemory)
        for index in lines.carried.indices { lines.carried[index] = try reader.readLine(like: lines.carried[index]) }
        for index in lines.plain.indices { lines.plain[index] = try reader.readLine(like: lines.plain[index]) }
        let cut = try reader.readFinite(atMost: 3 * RobustLevel.patience)
        guard cut.count.isMultiple(of: 3) else { throw Self.impossible }
        cuts = stride(from: 0, to: cut.count, by: 3).map { place in
            LineBundle.Cut(time: cut[place], value: cut[place + 1], elapsed: cut[place + 2])
        }
        for index in records.indices { try records[index].read(from: &reader) }
        try reader.finish()
        guard step > 0 || (learned == 0 && first.isEmpty == (last == nil)) else { throw Self.impossible }
    }

    fileprivate static let impossible = DetectorError.invalidSnapshot(reason: "the state of the forecaster cannot be")
}

extension HorizonRecord {
    fileprivate func write(to writer: inout SnapshotWriter) {
        writer.write(pending.count)
        for forecast in pending {
            writer.write(
                [forecast.madeAt] + ([forecast.combined] + forecast.ways).flatMap { [$0.level, $0.slope] })
        }
        writer.write(errors)
        writer.write(next)
        writer.write(wayErrors)
        writer.write(resolved)
    }

    fileprivate mutating func read(from reader: inout SnapshotReader) throws(DetectorError) {
        let size = 1 + 2 * (1 + LineBundle.count)
        pending = []
        for _ in 0..<(try reader.readInteger(in: 0...2 * Self.pendingCount)) {
            let numbers = try reader.readFinite(atMost: size)
            guard numbers.count == size else { throw SeriesForecaster.impossible }
            let ways = stride(from: 1, to: size, by: 2).map {
                Trajectory(level: numbers[$0], slope: numbers[$0 + 1])
            }
            pending.append(Pending(madeAt: numbers[0], combined: ways[0], ways: Array(ways.dropFirst())))
        }
        errors = try reader.readFinite(atMost: Self.errorCount)
        next = try reader.readInteger(in: 0...Self.errorCount - 1)
        wayErrors = try reader.readFinite(atMost: LineBundle.count)
        resolved = try reader.readInteger(in: 0...SnapshotReader.mostSamples)
        guard wayErrors.count == LineBundle.count, (errors + wayErrors).allSatisfy({ $0 >= 0 }) else {
            throw SeriesForecaster.impossible
        }
    }
}

extension SnapshotReader {
    fileprivate mutating func readFinite(atMost count: Int) throws(DetectorError) -> [Double] {
        let values = try readDoubles()
        guard values.count <= count, values.allSatisfy(\.isFinite) else { throw SeriesForecaster.impossible }
        return values
    }

    fileprivate mutating func readLine(like line: LocalLine) throws(DetectorError) -> LocalLine {
        let state = try readFinite(atMost: LocalLine.stateCount)
        guard state.count == LocalLine.stateCount, state[0] >= 0, state[3] >= 0 else {
            throw SeriesForecaster.impossible
        }
        return LocalLine(memory: line.memory, state: state)
    }
}
