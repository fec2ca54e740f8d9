import AuspexDetection
import AuspexSignals
import AuspexTesting
import Foundation
import Synchronization
import Testing

@testable import AuspexEvaluation

@Suite("The Numenta Anomaly Benchmark") struct NABCorpusTests {
    private func corpus() throws -> TemporaryDirectory {
        let folder = try TemporaryDirectory()
        let rows = (0..<100).map { row -> String in
            let clock = String(100 + row % 60).dropFirst()
            return "2014-04-01 0\(row / 60):\(clock):00,\((50...52).contains(row) ? 9_000 : row % 7)\n"
        }
        for name in ["a/one.csv", "b/calm.csv"] {
            try folder.file("data/\(name)", "timestamp,value\n" + rows.joined())
        }
        try folder.file(
            NABCorpus.windowsFile,
            """
            {"a/one.csv": [["2014-04-01 00:50:00.000000", "2014-04-01 00:55:00.000000"]], "b/calm.csv": []}
            """)
        return folder
    }

    @Test("windows are the labels, and the summary has the benchmark's scores", arguments: ["ewma", "size"])
    func suite(detector: String) async throws {
        let folder = try corpus()
        var run = EvaluationRun(paths: [folder.path])
        run.suite = .nab
        run.detectors = [detector]
        run.registry = try TestDetectors.registry()
        run.baselines = false
        let result = try await run.run()
        #expect(result.rows.map(\.rows) == [100] && result.skipped.count == 1)
        let scores = try #require(result.summary.first?.nab)
        #expect(scores.standard <= 100 && scores.standard >= 0)
        let json = try result.text(.json)
        for key in ["nab_standard", "nab_low_fp", "nab_low_fn"] { #expect(json.contains("\"\(key)\" : ")) }
        #expect(try result.text(.table).contains("Numenta Anomaly Benchmark"))
    }

    @Test("a detector that fails on one file has no score of the whole")
    func failing() async throws {
        let folder = try corpus()
        var run = EvaluationRun(paths: [folder.path])
        run.suite = .nab
        run.detectors = ["refusing", "size"]
        run.registry = try TestDetectors.registry()
        run.baselines = false
        let result = try await run.run()
        #expect(result.summary[0].nab == nil && result.summary[1].nab != nil)
        // The file without a window, on which there is nothing to measure, tells why as well.
        let failed = result.rows.filter { $0.detector == "refusing" }
        #expect(failed.map(\.error) == Array(repeating: "detector 'refusing': it never fits", count: 2))
        #expect(result.rows.count == 3 && result.skipped.count == 1)
        try folder.file("data/b/calm.csv", "timestamp,value\nx,1\n")
        let broken = try await run.run()
        #expect(broken.summary.allSatisfy { $0.nab == nil } && broken.rows.contains { $0.error != nil })
    }

    @Test("the random baseline is scored by its draws as they are, which are comparable between files")
    func randomBaseline() async throws {
        let folder = try corpus()
        var run = EvaluationRun(paths: [folder.path])
        run.suite = .nab
        run.detectors = ["size"]
        run.registry = try TestDetectors.registry()
        let result = try await run.run()
        #expect(result.summary.map(\.detector) == ["size", "random", "zscore"])
        let corpus = try NABCorpus(folder: folder.path)
        let files = try corpus.files.map { file in
            let table = try corpus.series(file, options: InputOptions())[0].table
            let scores = try RandomScore().fit(table, training: nil).scores(table).scores
            return NABFile(scores: scores, windows: corpus.rows(of: file, times: table.times ?? []))
        }
        #expect(result.summary[1].nab == NABScores(files))
    }

    @Test("a batch detector is fitted once a file")
    func fittedOnce() async throws {
        let folder = try corpus()
        var run = EvaluationRun(paths: [folder.path])
        run.suite = .nab
        run.detectors = ["counting"]
        run.registry = try TestDetectors.registry()
        run.baselines = false
        let before = CountingDetector.fits.withLock { $0 }
        let result = try await run.run()
        #expect(CountingDetector.fits.withLock { $0 } - before == 2)
        #expect(result.summary.first?.nab != nil && result.rows.first?.metrics != nil)
    }

    @Test("another folder is refused with what is missing")
    func refused() throws {
        let folder = try TemporaryDirectory()
        #expect(throws: EvaluationError.noCorpus(folder: folder.path, reason: "it has no labels/combined_windows.json"))
        {
            try NABCorpus(folder: folder.path)
        }
        for text in ["[]", "{", "{}", "{\"a.csv\":[[\"x\",\"y\"]]}", "{\"a.csv\":[[\"2014-04-02\",\"2014-04-01\"]]}"] {
            try folder.file(NABCorpus.windowsFile, text)
            #expect(throws: EvaluationError.self) { try NABCorpus(folder: folder.path) }
        }
    }

    @Test(
        "the published scores of the windowed Gaussian come out",
        .enabled(
            if: PublicData.here.isExpected("metrics/nab/\(NABCorpus.windowsFile)"), "\(PublicData.hint)"))
    func published() throws {
        let corpus = try NABCorpus(folder: try PublicData.here.url("metrics/nab").path)
        let files = try corpus.files.map { file -> NABFile in
            let series = try #require(try corpus.series(file, options: InputOptions()).first)
            return NABFile(
                scores: WindowedGaussian.scores(series.table.column(0)),
                windows: corpus.rows(of: file, times: series.table.times ?? []))
        }
        #expect(files.count == 58 && files.reduce(0) { $0 + $1.windows.count } == 116)
        let scores = try #require(NABScores(files))
        // Published with one digit behind the point.
        #expect(abs(scores.standard - 39.6) < 0.06)
        #expect(abs(scores.lowFalsePositives - 20.9) < 0.06)
        #expect(abs(scores.lowFalseNegatives - 47.4) < 0.06)
    }
}

/// The benchmark's simplest own detector: how far in the tail of a Gaussian over the last 6,400 values, slid by 100.
private enum WindowedGaussian {
    static func scores(_ values: [Double]) -> [Double] {
        let (size, step) = (6_400, 100)
        var window = 0..<0
        var (mean, deviation) = (0.0, 1.0)
        var (sum, squares) = (0.0, 0.0)
        let shift = values.first ?? 0
        return values.indices.map { row in
            var score = 0.0
            if !window.isEmpty {
                // The published scores have twelve digits, which makes the highest ones equal.
                let exact = 1 - 0.5 * erfc(abs(values[row] - mean) / deviation / 1.4142)
                score = Double(String(format: "%.12g", exact)) ?? exact
            }
            var isMoved = false
            if window.count < size {
                window = window.lowerBound..<row + 1
                (sum, squares) = (sum + values[row] - shift, squares + pow(values[row] - shift, 2))
                isMoved = true
            } else if row + 1 - window.upperBound == step {
                for old in window.lowerBound..<window.lowerBound + step {
                    (sum, squares) = (sum - values[old] + shift, squares - pow(values[old] - shift, 2))
                }
                for new in window.upperBound...row {
                    (sum, squares) = (sum + values[new] - shift, squares + pow(values[new] - shift, 2))
                }
                window = window.lowerBound + step..<row + 1
                isMoved = true
            }
            if isMoved {
                let count = Double(window.count)
                mean = sum / count + shift
                deviation = max(0, squares / count - pow(sum / count, 2)).squareRoot()
                if deviation == 0 { deviation = 0.000001 }
            }
            return score
        }
    }
}
