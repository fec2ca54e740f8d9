import AuspexDetection
import AuspexTesting
import Foundation
import Testing

@testable import AuspexEvaluation

@Suite("Public data sets", .enabled(if: PublicData.here.isExpected("metrics"), "\(PublicData.hint)"))
struct PublicDataTests {
    /// Every ninth file: enough to see all the forms there are.
    private static let step = 9

    @Test(
        "files are read whole, and their first anomaly is where their name says",
        arguments: ["tsb-uad", "multivariate"])
    func firstAnomaly(set: String) throws {
        let folder = try PublicData.here.url("metrics/\(set)").path
        let files = try DatasetFiles.find([folder]).files.map(\.path)
        #expect(files.count > 40)
        for index in stride(from: 0, to: files.count, by: Self.step) {
            let name = files[index]
            guard let place = name.range(of: "_1st_") else { continue }
            let first = try #require(Int(name[place.upperBound...].prefix { $0.isNumber }))
            let series = try #require(try LabelledSeries.read(name, options: InputOptions()).first)
            #expect(series.labels?.firstIndex(of: true) == first, "\(name)")
            #expect(series.training?.upperBound ?? 0 <= first)
        }
    }

    @Test("files with times are read whole", arguments: ["ms-cloud", "nab/data"])
    func times(set: String) throws {
        let folder = try PublicData.here.url("metrics/\(set)").path
        for file in try DatasetFiles.find([folder]).files.map(\.path) {
            let series = try #require(try LabelledSeries.read(file, options: InputOptions()).first)
            #expect(series.table.times?.count == series.table.rows && series.table.names == ["value"], "\(file)")
            #expect((series.labels != nil) == (set == "ms-cloud"))
        }
    }

    @Test("the robust z-score keeps the mean that we measured on Microsoft's cloud metrics")
    func measuredMean() async throws {
        var run = EvaluationRun(paths: [try PublicData.here.url("metrics/ms-cloud").path])
        run.detectors = ["mad"]
        let summary = try #require(try await run.run().summary.first)
        // Our measurement of MAD on the 28 files with anomalies gives VUS-PR 0.569.
        #expect(summary.files == 28 && summary.failed == 0)
        #expect(abs(try #require(summary.metrics).vusPR - 0.569) < 0.001)
    }
}
