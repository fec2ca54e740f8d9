import AuspexDetection

/// Evaluates all detectors on one file. A value; its work is done on worker lanes.
struct FileEvaluator: Sendable {
    /// What came of a file.
    struct Outcome: Sendable {
        var rows: [EvaluationRow] = []
        var skipped: [SkippedFile] = []
        var figures: [SeriesFigure] = []
        /// In the benchmark's suite one entry for each detector, nil where it failed; empty for other suites.
        var nab: [NABFile?] = []
    }

    /// What every detector has to do on a series.
    private struct Assignment: Sendable {
        var series: LabelledSeries
        /// The set that it belongs to.
        var set: String
        /// What to measure; nil when there is nothing to.
        var goal: Goal?
        /// The windows of the benchmark, when that is the suite.
        var windows: [ClosedRange<Int>]?
    }

    /// Which rows are to be found, and the widest window of the volumes.
    private struct Goal: Sendable {
        var labels: [Bool]
        var window: Int
    }

    /// What came of a detector on a series.
    private struct Measurement: Sendable {
        /// Nil when all went well and there was nothing to measure.
        var row: EvaluationRow?
        var figure: SeriesFigure?
        var nab: NABFile?
    }

    private let run: EvaluationRun
    private let contestants: [Contestant]
    private let corpus: NABCorpus?
    private let lanes: WorkerLanes
    /// Of its own, so that looking at the next file never waits behind the work on others.
    private let looks = WorkerLanes(count: 1)

    init(run: EvaluationRun, contestants: [Contestant], corpus: NABCorpus?) {
        self.run = run
        self.contestants = contestants
        self.corpus = corpus
        lanes = WorkerLanes(count: run.parallelism)
    }

    /// What the file holds, as its beginning lets one expect; nil where it is no plain table.
    func expectedTable(of file: DatasetFile) async -> TableEstimate? {
        guard file.layout == .table, file.path != "-" else { return nil }
        let options = run.input.table
        return await looks.run { TableEstimate(path: file.path, options: options) }
    }

    /// Reads the file, which belongs to `set`, and scores and measures its series with every detector.
    ///
    /// - Parameter expected: what was seen of it before; too large a table is refused.
    func evaluate(_ file: DatasetFile, set: String, expecting expected: TableEstimate?) async -> Outcome {
        if let expected, expected.tableBytes > run.memory.bytes {
            return Outcome(
                rows: contestants.map { contestant in
                    let error = EvaluationError.tooMuchMemory(
                        file: file.path, detector: contestant.name, rows: expected.rows, needed: expected.tableBytes,
                        allowed: run.memory, streaming: [])
                    return EvaluationRow(
                        file: file.path, set: set, detector: contestant.name, isBaseline: contestant.isBaseline,
                        rows: 0,
                        window: 0, outcome: .failed("\(error)"))
                })
        }
        let input = run.input
        let read = await lanes.run {
            Result { try Self.read(file, corpus, input) }
        }
        let series: [LabelledSeries]
        switch read {
        case .success(let found): series = found
        case .failure(let error):
            return Outcome(
                rows: contestants.map {
                    EvaluationRow(
                        file: file.path, set: set, detector: $0.name, isBaseline: $0.isBaseline, rows: 0, window: 0,
                        outcome: .failed("\(error)"))
                })
        }
        var outcome = Outcome()
        for (number, one) in series.enumerated() {
            var assignment = Assignment(series: one, set: set)
            switch await goal(of: one) {
            case .failure(let skipped): outcome.skipped.append(skipped.file)
            case .success(let goal): assignment.goal = goal
            }
            // The benchmark's files have one series each.
            if number == 0 { assignment.windows = corpus?.rows(of: one.name, times: one.table.times ?? []) }
            guard assignment.goal != nil || assignment.windows != nil else { continue }
            let measurements = await measureAll(assignment)
            outcome.rows += measurements.compactMap(\.row)
            outcome.figures += measurements.compactMap(\.figure)
            if assignment.windows != nil { outcome.nab = measurements.map(\.nab) }
        }
        return outcome
    }

    /// The rows of the benchmark stay as they come; other rows are put in the order of their times.
    private static func read(
        _ file: DatasetFile, _ corpus: NABCorpus?, _ options: InputOptions
    ) throws -> [LabelledSeries] {
        if let corpus { return try corpus.series(file.path, options: options) }
        return try file.read(options: options).map { TimeOrder($0.table.times).sorted($0) }
    }

    private struct Skipped: Error { var file: SkippedFile }

    /// What can be measured on a series, or why nothing can.
    private func goal(of series: LabelledSeries) async -> Result<Goal, Skipped> {
        let skip = { (reason: String) in
            Result<Goal, Skipped>.failure(Skipped(file: SkippedFile(file: series.name, reason: reason)))
        }
        guard let labels = series.labels else {
            return skip("it has no labels; add a last column \"label\" with 1 for an anomaly and 0 for none")
        }
        let hasValue = (0..<series.table.columns).contains { series.table.column($0).contains(where: \.isFinite) }
        guard hasValue else {
            return skip("every value is missing; give at least one column with numbers")
        }
        guard labels.contains(true) else {
            return skip("no row is labelled anomalous, so that there is nothing to find")
        }
        guard labels.contains(false) else { return skip(MetricError.onlyAnomalies.description) }
        return .success(Goal(labels: labels, window: await lanes.run { Period.estimate(series.table.column(0)) }))
    }

    /// One measurement for each detector, in their order; fewer when the task is cancelled.
    private func measureAll(_ assignment: Assignment) async -> [Measurement] {
        await withTaskGroup(of: (Int, Measurement).self) { group in
            for index in contestants.indices where !Task.isCancelled {
                group.addTask { (index, await lanes.run { measure(assignment, index) }) }
            }
            var measurements = [Measurement?](repeating: nil, count: contestants.count)
            for await (index, measurement) in group { measurements[index] = measurement }
            return measurements.compactMap(\.self)
        }
    }

    /// Fits, scores and measures. Long: runs on a lane.
    private func measure(_ assignment: Assignment, _ index: Int) -> Measurement {
        let contestant = contestants[index]
        let (name, detector) = (contestant.name, contestant.detector)
        let (series, goal) = (assignment.series, assignment.goal)
        let row = { (outcome: EvaluationRow.Outcome) in
            EvaluationRow(
                file: series.name, set: assignment.set, detector: name, isBaseline: contestant.isBaseline,
                rows: series.table.rows, window: goal?.window ?? 0, outcome: outcome)
        }
        do {
            var measurement = Measurement()
            // The benchmark lets a streaming detector see each row once, so that there its scores are others.
            let isStreamed = type(of: detector).descriptor.kind == .streaming
            if let windows = assignment.windows, isStreamed {
                let scores = try NABCorpus.streamedScores(
                    of: series, specification: name, alpha: run.alpha, registry: run.registry)
                measurement.nab = NABFile(scores: scores, windows: windows)
                if goal == nil { return measurement }
            }
            let (result, time) = try timed(run.clock) {
                // Several columns are a group, which has a score of its own.
                isStreamed && run.isOnline && series.table.columns > 1
                    ? try CalibratedOutput(online: name, series: series, alpha: run.alpha, registry: run.registry)
                    : try CalibratedOutput(detector, name: name, series: series, alpha: run.alpha)
            }
            if let windows = assignment.windows, !isStreamed {
                // Draws are comparable between files as they are; the tail of a calibration would only bend them.
                let isRandom = detector is RandomScore
                let scores = isRandom ? result.output.scores : result.calibrated.map(\.anomalyScore)
                measurement.nab = NABFile(scores: scores, windows: windows)
            }
            guard let goal else { return measurement }
            let metrics = try DetectionMetrics.measure(
                scores: result.output.scores, labels: goal.labels, window: goal.window)
            guard let metrics else {
                measurement.row = row(.failed("no row is labelled anomalous"))
                return measurement
            }
            measurement.row = row(.measured(metrics, seconds: time.inSeconds))
            if run.keepsFigures, !contestant.isBaseline {
                measurement.figure = SeriesFigure(series, detector: name, result: result)
            }
            return measurement
        } catch {
            return Measurement(row: row(.failed("\(error)")))
        }
    }
}

/// What `work` gives, and how long it takes by `clock`.
private func timed<Value>(
    _ clock: some Clock<Duration>, _ work: () throws -> Value
) rethrows -> (value: Value, time: Duration) {
    let start = clock.now
    let value = try work()
    return (value, start.duration(to: clock.now))
}

extension Duration {
    /// The length in seconds.
    var inSeconds: Double {
        let attosecondsPerSecond = 1e18
        return Double(components.seconds) + Double(components.attoseconds) / attosecondsPerSecond
    }
}
