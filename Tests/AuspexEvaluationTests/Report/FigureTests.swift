import AuspexSignals
import Foundation
import Testing

@testable import AuspexDetection
@testable import AuspexEvaluation

@Suite("Figures") struct FigureTests {
    /// A long series with one spike, one gap and one labelled stretch.
    static func figure(rows: Int = 50_000, columns: Int = 1) throws -> SeriesFigure {
        let values = (0..<rows).map { row -> Double in
            if (rows / 2..<rows / 2 + rows / 50).contains(row) { return .nan }
            return row == rows / 3 ? 1_000 : sin(Double(row) / 40)
        }
        let labels = (0..<rows).map { (rows / 3 - 5...rows / 3 + 5).contains($0) || $0 > rows - 3 }
        let all = (0..<columns).map { column in values.map { $0 + Double(column) } }
        let series = LabelledSeries(name: "s", table: try Table(columns: all), labels: labels)
        let detector = try TestDetectors.registry().makeBatch("size")
        let result = try CalibratedOutput(detector, name: "size", series: series, alpha: 0.001)
        return SeriesFigure(series, detector: "size", result: result)
    }

    @Test("paths stay short and keep what matters", arguments: [1, 2, 3, 999, 1_000, 1_001, 50_000])
    func shortPaths(rows: Int) throws {
        let figure = try Self.figure(rows: rows)
        for path in [figure.lanes[0].line, figure.score] {
            #expect(path.joined().count <= 1_000)
            #expect(path.joined().allSatisfy { (0...1).contains($0.x) && $0.y.isFinite })
            #expect(zip(path.joined(), path.joined().dropFirst()).allSatisfy { $0.x <= $1.x })
        }
        #expect(figure.lanes[0].band.joined().count <= 1_000)
        if rows > 3 { #expect(figure.lanes[0].line.joined().contains { $0.y == 1_000 }) }
    }

    @Test("an anomaly is marked where it is, a gap breaks the line")
    func marks() throws {
        let figure = try Self.figure()
        #expect(figure.lanes[0].alerts.contains { $0.y == 1_000 && abs($0.x - 1.0 / 3) < 1e-4 })
        #expect(figure.lanes[0].line.count == 2 && figure.lanes[0].band.count == 2)
        #expect(figure.labelled?.count == 2 && figure.runCount == 2 && figure.hitCount == 1)
        #expect(figure.alerts.contains { $0.contains(1.0 / 3) })
    }

    @Test("of many columns those are drawn that deviate most")
    func manyColumns() throws {
        let rows = 300
        // Two columns leap at row 200, the others hardly stir.
        let columns = (0..<20).map { (column: Int) -> [Double] in
            var values = (0..<rows).map { sin(Double($0)) }
            values[200] += [0, 13].contains(column) ? 90 : Double(column) / 9
            return values
        }
        let series = LabelledSeries(name: "s", table: try Table(columns: columns))
        let result = try CalibratedOutput(
            try TestDetectors.registry().makeBatch("size"), name: "size", series: series, alpha: 0.001)
        let figure = SeriesFigure(series, detector: "size", result: result)
        #expect(figure.lanes.count == SeriesFigure.laneLimit && figure.columns == 20 && figure.labelled == nil)
        let names = figure.lanes.map(\.name)
        #expect(names.contains("value1") && names.contains("value14"))
    }

    @Test("buckets hold every row once", arguments: [0, 1, 332, 333, 334, 1_000, 1_001, 1_234, 99_999])
    func buckets(rows: Int) {
        let buckets = RowBuckets(rows: rows)
        #expect(Array(buckets.ranges.joined()) == Array(0..<rows))
        #expect(buckets.ranges.allSatisfy { !$0.isEmpty })
    }
}
