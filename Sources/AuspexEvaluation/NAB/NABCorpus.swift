import AuspexDetection
import AuspexSignals
import Foundation

/// The files of the Numenta Anomaly Benchmark and their windows, from a folder with `data/` and
/// `labels/combined_windows.json`.
struct NABCorpus: Sendable {
    /// Where the windows are told.
    static let windowsFile = "labels/combined_windows.json"
    private static let dataFolder = "data"

    /// The paths of the files, in order.
    let files: [String]
    private let windows: [String: [ClosedRange<Timestamp>]]

    /// Reads the windows beneath `folder`.
    ///
    /// - Throws: ``EvaluationError/noCorpus(folder:reason:)``.
    init(folder: String) throws(EvaluationError) {
        let base = folder.hasSuffix("/") ? String(folder.dropLast()) : folder
        let failure = { (reason: String) in EvaluationError.noCorpus(folder: base, reason: reason) }
        guard let data = FileManager.default.contents(atPath: "\(base)/\(Self.windowsFile)") else {
            throw failure("it has no \(Self.windowsFile)")
        }
        let value: JSONValue
        do { value = try JSONValue(parsing: data) } catch { throw failure("\(Self.windowsFile) is \(error)") }
        guard let object = value.object else { throw failure("\(Self.windowsFile) holds no object") }
        var windows: [String: [ClosedRange<Timestamp>]] = [:]
        for (name, list) in object {
            var ranges: [ClosedRange<Timestamp>] = []
            for pair in list.array ?? [] {
                let times = (pair.array ?? []).compactMap(\.string).compactMap { Timestamp(iso8601: $0) }
                guard times.count == 2, times[0] <= times[1] else {
                    throw failure("\(Self.windowsFile) has a window of \(name) that is not two times in order")
                }
                ranges.append(times[0]...times[1])
            }
            windows["\(base)/\(Self.dataFolder)/\(name)"] = ranges.sorted { $0.lowerBound < $1.lowerBound }
        }
        guard !windows.isEmpty else { throw failure("\(Self.windowsFile) names no file") }
        self.windows = windows
        files = windows.keys.sorted()
    }

    /// The windows of a file as ranges of its rows, in order.
    func rows(of file: String, times: [Timestamp]) -> [ClosedRange<Int>] {
        (windows[file] ?? []).compactMap { window in
            guard let first = times.firstIndex(where: { $0 >= window.lowerBound }),
                let last = times.lastIndex(where: { $0 <= window.upperBound }), first <= last
            else { return nil }
            return first...last
        }
    }

    /// The series of a file, labelled by its windows.
    func series(_ file: String, options: InputOptions) throws -> [LabelledSeries] {
        try LabelledSeries.read(file, options: options).map { series in
            guard let times = series.table.times else { throw EvaluationError.noTimes(file: file) }
            var labelled = series
            var labels = [Bool](repeating: false, count: times.count)
            for range in rows(of: file, times: times) { for row in range { labels[row] = true } }
            labelled.labels = labels
            return labelled
        }
    }

    /// A streaming detector's scores of a series on a scale that all series share. It sees each row once and knows nothing
    /// of those to come, as the benchmark demands.
    ///
    /// A detector that claims how rare a row is is taken at its word, and of an event only what is stranger than all of the
    /// 120 rows before it counts, which is alerting once an event whatever the threshold. Others are calibrated.
    static func streamedScores(
        of series: LabelledSeries, specification: String, alpha: Double, registry: DetectorRegistry
    ) throws -> [Double] {
        let times = series.table.times ?? []
        var stream = try CalibratedStream(specification, alpha: alpha, registry: registry)
        var events = EventPeaks()
        return times.indices.map { row in
            let reading = stream.update(time: times[row], value: series.table[row, 0])
            if let rarity = stream.latestRarity { return events.score(reading.readiness == .missing ? 0 : rarity) }
            return reading.readiness == .ready ? reading.anomalyScore : 0
        }
    }
}
