import AuspexDetection
import Testing

/// Scores of rows 0, 17, 50, 100, 150, 200 and 239 of ``sawtooth(seed:rows:)`` by the code of other projects: `hbos` and
/// `knn` are those of TSB-AD 1.5 (the former moved so that the fullest bins score 0, as ours is); `poly` is numpy's fit.
@Suite struct ReferenceScoreTests {
    struct Reference: Sendable {
        var detector: String
        var tolerance: Double
        var scores: [Double]
    }

    static let rows = [0, 17, 50, 100, 150, 200, 239]
    static let references = [
        Reference(
            detector: "hbos:window=16,scaling=window", tolerance: 1e-9,
            scores: [
                4.3460207681753324, 3.9530010504046373, 6.882597527185695, 8.152649590017134, 13.222652208523908,
                2.9089635426633507, 4.416271547638882,
            ]),
        Reference(
            detector: "knn:k=5,window=16,scaling=window", tolerance: 1e-9,
            scores: [
                2.391226963535756, 2.164402835820508, 2.947908801757981, 2.7206648646941365, 1.4269389882760162,
                2.028090071839384, 2.4055704311850894,
            ]),
        Reference(
            detector: "poly:window=16", tolerance: 1e-9,
            scores: [
                0.2638079139099179, 0.1170449422134593, 0.26740305863851166, 0.25482980756253304, 0.32692583645622886,
                0.2213293134018688, 0.32205437335186105,
            ]),
        Reference(
            detector: "poly:window=7,degree=2", tolerance: 1e-9,
            scores: [
                0.2708017790064814, 0.08251978240054027, 0.20464627062385127, 0.24654850105880705, 0.35739161142132553,
                0.10690366826430164, 0.061420007754406925,
            ]),
    ]

    @Test("scores are those of the published code", arguments: references.indices)
    func scores(index: Int) throws {
        let reference = Self.references[index]
        let scores = try output(reference.detector, [sawtooth()]).scores
        for (row, value) in zip(Self.rows, reference.scores) {
            #expect(
                isClose(scores[row], value, within: reference.tolerance),
                "\(reference.detector), row \(row): \(scores[row]) is not \(value)")
        }
    }
}
