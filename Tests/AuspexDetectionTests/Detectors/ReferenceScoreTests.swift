import AuspexDetection
import AuspexSignals
import Testing

/// Scores of rows 0, 17, 50, 100, 150, 200 and 239 of ``sawtooth(seed:rows:)`` by the code of other projects: `hbos` and
/// `knn` are those of TSB-AD 1.5 (the former moved so that the fullest bins score 0, as ours is); `poly` is numpy's fit;
/// `stl` is statsmodels 0.15's STL and MSTL, with residuals in 1.4826 of their median size; `mcd` is scikit-learn 1.9's,
/// where thirty of its seeds agree, and `var` statsmodels', of two such columns; `rpca` is the method
/// in numpy, with full singular values.
@Suite struct ReferenceScoreTests {
    struct Reference: Sendable {
        var detector: String
        var isOfTwo = false
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
        Reference(
            detector: "stl:periods=37,jump=1", tolerance: 1e-7,
            scores: [
                0.44456990639617944, 0.05171536091560011, 0.06553955701129863, 0.054007888717801905,
                0.039202553895623986, 1.0267696262415467, 0.2571039650587797,
            ]),
        Reference(
            detector: "stl:periods=12,seasonal=7,inner=5,outer=0,jump=1", tolerance: 1e-7,
            scores: [
                0.18624657866537508, 0.04923809649675846, 0.6881359769026756, 1.4645979900231965, 1.7944209765126136,
                0.9506520690916598, 0.3298534512859,
            ]),
        Reference(
            detector: "stl:periods=37,jump=3", tolerance: 1e-7,
            scores: [
                0.46519105059122606, 0.04821392236719992, 0.0451692321572907, 0.09260732485594318,
                0.056739705029606985, 1.0279142999265063, 0.2589012694089958,
            ]),
        Reference(
            detector: "stl:periods=37+12,jump=1", tolerance: 1e-7,
            scores: [
                0.30956934769787803, 0.16918160586099398, 0.29639212498532513, 0.5253694836213338, 1.2556864682385174,
                1.2627349531557928, 0.2782363975138483,
            ]),
        Reference(
            detector: "mcd:support=0.75,ridge=1e-9", isOfTwo: true, tolerance: 1e-7,
            scores: [
                1.786633820835424, 0.35345560234699924, 0.6729935492332041, 1.3733588450961383, 1.397900692222709,
                0.567619888651372, 0.13069700847012478,
            ]),
        Reference(
            detector: "var:order=3,ridge=1e-9", isOfTwo: true, tolerance: 1e-6,
            scores: [
                0.0, 0.6956028277443883, 0.42431925452455693, 1.870788280369628, 1.2329278059433713,
                1.079971025828371, 0.6481202679884954,
            ]),
        Reference(
            detector: "rpca:window=16", tolerance: 1e-5,
            scores: [
                0.5032779460676605, 0.19290316292659818, 0.2589992449068735, 0.926683802934255, 0.691195230379559,
                0.02397252869855254, 0.04626645737883371,
            ]),
    ]

    @Test("expectations of stl are statsmodels' trend and cycles")
    func expectations() throws {
        let expected = [
            -0.2105688541653814, 3.39888579811163, 2.5942308128450158, 8.724413662712848, 0.7695008338129875,
            3.463845312142037, 4.0211236411688365,
        ]
        let found = try #require(try output("stl:periods=12+37,jump=1", [sawtooth()]).expectations)
        for (row, value) in zip(Self.rows, expected) {
            let expectation = try #require(found[row])
            #expect(isClose(expectation.value, value, within: 1e-7), "row \(row)")
        }
    }

    @Test("scores are those of the published code", arguments: references.indices)
    func scores(index: Int) throws {
        let reference = Self.references[index]
        let scores = try output(
            reference.detector, reference.isOfTwo ? [sawtooth(), sawtooth(seed: 5)] : [sawtooth()]
        ).scores
        for (row, value) in zip(Self.rows, reference.scores) {
            #expect(
                isClose(scores[row], value, within: reference.tolerance),
                "\(reference.detector), row \(row): \(scores[row]) is not \(value)")
        }
    }
}
