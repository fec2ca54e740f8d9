/// The robust z-score: distance from the median in units of 1.4826 MAD; of several columns the largest.
struct MedianDeviation: BatchDetector {
    static let descriptor = DetectorDescriptor(
        name: "mad",
        summary: "Distance of a value from the median in robust standard deviations; finds single strange values.",
        kind: .batch, family: "statistical",
        parameters: [RobustScale.bandParameter, ReferenceRows.parameter(default: .all)],
        cost: "some 20·n·d flops", memory: "16·n bytes", source: "Hampel 1974; Leys et al. 2013",
        minimumHistory: "more than half of the rows normal; a dozen rows to mean something")

    private let band: Double
    private let reference: ReferenceRows

    init(parameters: ParameterValues) throws(DetectorError) {
        band = try parameters.number("band")
        reference = try ReferenceRows(parameters)
    }

    func fit(_ table: Table, training: Range<Int>?) throws(DetectorError) -> any DetectorModel {
        let rows = try reference.rows(of: table, training: training)
        return ScaleModel(band: band, scales: (0..<table.columns).map { RobustScale(Array(table.column($0)[rows])) })
    }
}
