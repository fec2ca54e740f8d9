import AuspexDetection
import Testing

/// Scores of rows 0, 17, 50, 100, 150, 200 and 239 of ``sawtooth(seed:rows:)`` as numpy, scipy and scikit-learn 1.x compute
/// them from the published formulas; windows left alone have 37 rows. Forests were grown by scikit-learn of 4,000 trees.
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
        (
            "zscore",
            [
                1.461417777971018, 0.2586679956609847, 0.6155342396395637, 1.4288658795034264, 1.4075726222145395,
                0.041270038739723236, 0.1269080595059219,
            ]
        ),
        (
            "hbos:window=1",
            [
                0.3145637334997249, 0.06421537849948189, 0.0, 0.7174102239780435, 0.3145637334997249,
                0.06421537849948189, 0.06421537849948189,
            ]
        ),
        (
            "hbos",
            [
                11.652435837025923, 11.652435837025923, 15.765157953501708, 6.021467997862879, 10.670907951645516,
                14.18924203507243, 12.058521401627075,
            ]
        ),
        (
            "copod",
            [
                1.4486352497936608, 0.6984530108572425, 0.7734272130661664, 2.4849066497880004, 1.261563931304099,
                0.7184649885442352, 0.690446155915448,
            ]
        ),
        (
            "copod:window=5",
            [
                7.124955224664231, 3.664955297490348, 4.147985722602311, 6.830688356716324, 6.272261713363225,
                3.555544702500364, 3.715790462232577,
            ]
        ),
        (
            "ecod",
            [
                2.841581593726733, 0.8362480242006186, 1.1901794821936003, 2.4849066497880004, 2.436116485618568,
                0.7184649885442352, 0.7444404749474959,
            ]
        ),
        (
            "ecod:window=5",
            [
                13.801300070653049, 3.559538941774393, 6.2219937303681725, 6.830688356716324, 11.934872562048565,
                3.4709840773321945, 3.9809923631026445,
            ]
        ),
        (
            "mahalanobis:window=1",
            [
                1.4614170526156154, 0.2586678672745431, 0.6155339341272776, 1.4288651703047284, 1.4075719235844684,
                0.04127001825588486, 0.12690799651678356,
            ]
        ),
        (
            "mahalanobis:window=3",
            [
                1.9090867304435162, 0.5094101765382228, 0.8219365194777588, 2.095799063181457, 1.7076091649512308,
                0.06669080334487813, 0.8933912460994361,
            ]
        ),
        (
            "mahalanobis",
            [
                6.222719868476623, 6.222719868476623, 7.055614521165572, 5.339467449751963, 5.671722722699514,
                6.181099449844205, 5.737062298698857,
            ]
        ),
        (
            "loda:window=1",
            [
                2.184802057337662, 1.9542783987258299, 1.8971199848858813, 2.5902671654458267, 2.184802057337662,
                1.9542783987258299, 1.9542783987258299,
            ]
        ),
        (
            "esd:period=1",
            [
                0.35721593828312614, 0.03577680471211308, 0.13115057068769248, 0.4152225924050153,
                0.34282562995139937, 0.02232356823384157, 0.0005634957263392783,
            ]
        ),
    ]

    @Test("scores are those of the reference implementations", arguments: golden.indices)
    func scores(index: Int) throws {
        let (detector, expected) = Self.golden[index]
        let scores = try output(detector, [sawtooth()]).scores
        for (row, value) in zip(Self.rows, expected) {
            // The references raise deviations by a share of the largest value.
            #expect(isClose(scores[row], value, within: 1e-8), "\(detector), row \(row): \(scores[row])")
        }
    }

    /// Scores of the same rows of ``sawtooth(seed:rows:)`` beside that of seed 5.
    static let goldenOfTwo: [(detector: String, scores: [Double])] = [
        (
            "hbos",
            [
                1.167891177496401, 0.44856832289347404, 0.0, 1.317277637794343, 1.4085650437491357,
                0.44856832289347404, 0.44856832289347404,
            ]
        ),
        (
            "copod",
            [
                3.228658540929145, 1.3884849165418698, 1.480160081942918, 4.707449035108509, 2.5452553671102187,
                1.4181125751928065, 1.381929441429056,
            ]
        ),
        (
            "ecod",
            [
                6.376310368013411, 1.5719548191793598, 2.0858509268650196, 4.707449035108509, 4.9210231354065685,
                1.50626729284931, 1.5065805269943926,
            ]
        ),
        (
            "mahalanobis",
            [
                1.7867800840042436, 0.39959906637572856, 0.7267955017783502, 1.4423602576527346, 1.448793703362575,
                0.49583160612387067, 0.1270235445561182,
            ]
        ),
    ]

    @Test("scores of two columns are those of the reference implementations", arguments: goldenOfTwo.indices)
    func scoresOfTwo(index: Int) throws {
        let (detector, expected) = Self.goldenOfTwo[index]
        let scores = try output(detector, [sawtooth(), sawtooth(seed: 5)]).scores
        for (row, value) in zip(Self.rows, expected) {
            #expect(isClose(scores[row], value, within: 1e-9), "\(detector), row \(row): \(scores[row])")
        }
    }

    static let goldenForests: [(detector: String, scores: [Double])] = [
        (
            "iforest:window=1,trees=1000",
            [
                0.5063946133941646, 0.46996694554049323, 0.4744404506817599, 0.48115212089007714,
                0.49131787230536733, 0.45169238249834126, 0.44597757789083403,
            ]
        ),
        (
            "iforest:window=5,trees=1000",
            [
                0.5074082603695648, 0.4124973038169959, 0.4451989671754043, 0.479758985305322, 0.4897784442083515,
                0.4039845099868394, 0.4122729198954678,
            ]
        ),
        (
            "eif:window=1,trees=1000",
            [
                0.5063946133941646, 0.46996694554049323, 0.4744404506817599, 0.48115212089007714,
                0.49131787230536733, 0.45169238249834126, 0.44597757789083403,
            ]
        ),
        (
            "eif:window=5,trees=1000,extension=0",
            [
                0.5074082603695648, 0.4124973038169959, 0.4451989671754043, 0.479758985305322, 0.4897784442083515,
                0.4039845099868394, 0.4122729198954678,
            ]
        ),
    ]
    static let goldenForestsOfTwo: [(detector: String, scores: [Double])] = [
        (
            "iforest:trees=1000",
            [
                0.5568095719237611, 0.4400958980312474, 0.43986088635018405, 0.4697052045327214, 0.4985310762344303,
                0.44900757217314535, 0.43445686057565047,
            ]
        ),
        (
            "eif:trees=1000,extension=0",
            [
                0.5568095719237611, 0.4400958980312474, 0.43986088635018405, 0.4697052045327214, 0.4985310762344303,
                0.44900757217314535, 0.43445686057565047,
            ]
        ),
    ]

    @Test(
        "forests of many trees, which draw other lots, come near the reference scores", arguments: goldenForests.indices
    )
    func forests(index: Int) throws {
        let (detector, expected) = Self.goldenForests[index]
        let scores = try output(detector, [sawtooth()]).scores
        for (row, value) in zip(Self.rows, expected) {
            #expect(abs(scores[row] - value) < 0.015, "\(detector), row \(row): \(scores[row])")
        }
    }

    @Test("so do forests of two columns", arguments: goldenForestsOfTwo.indices)
    func forestsOfTwo(index: Int) throws {
        let (detector, expected) = Self.goldenForestsOfTwo[index]
        let scores = try output(detector, [sawtooth(), sawtooth(seed: 5)]).scores
        for (row, value) in zip(Self.rows, expected) {
            #expect(abs(scores[row] - value) < 0.015, "\(detector), row \(row): \(scores[row])")
        }
    }
}
