/// The z-score: distance from the mean in standard deviations; of several columns the largest.
struct StandardScore: BatchDetector {
    static let descriptor = DetectorDescriptor(
        name: "zscore",
        summary: "Distance of a value from the mean in standard deviations; many or large anomalies hide each other.",
        kind: .batch, family: "statistical",
        parameters: [RobustScale.bandParameter, ReferenceRows.parameter(default: .all)],
        cost: "some 8·n·d flops", memory: "16·n bytes", source: "Shewhart 1931; the baseline of the TSB-AD benchmark",
        minimumHistory: "a dozen rows to mean something; nearly all of them normal")

    private let band: Double
    private let reference: ReferenceRows

    init(parameters: ParameterValues) throws(DetectorError) {
        band = try parameters.number("band")
        reference = try ReferenceRows(parameters)
    }

    func fit(_ table: Table, training: Range<Int>?) throws(DetectorError) -> any DetectorModel {
        let rows = try reference.rows(of: table, training: training)
        return ScaleModel(band: band, scales: (0..<table.columns).map { MomentScale(Array(table.column($0)[rows])) })
    }
}
