import AuspexDetection
import Testing

@testable import AuspexEvaluation

@Suite("Kept figures") struct FigureKeeperTests {
    private func figure(_ file: Int, _ detector: String) throws -> SeriesFigure {
        SeriesFigure(
            name: "\(file)", detector: detector, table: try Table(columns: [[1, 2]]), labels: nil,
            calibrated: [.normal, .normal], expectations: nil, notes: [])
    }

    private func row(_ file: Int, _ detector: String, _ vusPR: Double) -> EvaluationRow {
        let metrics = DetectionMetrics { _ in vusPR }
        return EvaluationRow(
            file: "\(file)", detector: detector, rows: 2, window: 1, outcome: .measured(metrics, seconds: 0))
    }

    @Test("of many files the first and each detector's worst are kept, whatever the order in which they end")
    func manyFiles() throws {
        var forwards = FigureKeeper()
        var backwards = FigureKeeper()
        let count = 300
        // The detector "a" does worst on the files from 200 on, "b" on those before 110.
        let quality = { (file: Int, detector: String) -> Double in
            detector == "a" ? (file >= 200 ? Double(file) / 1_000 : 1) : Double(file) / 1_000
        }
        for file in 0..<count {
            for (keeper, number) in [(0, file), (1, count - 1 - file)] {
                let figures = try ["a", "b"].map { try figure(number, $0) }
                let rows = ["a", "b"].map { row(number, $0, quality(number, $0)) }
                if keeper == 0 {
                    forwards.take(figures, rows: rows, file: number)
                } else {
                    backwards.take(figures, rows: rows, file: number)
                }
            }
        }
        let kept = forwards.kept
        #expect(kept.figures == backwards.kept.figures)
        #expect(kept.figures.count == 180 + 16 && kept.omitted == 600 - 196)
        let late = kept.figures.dropFirst(180)
        #expect(late.filter { $0.detector == "a" }.map(\.name) == (200..<208).map(String.init))
        #expect(late.filter { $0.detector == "b" }.map(\.name) == (90..<98).map(String.init))
    }
}
