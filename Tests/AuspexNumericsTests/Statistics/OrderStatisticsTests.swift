import AuspexNumerics
import AuspexTesting
import Testing

@Suite struct OrderStatisticsTests {
    @Test("selection, median and quantiles are those of the sorted values", arguments: 1...60)
    func againstSorting(count: Int) throws {
        var random = SplitMix64(seed: UInt64(count))
        // Few different values in half of the runs, so that ties are common.
        let values = (0..<count * 3).map { _ in
            count.isMultiple(of: 2) ? (random.uniform() * 5).rounded() : random.gaussian()
        }
        let sorted = values.sorted()
        for rank in stride(from: 0, to: values.count, by: max(1, values.count / 7)) {
            var copy = values
            #expect(OrderStatistics.select(&copy, rank) == sorted[rank])
            #expect(copy[..<rank].allSatisfy { $0 <= sorted[rank] })
            #expect(copy[rank...].allSatisfy { $0 >= sorted[rank] })
        }
        let middle = values.count / 2
        let median = values.count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
        #expect(OrderStatistics.median(values) == median)
        for share in [0, 0.1, 0.5, 0.98, 1] {
            let position = share * Double(sorted.count - 1)
            let low = Int(position)
            let high = min(low + 1, sorted.count - 1)
            let expected = sorted[low] + (position - Double(low)) * (sorted[high] - sorted[low])
            let actual = try #require(OrderStatistics.quantile(values, share))
            #expect(abs(actual - expected) < 1e-12)
        }
    }

    @Test("orders that are bad for quickselect give the right value", arguments: ["up", "down", "flat", "roof"])
    func badOrders(order: String) {
        let values: [Double] = (0..<20_000).map { (index: Int) -> Double in
            switch order {
            case "up": return Double(index)
            case "down": return Double(-index)
            case "roof": return Double(min(index, 20_000 - index))
            default: return 1
            }
        }
        let sorted = values.sorted()
        var copy = values
        #expect(OrderStatistics.select(&copy, 777) == sorted[777])
    }

    @Test("NaN is left out, and nothing has no median")
    func missing() {
        #expect(OrderStatistics.median([.nan, 3, 1, .nan, 2]) == 2)
        #expect(OrderStatistics.median([]) == nil)
        #expect(OrderStatistics.median([.nan]) == nil)
        #expect(OrderStatistics.quantile([.nan, 1], 0.5) == 1)
        #expect(OrderStatistics.quantile([1], 1.5) == nil)
        #expect(OrderStatistics.quantile([], 0.5) == nil)
        #expect(OrderStatistics.medianAbsoluteDeviation([1, 1, 2, 2, 4, 6, 9], around: 2) == 1)
        #expect(OrderStatistics.median([-.infinity, 1, .infinity]) == 1)
    }
}
