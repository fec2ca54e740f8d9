import AuspexTesting
import Testing

@testable import AuspexChanges

@Suite struct BaselineTests {
    @Test("a percentile is the share of smaller values and half that of equal ones")
    func percentile() {
        let baseline = Baseline([10, 20, 20, 30])
        let cases: [(Double, Double)] = [(5, 0), (10, 12.5), (15, 25), (20, 50), (25, 75), (30, 87.5), (40, 100)]
        for (value, expected) in cases { #expect(baseline.percentile(of: value) == expected) }
    }

    @Test("percentiles agree with counting one by one", arguments: 0..<20)
    func twin(seed: Int) {
        var random = SplitMix64(seed: UInt64(seed))
        let values = (0..<Int.random(in: 1...50, using: &random)).map { _ in
            Double(Int.random(in: 0...10, using: &random))
        }
        for value in stride(from: -1.0, through: 11, by: 0.5) {
            let smaller = Double(values.filter { $0 < value }.count)
            let equal = Double(values.filter { $0 == value }.count)
            let expected = 100 * (smaller + equal / 2) / Double(values.count)
            #expect(Baseline(values).percentile(of: value) == expected)
        }
    }

    @Test("median and mean, none without values")
    func middle() {
        #expect(Baseline([3, 1, 2]).median == 2 && Baseline([4, 1, 2, 3]).median == 2.5)
        #expect(Baseline([1, 2, 6]).mean == 3)
        let empty = Baseline([.nan, .infinity])
        #expect(empty.count == 0 && empty.median == nil && empty.mean == nil && empty.percentile(of: 1) == nil)
    }
}
