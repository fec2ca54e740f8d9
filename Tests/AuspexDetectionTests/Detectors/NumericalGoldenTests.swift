import AuspexDetection
import Testing

/// Scores of the further detectors as numpy 2.4 and scikit-learn 1.9 compute them.
///
/// `sr` is the benchmark's formula in double precision, `poly` numpy's polynomial fit around each block and the distance of
/// its spectra; `kmeans`, `lof` and `cblof` are scikit-learn's, over numpy's windows; the matrix profile, the running sums,
/// the change points, the smoothing and the least squares are their definitions in numpy.
@Suite struct NumericalGoldenTests {
    enum Series: Sendable {
        case sawtooth
        case threeGroups
        case threeGroupsAndFew

        var columns: [[Double]] {
            switch self {
            case .sawtooth: [AuspexDetectionTests.sawtooth()]
            case .threeGroups: AuspexDetectionTests.threeGroups()
            case .threeGroupsAndFew: AuspexDetectionTests.threeGroupsAndFew()
            }
        }
    }

    struct Golden: Sendable {
        var detector: String
        var series: Series
        var rows: [Int]
        var tolerance: Double
        var scores: [Double]
    }

    static let golden: [Golden] = [
        Golden(
            detector: "sr", series: .sawtooth, rows: [0, 17, 50, 100, 150, 200, 239], tolerance: 1e-4,
            scores: [
                0.2264317857044053, 0.03908443411902318, 0.09635309076489758, 0.23659821492729927,
                0.20463753752063588, 0.0014287903495428338, 0.021019513997132377,
            ]),
        Golden(
            detector: "poly:window=16,blocks=apart", series: .sawtooth, rows: [0, 17, 50, 100, 150, 200, 239],
            tolerance: 1e-9,
            scores: [
                0.0, 0.0, 0.17902236729476373, 0.3061822750100703,
                0.34325954819095206, 0.2116017559266819, 0.32205437335186377,
            ]),
        Golden(
            detector: "poly:window=37,degree=2,blocks=apart", series: .sawtooth, rows: [0, 17, 50, 100, 150, 200, 239],
            tolerance: 1e-9,
            scores: [
                0.0, 0.0, 0.23394034055666765, 0.23761499503459024,
                0.2524571061929734, 0.2751598983198712, 0.301255275764144,
            ]),
        Golden(
            detector: "kmeans:k=1,window=10", series: .sawtooth, rows: [0, 17, 50, 100, 150, 200, 239], tolerance: 1e-9,
            scores: [
                2.348191622649694, 2.3784026465780768, 2.759109108109001, 2.7231275283284826,
                3.363523324881618, 2.296671585476374, 2.530427202686541,
            ]),
        Golden(
            detector: "kmeans:k=3", series: .threeGroups, rows: [0, 17, 50, 120, 121, 200, 239], tolerance: 1e-9,
            scores: [
                0.18158012225599912, 0.25484073817670744, 0.2316020848801278, 0.5109150383798219,
                0.6351104151993486, 0.09741894618079534, 0.23485109526510864,
            ]),
        Golden(
            detector: "lof", series: .sawtooth, rows: [0, 17, 50, 100, 150, 200, 239], tolerance: 1e-7,
            scores: [
                0.9967031917565048, 0.9967031917565048, 1.0072220741824147, 1.0028841458042033,
                1.0023819663433722, 1.004893062229107, 0.9955663560140808,
            ]),
        Golden(
            detector: "lof:k=5,window=1", series: .threeGroups, rows: [0, 17, 50, 120, 121, 200, 239], tolerance: 1e-7,
            scores: [
                1.0430848818696175, 1.0818017098373995, 1.2780913294274476, 4.783949008613059,
                5.9857746163174195, 1.1249287616271377, 1.1220546523301607,
            ]),
        Golden(
            detector: "matrixprofile:window=20", series: .sawtooth, rows: [0, 17, 50, 100, 150, 200, 239],
            tolerance: 1e-9,
            scores: [
                2.2670461266926374, 2.4495843675397997, 2.9361384056152042, 2.6342795756203867,
                1.4487428715605624, 2.1575027472543784, 1.8948394055588198,
            ]),
        Golden(
            detector: "matrixprofile:window=20,neighbours=left", series: .sawtooth,
            rows: [0, 17, 50, 100, 150, 200, 239], tolerance: 1e-9,
            scores: [
                0.0, 0.0, 5.855056068156917, 2.2363051476082956,
                1.6871911488023001, 1.6680413034506278, 1.8948394055588198,
            ]),
        Golden(
            detector: "cblof:k=4", series: .threeGroupsAndFew, rows: [0, 17, 50, 100, 103, 200, 239], tolerance: 1e-9,
            scores: [
                0.13372554387314198, 0.12185236232817183, 0.2197082317666571, 3.5214278011204083,
                3.5154572794442442, 0.13834198608772175, 0.15786297718948558,
            ]),
        Golden(
            detector: "cusum:period=1", series: .sawtooth, rows: [0, 17, 50, 100, 150, 200, 239], tolerance: 1e-7,
            scores: [
                0.627752842649655, 1.816294677462233, 2.5936459686107995, 0.7010228388561757,
                1.8272132576942743, 2.5980328247456064, 0.6140489254988799,
            ]),
        Golden(
            detector: "pagehinkley:period=1", series: .sawtooth, rows: [0, 17, 50, 100, 150, 200, 239], tolerance: 1e-7,
            scores: [
                0.0, 0.3351179703226266, 1.9839221857824114, 0.7059466917137378,
                1.8730658403815568, 3.396321533630868, 1.7495206156302743,
            ]),
        Golden(
            detector: "ar", series: .sawtooth, rows: [0, 17, 50, 100, 150, 200, 239], tolerance: 1e-7,
            scores: [
                0.0, 0.8291545383452154, 0.7051248845876439, 2.0565530603576923,
                0.7206394685257201, 0.23876903892807147, 0.7582267097348415,
            ]),
        Golden(
            detector: "ar:order=3", series: .sawtooth, rows: [0, 17, 50, 100, 150, 200, 239], tolerance: 1e-7,
            scores: [
                0.0, 0.6858718203028911, 0.4524923790504457, 2.0404451777481287,
                0.9062182163206174, 0.10897616882704281, 0.661772892534522,
            ]),
        Golden(
            detector: "holtwinters:period=37", series: .sawtooth, rows: [0, 17, 50, 100, 150, 200, 239],
            tolerance: 1e-7,
            scores: [
                0.09774410070786015, 0.3030713596123995, 0.5918511856294997, 1.011374379168326,
                0.027798806997267403, 0.41651685489086193, 0.23181973383877796,
            ]),
        Golden(
            detector: "holtwinters:period=1", series: .sawtooth, rows: [0, 17, 50, 100, 150, 200, 239], tolerance: 1e-7,
            scores: [
                0.6692869594997114, 0.05169783876572926, 0.35721682009833855, 1.6898414709525653,
                3.4976057680977357, 0.5572360366116453, 0.04218498601887823,
            ]),
        Golden(
            detector: "bocpd:period=1", series: .sawtooth, rows: [0, 17, 50, 100, 150, 200, 239], tolerance: 1e-8,
            scores: [
                2.32296992431352, 0.7029342999960415, 0.5104831236062043, 2.130857120402701, 1.5026212429821946,
                1.1834571132523695, 0.7654763024355816,
            ]),
    ]

    @Test("scores are those of the reference implementations", arguments: golden.indices)
    func scores(index: Int) throws {
        let golden = Self.golden[index]
        let scores = try output(golden.detector, golden.series.columns).scores
        for (row, value) in zip(golden.rows, golden.scores) {
            #expect(
                isClose(scores[row], value, within: golden.tolerance), "\(golden.detector), row \(row): \(scores[row])")
        }
    }
}
