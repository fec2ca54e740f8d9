import AuspexDetection
import Testing

/// Scores of rows 0, 17, 50, 100, 150, 200 and 239 of ``sawtooth(seed:rows:)`` as numpy and scikit-learn 1.x compute them:
/// robust z-score, distance to the 50th neighbour, inverse-variance sum over principal axes, windows of 37 rows.
@Suite struct GoldenScoreTests {
    static let rows = [0, 17, 50, 100, 150, 200, 239]
    static let golden: [(detector: String, scores: [Double])] = [
        (
            "mad",
            [
                1.127752841392678, 0.1586664911257158, 0.4462027775563498, 1.201022837517533, 1.0843684182657145,
                0.016496619046448963, 0.05250413090921327,
            ]
        ),
        (
            "knn",
            [
                21.492540778404894, 21.492540778404894, 21.800793017454595, 19.66480203151395, 21.192904488033996,
                21.627635478720748, 20.33516912732187,
            ]
        ),
        (
            "pca",
            [
                34035.83374506276, 34035.83374506276, 34532.88005426349, 28984.897640348398, 33574.41265052288,
                33418.99863995674, 31584.63185019589,
            ]
        ),
    ]

    @Test("scores are those of the reference implementations", arguments: golden.indices)
    func scores(index: Int) throws {
        let (detector, expected) = Self.golden[index]
        let scores = try output(detector, [sawtooth()]).scores
        for (row, value) in zip(Self.rows, expected) {
            #expect(isClose(scores[row], value, within: 1e-9), "\(detector), row \(row): \(scores[row])")
        }
    }
}
