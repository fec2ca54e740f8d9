/// A streaming detector run down the rows of a table: raw scores are, bit for bit, those of the stream.
///
/// Each column gets a detector of its own, and a row's score is the largest of its columns'. Missing values and rows that
/// are not later than the one before score 0. Rows without times are taken as a minute apart.
struct StreamOverTable<Stream: StreamingDetector>: BatchDetector, DetectorModel {
    static var descriptor: DetectorDescriptor { Stream.descriptor }

    private let fresh: Stream

    init(parameters: ParameterValues) throws(DetectorError) {
        fresh = try Stream(parameters: parameters)
    }

    /// A causal detector learns as it goes, so that there is nothing to fit.
    func fit(_ table: Table, training: Range<Int>?) throws(DetectorError) -> any DetectorModel {
        _ = try table.trainingRows(training)
        return self
    }

    func scores(_ table: Table) throws(DetectorError) -> DetectorOutput {
        var stream = TableStream(fresh)
        let (scores, expectations) = stream.scores(table)
        return DetectorOutput(
            scores: scores, expectations: table.columns == 1 ? expectations : nil, notes: stream.notes)
    }
}
