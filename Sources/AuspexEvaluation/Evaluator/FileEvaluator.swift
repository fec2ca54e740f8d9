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

    /// A series that has something to measure.
    private struct Assignment: Sendable {
        var series: LabelledSeries
        var labels: [Bool]
        var window: Int
    }

    private struct Measurement: Sendable {
        var row: EvaluationRow
        var figure: SeriesFigure?
    }

    private let run: EvaluationRun
    private let detectors: [(name: String, detector: any BatchDetector)]
    private let corpus: NABCorpus?
    private let lanes: WorkerLanes

    init(run: EvaluationRun, detectors: [(name: String, detector: any BatchDetector)], corpus: NABCorpus?) {
        self.run = run
        self.detectors = detectors
        self.corpus = corpus
        lanes = WorkerLanes(count: run.parallelism)
    }

    /// Reads the file, and scores and measures its series with every detector.
    func evaluate(_ file: String) async -> Outcome {
        let input = run.input
        let read = await lanes.run {
            Result { try corpus?.series(file, options: input) ?? LabelledSeries.read(file, options: input) }
        }
        let series: [LabelledSeries]
        switch read {
        case .success(let found): series = found
        case .failure(let error):
            return Outcome(
                rows: detectors.map {
                    EvaluationRow(file: file, detector: $0.name, rows: 0, window: 0, outcome: .failed("\(error)"))
                })
        }
        var outcome = Outcome()
        if let corpus, let only = series.first { outcome.nab = await benchmark(only, corpus) }
        for one in series {
            switch await prepare(one) {
            case .failure(let skipped): outcome.skipped.append(skipped.file)
            case .success(let assignment):
                for measurement in await measureAll(assignment) {
                    outcome.rows.append(measurement.row)
                    if let figure = measurement.figure { outcome.figures.append(figure) }
                }
            }
        }
        return outcome
    }

    /// Each detector's scores of a file of the benchmark, and the file's windows.
    private func benchmark(_ series: LabelledSeries, _ corpus: NABCorpus) async -> [NABFile?] {
        let windows = corpus.rows(of: series.name, times: series.table.times ?? [])
        var files: [NABFile?] = []
        for (name, detector) in detectors {
            let scores = await lanes.run {
                try? NABCorpus.scores(
                    of: series, specification: name, detector: detector, alpha: run.alpha, registry: run.registry)
            }
            files.append(scores.map { NABFile(scores: $0, windows: windows) })
        }
        return files
    }

    private struct Skipped: Error { var file: SkippedFile }

    /// What can be measured on a series, or why nothing can.
    private func prepare(_ series: LabelledSeries) async -> Result<Assignment, Skipped> {
        let skip = { (reason: String) in
            Result<Assignment, Skipped>.failure(Skipped(file: SkippedFile(file: series.name, reason: reason)))
        }
        guard let labels = series.labels else {
            return skip("it has no labels; add a last column \"label\" with 1 for an anomaly and 0 for none")
        }
        guard labels.contains(true) else {
            return skip("no row is labelled anomalous, so that there is nothing to find")
        }
        guard labels.contains(false) else { return skip(MetricError.onlyAnomalies.description) }
        let window = await lanes.run { Period.estimate(series.table.column(0)) }
        return .success(Assignment(series: series, labels: labels, window: window))
    }

    /// One measurement for each detector, in their order.
    private func measureAll(_ assignment: Assignment) async -> [Measurement] {
        await withTaskGroup(of: (Int, Measurement).self) { group in
            for index in detectors.indices where !Task.isCancelled {
                group.addTask { (index, await lanes.run { measure(assignment, index) }) }
            }
            var measurements = [Measurement?](repeating: nil, count: detectors.count)
            for await (index, measurement) in group { measurements[index] = measurement }
            return measurements.compactMap(\.self)
        }
    }

    /// Fits, scores and measures. Long: runs on a lane.
    private func measure(_ assignment: Assignment, _ index: Int) -> Measurement {
        let (name, detector) = detectors[index]
        var row = EvaluationRow(
            file: assignment.series.name, detector: name, rows: assignment.series.table.rows, window: assignment.window,
            outcome: .failed("no row is labelled anomalous"))
        do {
            let (result, time) = try timed(run.clock) {
                try CalibratedOutput(detector, name: name, series: assignment.series, alpha: run.alpha)
            }
            guard
                let metrics = try DetectionMetrics.measure(
                    scores: result.output.scores, labels: assignment.labels, window: assignment.window)
            else { return Measurement(row: row) }
            row.outcome = .measured(metrics, seconds: time.inSeconds)
            let figure = run.keepsFigures ? SeriesFigure(assignment.series, detector: name, result: result) : nil
            return Measurement(row: row, figure: figure)
        } catch {
            row.outcome = .failed("\(error)")
            return Measurement(row: row)
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
