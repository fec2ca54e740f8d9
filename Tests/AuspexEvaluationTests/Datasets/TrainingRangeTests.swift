import Testing

@testable import AuspexEvaluation

@Suite("Training ranges") struct TrainingRangeTests {
    @Test(
        "the name of a file declares them",
        arguments: [
            ("001_NAB_id_1_Facility_tr_1007_1st_2014.csv", 0..<1_007), ("x_tr_50.csv.gz", 0..<50),
            ("/a_tr_9/b_tr_7.csv", 0..<7),
            ("x_tr_5_tr_6_1st_8.csv", 0..<6), ("x_tr_99999.csv", 0..<2_000), ("x_tr_12", 0..<12),
        ])
    func named(path: String, expected: Range<Int>) {
        #expect(TrainingRange.named(in: path, rows: 2_000) == expected)
    }

    @Test(
        "other names declare none",
        arguments: [
            "x.csv", "x_tr_.csv", "x_tr_5a.csv", "x_tr_0_1st_3.csv", "/a_tr_9/b.csv", "x_tr_99999999999999999999.csv",
            "",
        ])
    func unnamed(path: String) {
        #expect(TrainingRange.named(in: path, rows: 2_000) == nil)
    }
}
