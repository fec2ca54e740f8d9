import AuspexTesting
import Testing

@testable import AuspexDetection

@Suite struct NearestListsTests {
    private func insert(_ values: [Double], first: Int, into lists: inout NearestLists, row: Int) {
        var values = values
        var places = values.indices.map { Int32($0) }
        values.withUnsafeMutableBufferPointer { values in
            places.withUnsafeMutableBufferPointer { places in
                lists.insert(values, at: places, count: values.count, first: Int32(first), into: row)
            }
        }
    }

    @Test("keeps the k smallest, of equal ones the first", arguments: [1, 2, 7, 50, 300], [1.0, 8])
    func smallest(k: Int, coarseness: Double) {
        var random = SplitMix64(seed: UInt64(k))
        // Coarse values have ties.
        let values = (0..<700).map { _ in (random.gaussian() * 16 / coarseness).rounded() }
        var lists = NearestLists(rows: 2, k: k)
        for start in stride(from: 0, to: 700, by: 100) {
            insert(Array(values[start..<start + 100]), first: start, into: &lists, row: 1)
        }
        let sorted = values.indices.sorted { (values[$0], $0) < (values[$1], $1) }.prefix(k)
        let settled = lists.settled(1)
        #expect(Set(settled.indices.map(Int.init)) == Set(sorted))
        #expect(settled.farthest == sorted.last)
        #expect(lists.isShort(0) && !lists.isShort(1))
    }

    @Test("a limit keeps out what is not under it, and is never raised")
    func limit() {
        var lists = NearestLists(rows: 2, k: 2)
        lists.lowerLimit(of: 1, to: 3)
        lists.lowerLimit(of: 1, to: 4)
        insert([5, 3, 0, 1], first: 0, into: &lists, row: 1)
        #expect(Set(lists.settled(1).indices) == [2, 3] && lists.limit(of: 1) == 3)
        #expect(lists.limit(of: 0) == .infinity)
    }

    @Test("whatever k, lists of nearest windows take no more than 32 MB", arguments: [1, 50, 3_000, 10_000, 5_000_000])
    func memory(k: Int) {
        let heights = [NeighbourSearch.blockHeight, FormSearch.height(k: k)]
        #expect(heights[1] >= 1 && (k > 50 || heights[1] == WindowVectors.blockWidth))
        // No detector takes a larger k.
        for height in heights where k <= 10_001 {
            #expect(height * NearestLists.bytes(k: k) <= FormSearch.mostListBytes)
        }
    }

    @Test("what a band of diagonals finds goes to its rows")
    func band() {
        var lists = NearestLists(rows: 2, k: 2)
        var (values, places): ([Double], [Int32]) = ([4, 3, 2, 9, 8], [0, 5, 15, 16, 31])
        values.withUnsafeMutableBufferPointer { values in
            places.withUnsafeMutableBufferPointer { places in
                lists.insertBand(values, at: places, count: 4, first: 100)
            }
        }
        #expect(Set(lists.settled(0).indices) == [105, 115] && lists.settled(0).farthest == 105)
        #expect(lists.isShort(1) && Array(lists.settled(1).indices) == [101])
    }

    @Test("the search finds k neighbours of windows after a spike as large as they come", arguments: [1, 3])
    func spike(columns: Int) {
        var random = SplitMix64(seed: 4)
        let series = (0..<columns).map { _ in
            (0..<2_600).map { $0 == 40 || $0 == 1_500 ? 1.0 : 1e-9 * random.gaussian() + ($0 > 2_000 ? 0 : 1e-9) }
        }
        let search = NeighbourSearch(references: series, queries: series, window: 12, k: 25)
        var rows = 0
        search.forEachQuery { row, neighbours in
            rows += 1
            #expect(Set(neighbours.map(\.index)).count == 25, "row \(row)")
        }
        #expect(rows == 2_589)
    }
}
