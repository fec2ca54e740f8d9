import AuspexDetection
import AuspexTesting
import Testing

@Suite struct MahalanobisDistanceTests {
    @Test("a broken correlation scores highest, though each value is usual")
    func correlation() throws {
        var random = SplitMix64(seed: 8)
        let first = (0..<500).map { _ in random.gaussian() }
        var second = first.map { 2 * $0 + 0.1 * random.gaussian() }
        second[100] = -second[100]
        let scores = try output("mahalanobis", [first, second]).scores
        let apart = try output("zscore", [first, second]).scores
        #expect(scores.max() == scores[100])
        #expect(apart[100] < 2)
    }

    @Test("columns that say the same count once")
    func copies() throws {
        let column = sawtooth()
        let one = try output("mahalanobis:window=1", [column]).scores
        let three = try output("mahalanobis", [column, column.map { -2 * $0 }, column.map { $0 + 8 }]).scores
        #expect(zip(one, three).allSatisfy { isClose($0, $1, within: 1e-4) })
    }

    @Test("mixing the columns by an invertible matrix leaves the distances")
    func mixed() throws {
        let (first, second) = (sawtooth(), sawtooth(seed: 5))
        let plain = try output("mahalanobis:ridge=1e-12", [first, second]).scores
        let mixed = try output(
            "mahalanobis:ridge=1e-12",
            [zip(first, second).map { 2 * $0 + $1 }, zip(first, second).map { $0 - 3 * $1 + 7 }]
        ).scores
        #expect(zip(plain, mixed).allSatisfy { isClose($0, $1, within: 1e-8) })
    }
}
