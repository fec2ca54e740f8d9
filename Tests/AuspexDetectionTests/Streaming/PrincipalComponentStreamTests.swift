import AuspexSignals
import AuspexTesting
import Testing

@testable import AuspexDetection

@Suite struct PrincipalComponentStreamTests {
    @Test("the subspace of generated windows is found, and its basis stays orthonormal")
    func tracking() {
        // Windows of two directions in twelve dimensions, with a little noise.
        var random = SplitMix64(seed: 9)
        let directions = (0..<2).map { _ in (0..<12).map { _ in random.gaussian() } }
        var tracker = SubspaceTracker(width: 12, rank: 2)
        #expect(tracker.isOrthonormal)
        func window() -> [Double] {
            let weights = [random.gaussian(), random.gaussian()]
            return (0..<12).map { place in
                weights[0] * directions[0][place] + weights[1] * directions[1][place] + 0.01 * random.gaussian()
            }
        }
        let before = tracker.split(window())
        #expect(before.outside > 0.2 * before.inside)
        for count in 1...2_000 {
            tracker.turn(towards: tracker.split(window()), share: max(0.05, 1 / Double(count)))
            #expect(tracker.isOrthonormal)
        }
        for _ in 0..<50 { #expect(tracker.split(window()).outside < 0.1) }
    }

    @Test("a window is the sum of its part and a remainder at right angles to all directions")
    func split() {
        var random = SplitMix64(seed: 2)
        let tracker = SubspaceTracker(width: 9, rank: 4)
        let window = (0..<9).map { _ in random.gaussian() }
        let split = tracker.split(window)
        for direction in 0..<4 {
            let product = (0..<9).reduce(0.0) { $0 + tracker.basis[direction * 9 + $1] * split.remainder[$1] }
            #expect(abs(product) < 1e-12)
        }
        let whole = window.reduce(0) { $0 + $1 * $1 }
        #expect(isClose(split.inside * split.inside + split.outside * split.outside, whole, within: 1e-12))
    }

    @Test("turned by the whole angle, the subspace holds the window")
    func wholeTurn() {
        var random = SplitMix64(seed: 3)
        var tracker = SubspaceTracker(width: 7, rank: 3)
        let window = (0..<7).map { _ in random.gaussian() }
        tracker.turn(towards: tracker.split(window), share: 1)
        #expect(tracker.split(window).outside < 1e-12)
    }

    @Test("what breaks a learned cycle scores high, and what repeats it does not")
    func shape() throws {
        var values = wave(3_000)
        for row in 2_000..<2_006 { values[row] = 50 + (row.isMultiple(of: 2) ? 3 : -3) }
        let scores = try readings("pca", values).map(\.rawScore)
        #expect((2_002..<2_022).contains(top(Array(scores[500...])) + 500))
        #expect(scores[500..<2_000].allSatisfy { $0 < 4 })
    }

    @Test("a wild value neither turns the subspace nor blinds the scale")
    func spike() throws {
        var values = wave(2_000)
        values[1_000] = 1e12
        let spiked = try readings("pca", values)
        let plain = try readings("pca", wave(2_000))
        #expect(spiked[1_000..<1_016].allSatisfy { $0.rawScore > 1_000 })
        #expect(zip(spiked[1_100...], plain[1_100...]).allSatisfy { abs($0.rawScore - $1.rawScore) < 3 })
    }

    @Test("a shape that lasts is learned")
    func shift() throws {
        var values = wave(3_000)
        for row in 1_500..<3_000 { values[row] = 50 + 3 * sine(Double(row) / 5) }
        let scores = try readings("pca", values).map(\.rawScore)
        #expect(scores[1_505..<1_515].allSatisfy { $0 > 3 })
        #expect(scores[2_500...].allSatisfy { $0 < 3 })
    }

    @Test("as many components as values leave nothing outside and are refused")
    func refusals() {
        #expect(throws: DetectorError.self) { try DetectorRegistry.standard.makeStreaming("pca:window=4,components=4") }
    }
}
