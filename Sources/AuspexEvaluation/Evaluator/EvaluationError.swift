/// Why an evaluation cannot begin. What goes wrong with a single file is told in its row instead.
public enum EvaluationError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Nothing is at a path.
    case noSuchPath(String)
    /// There is no file to evaluate.
    case noFiles(paths: [String])
    /// There is no detector to evaluate.
    case noDetectors
    /// A folder is not the Numenta Anomaly Benchmark.
    case noCorpus(folder: String, reason: String)
    /// A file of the benchmark has no times.
    case noTimes(file: String)
    /// A file has other rows than when it was read before.
    case changed(file: String)
    /// A table takes more memory than is allowed. `streaming` are the detectors with a form that needs no table.
    case tooMuchMemory(
        file: String, detector: String, rows: Int, needed: Int, allowed: MemoryAllowance, streaming: [String])
    /// A detector gave another number of scores than there are rows.
    case wrongScoreCount(detector: String, scores: Int, rows: Int)

    /// What was wrong and what would be right.
    public var description: String {
        switch self {
        case .noSuchPath(let path): "\(path): there is no such file or folder"
        case .noFiles(let paths):
            "no file to evaluate in \(paths.joined(separator: ", ")); "
                + "give labelled .csv or .csv.gz files, a folder that holds some, or one laid out as UCR, SMD, SMAP or ASD"
        case .noDetectors: "no detector to evaluate; give at least one with --detector"
        case .noCorpus(let folder, let reason):
            "\(folder) is not the Numenta Anomaly Benchmark: \(reason); "
                + "give one folder that has data/ and \(NABCorpus.windowsFile)"
        case .noTimes(let file): "\(file): the rows have no time; a file of the benchmark has a column \"timestamp\""
        case .changed(let file): "\(file): has changed while it was read; score it again once nobody writes it"
        case .tooMuchMemory(let file, let detector, let rows, let needed, let allowed, let streaming):
            "\(file): about \(rows) rows; '\(detector)' needs at least \(MemoryAllowance.text(needed)) of memory for them, "
                + "and \(allowed); split the file, allow more with --max-memory"
                + (streaming.isEmpty
                    ? "" : ", or take a detector that goes row by row: \(streaming.joined(separator: ", "))")
        case .wrongScoreCount(let detector, let scores, let rows):
            "detector '\(detector)' gave \(scores) scores for \(rows) rows; it must give one for each row"
        }
    }
}
