public import AuspexDetection
import Foundation

/// Which files an evaluation measures.
public enum EvaluationSuite: String, Hashable, Sendable, CaseIterable {
    /// Files with a column of labels.
    case files
    /// The Numenta Anomaly Benchmark: one folder with `data/` and `labels/combined_windows.json`. Windows are the labels,
    /// and the summary has the benchmark's own scores.
    case nab
}

/// Measures detectors on labelled files.
///
/// ```swift
/// var run = EvaluationRun(paths: ["Datasets"])
/// run.detectors = ["knn", "mad"]
/// let result = try await run.run()
/// print(try result.text(.table))
/// ```
///
/// Every file is read once and scored by every detector; a file that fails gets rows with the error, one without anomalies
/// is listed as skipped, and the rest goes on.
public struct EvaluationRun: Sendable {
    /// The detector that is taken when none is named.
    public static let defaultDetector = "auto"

    /// Files, and folders that are searched for `.csv`, `.csv.gz` and the layouts of common data sets: the UCR Anomaly Archive,
    /// Yahoo S5, and the folders of SMD, SMAP, MSL and ASD.
    public var paths: [String]
    /// Which files are measured.
    public var suite = EvaluationSuite.files
    /// The detectors' specifications, such as `knn:k=5`.
    public var detectors = [defaultDetector]
    /// Whether random scores and the z-score are measured as well, to show what a figure is worth.
    public var baselines = true
    /// Whether detectors score in their streaming forms, as they would live: each row once, by those before it.
    public var isOnline = false
    /// How the files' columns are to be taken.
    public var input = InputOptions()
    /// The rate of false alerts a row that a report's alert line stands for.
    public var alpha = CalibratedScore.defaultAlpha
    /// Where detectors are looked up.
    public var registry = DetectorRegistry.standard
    /// How many computations run at once, each on one core; files and detectors alike. Linear algebra takes one core in each.
    public var parallelism = ProcessInfo.processInfo.activeProcessorCount
    /// How much memory the tables may take that are measured at once. A table that takes more by itself is refused before it is
    /// read; others wait for each other. Only for files with a column of labels; those of known data sets have limits of their
    /// own.
    public var memory = MemoryAllowance.ofMachine
    /// Whether to keep what a report draws, of the first files and each detector's worst ones: a few tens of kilobytes each.
    public var keepsFigures = false
    /// What measures the seconds.
    public var clock: any Clock<Duration> = ContinuousClock()

    /// Creates a run of the default detector.
    public init(paths: [String]) {
        self.paths = paths
    }

    /// How far a run has come.
    public struct Progress: Hashable, Sendable {
        /// How many files are done.
        public var done: Int
        /// How many there are.
        public var total: Int
        /// The file that was done last; at the beginning, the one that was begun first.
        public var file: String
    }

    /// Runs every detector on every file.
    ///
    /// The largest files are begun first, so that at the end no core waits long for another. The result has the order of the
    /// paths.
    ///
    /// - Parameter progress: is called at the beginning and after each file.
    /// - Throws: ``EvaluationError`` when there is nothing to do, `DetectorError` when a specification is wrong, and
    ///   `CancellationError`.
    public func run(progress: @Sendable (Progress) -> Void = { _ in }) async throws -> EvaluationResult {
        let contestants = try contestants()
        let corpus = suite == .nab ? try corpus() : nil
        let found = try corpus == nil ? DatasetFiles.find(paths) : nil
        let files = found?.files ?? (corpus?.files ?? []).map { DatasetFile(path: $0) }
        let names = SetNames(folders: files.map(\.folder))
        let evaluator = FileEvaluator(run: self, contestants: contestants, corpus: corpus)
        var outcomes = [FileEvaluator.Outcome?](repeating: nil, count: files.count)
        var keeper = FigureKeeper()
        let order = Self.largestFirst(files)
        if let first = order.first { progress(Progress(done: 0, total: files.count, file: files[first].path)) }
        // One file more than there are lanes is in memory, so that reading never makes a lane wait.
        let ahead = max(1, parallelism) + 1
        try await withThrowingTaskGroup(of: (Int, FileEvaluator.Outcome).self) { group in
            var ledger = MemoryLedger(allowed: memory.bytes)
            var looked: (expected: TableEstimate?, file: Int)?
            var next = 0
            var done = 0
            while done < files.count {
                while next < files.count, next - done < ahead {
                    let index = order[next]
                    let file = files[index]
                    let expected =
                        if let looked, looked.file == index { looked.expected } else {
                            await evaluator.expectedTable(of: file)
                        }
                    looked = (expected, index)
                    let bytes = expected?.tableBytes ?? 0
                    // What is refused takes nothing.
                    guard ledger.reserve(bytes > memory.bytes ? 0 : bytes, for: index) else { break }
                    let set = names.name(of: file.folder)
                    group.addTask { (index, await evaluator.evaluate(file, set: set, expecting: expected)) }
                    next += 1
                }
                guard let (index, outcome) = try await group.next() else { break }
                try Task.checkCancellation()
                ledger.release(index)
                keeper.take(outcome.figures, rows: outcome.rows, file: index)
                outcomes[index] = outcome
                outcomes[index]?.figures = []
                done += 1
                progress(Progress(done: done, total: files.count, file: files[index].path))
            }
        }
        let finished = outcomes.compactMap(\.self)
        let (figures, omitted) = keeper.kept
        var result = EvaluationResult(
            rows: finished.flatMap(\.rows), skipped: (found?.skipped ?? []) + finished.flatMap(\.skipped),
            figures: figures)
        result.omittedFigures = omitted
        for (index, contestant) in contestants.enumerated() where corpus != nil {
            // A detector that failed on a file has no score of the whole benchmark.
            let files = finished.compactMap { $0.nab.isEmpty ? nil : $0.nab[index] }
            if files.count == finished.count { result.nab[contestant.name] = NABScores(files) }
        }
        return result
    }

    /// The numbers of the files in descending order of their sizes.
    private static func largestFirst(_ files: [DatasetFile]) -> [Int] {
        let sizes = files.map { file in
            (try? FileManager.default.attributesOfItem(atPath: file.path))?[.size] as? Int ?? 0
        }
        return files.indices.sorted { (sizes[$1], $0) < (sizes[$0], $1) }
    }

    private func corpus() throws -> NABCorpus {
        guard paths.count == 1 else {
            throw EvaluationError.noCorpus(folder: paths.joined(separator: ", "), reason: "it is one folder")
        }
        return try NABCorpus(folder: paths[0])
    }

    /// The detectors, each once, then the baselines. Made before any file is read, so that a wrong name is told at once.
    private func contestants() throws -> [Contestant] {
        var seen: Set<String> = []
        let names = detectors.filter { seen.insert($0).inserted }
        guard !names.isEmpty else { throw EvaluationError.noDetectors }
        // The same for the rate, which is only needed once scores are there.
        _ = try BatchCalibrator(reference: [], alpha: alpha)
        let asked = try names.map { name in
            // The benchmark is one of streams, so that there a detector takes part in its streaming form if it has one.
            let online = try isOnline || suite == .nab && registry.hasStreamingForm(name)
            return Contestant(name: name, detector: try registry.make(name, online: online))
        }
        return baselines ? asked + (try Contestant.baselines(besides: asked, registry: registry)) : asked
    }
}
