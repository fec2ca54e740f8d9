import AuspexDetection
import AuspexWire

extension ScoringRun {
    /// Files from this many bytes on are worth being read twice. Smaller ones fit any machine, and are done in a moment.
    public static let streamedBytes = 64 << 20

    /// Scores the input row by row, when it and the detector allow that: the detector is a streaming one, the input is a file
    /// of at least `bytes` bytes of text, and the rows of each series are in the order of their times.
    ///
    /// Memory is 8 bytes a row, besides the detector's own. What is written then is what ``run()`` writes, to the last bit.
    ///
    /// - Returns: nil when the whole table is needed.
    /// - Throws: as ``run()``.
    public func stream(from bytes: Int = Self.streamedBytes) async throws -> StreamedScoring? {
        try await stream(from: bytes, on: WorkerLanes(count: 1), expecting: expectedTable())
    }

    /// The same on lanes that several runs may share, of a table that was looked at before.
    func stream(
        from bytes: Int, on lanes: WorkerLanes, expecting expected: TableEstimate?
    ) async throws -> StreamedScoring? {
        guard path != "-", !scoresOnline, let size = TableEstimate.textBytes(path), size >= bytes,
            let fresh = try registry.makeTableStream(detector)
        else { return nil }
        _ = try BatchCalibrator(reference: [], alpha: alpha)
        if let expected { try allow(expected.streamBytes, rows: expected.rows) }
        return try await lanes.run { [self] in
            Result {
                var reading = FirstReading(self, fresh: fresh, textBytes: size)
                return try reading.read(expecting: expected?.rows ?? 0)
            }
        }.get()
    }

    /// What the file holds, as its beginning lets one expect; nil for what is no file.
    func expectedTable() -> TableEstimate? {
        path == "-" ? nil : TableEstimate(path: path, options: input.table)
    }

    /// Refuses what takes more memory than is allowed.
    ///
    /// - Throws: ``EvaluationError/tooMuchMemory(file:detector:rows:needed:allowed:streaming:)``.
    func allow(_ needed: Int, rows: Int) throws {
        guard needed > memory.bytes else { return }
        let streaming = registry.streamingOnly
        throw EvaluationError.tooMuchMemory(
            file: path, detector: detector, rows: rows, needed: needed, allowed: memory, streaming: streaming)
    }

    /// The options of a reading that keeps nothing.
    var streamingOptions: TableOptions {
        var options = input.table
        options.limits.bytes = .max
        return options
    }
}
