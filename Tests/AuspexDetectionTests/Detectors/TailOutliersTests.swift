import AuspexTesting
import Testing

@testable import AuspexDetection

@Suite struct TailOutliersTests {
    @Test("ranks alone count: any increasing change of a column leaves the right and left surprises")
    func monotone() throws {
        let values = sawtooth()
        let curved = values.map { $0 * $0 * $0 + 5 * $0 }
        #expect(try output("ecod", [values]).scores == (try output("ecod", [curved]).scores))
    }

    @Test("the sliding tails of windows are those of each place by itself")
    func sliding() {
        var columns = [sawtooth(rows: 60), sawtooth(seed: 4, rows: 60)]
        // Ties, too.
        for row in stride(from: 0, to: 60, by: 3) { columns[1][row] = 2 }
        let windows = WindowFeatures(columns, window: 7)
        var visits = 0
        let tails = EmpiricalTails(windows)
        var feature = -1
        tails.visit(windows) { row, surprise in
            if row == 0 { feature += 1 }
            visits += 1
            let values = windows.values(of: feature)
            let value = windows[row, feature]
            let left = Double(values.count { $0 <= value }) / Double(values.count)
            let right = Double(values.count { $0 >= value }) / Double(values.count)
            if !isClose(surprise.left, -logarithm(left), within: 1e-12)
                || !isClose(surprise.right, -logarithm(right), within: 1e-12)
            {
                Issue.record("feature \(feature), window \(row): \(surprise)")
            }
        }
        #expect(visits == 14 * 54)
    }

    @Test("a value beyond all that was learned is as surprising as the farthest one")
    func beyond() throws {
        let values: [Double] = Array(1...100).map(Double.init) + [1_000, -1_000]
        let scores = try output("ecod:reference=training", [values], training: 0..<100).scores
        #expect(isClose(scores[100], logarithm(100), within: 1e-12))
        #expect(isClose(scores[101], logarithm(100), within: 1e-12))
    }
}
