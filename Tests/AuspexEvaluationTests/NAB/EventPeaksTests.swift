import AuspexTesting
import Testing

@testable import AuspexEvaluation

@Suite struct EventPeaksTests {
    @Test("a score counts where it is higher than all of the 120 before it", arguments: [1, 2, 3] as [UInt64])
    func peaks(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let scores = (0..<2_000).map { _ in Double(Int(random.uniform() * (seed == 3 ? 4 : 1_000))) }
        var peaks = EventPeaks()
        for row in scores.indices {
            let before = scores[max(0, row - 120)..<row]
            let expected = before.allSatisfy { $0 < scores[row] } ? scores[row] : 0
            #expect(peaks.score(scores[row]) == expected)
        }
    }
}
