import AuspexTesting
import Testing

@testable import AuspexDetection

@Suite struct ClusterOutliersTests {
    @Test("members of a small cluster are strange although they have each other")
    func smallCluster() throws {
        let scores = try output("cblof:k=4", threeGroupsAndFew()).scores
        #expect(Set(scores.indices.sorted { scores[$0] > scores[$1] }.prefix(4)) == [100, 101, 102, 103])
        #expect(scores[100] > 3)
        #expect(try output("kmeans:k=4", threeGroupsAndFew()).scores[100] < 0.1)
    }

    static let sizes: [(sizes: [Int], large: [Int])] = [
        ([50, 45, 5], [0, 1]),
        ([40, 30, 25, 5], [0, 1, 2]),
        // No place keeps both shares: alpha decides.
        ([30, 30, 30, 10], [0, 1, 2]),
        ([5, 90, 5], [1]),
        ([100], [0]),
        // Alpha is kept after two, both only after three.
        ([60, 31, 8, 1], [0, 1, 2]),
    ]

    @Test("the large clusters are chosen as in the paper", arguments: sizes.indices)
    func large(index: Int) {
        let (sizes, large) = Self.sizes[index]
        #expect(ClusterOutliers.largeClusters(sizes, alpha: 0.9, beta: 5) == large)
    }

    @Test("windows are taken when asked for")
    func window() throws {
        var values = sawtooth(rows: 900)
        for row in 400..<420 { values[row] += 25 }
        let result = try output("cblof:window=20", [values])
        #expect(result.reach == 20)
        #expect((385..<435).contains(top(result.scores)))
    }
}
