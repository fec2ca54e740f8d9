import Foundation
import Testing

/// Reference values, made by `Fixtures/make_metrics.py`.
struct MetricsFixture: Decodable {
    struct Case: Decodable, CustomTestStringConvertible, Sendable {
        var name: String
        var window: Int
        var labels: String
        var scores: [Double]
        var vusRoc: Double
        var vusPr: Double
        var aucPr: Double
        var aucRoc: Double
        var f1: Double

        var truth: [Bool] { labels.map { $0 == "1" } }
        var testDescription: String { name }
    }

    struct PeriodCase: Decodable, CustomTestStringConvertible, Sendable {
        var name: String
        var values: [Double]
        var period: Int

        var testDescription: String { name }
    }

    var metrics: [Case]
    var periods: [PeriodCase]

    static func load() throws -> MetricsFixture {
        let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Fixtures/metrics.json")
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(MetricsFixture.self, from: Data(contentsOf: file))
    }
}
