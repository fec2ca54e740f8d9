/// From which rows a batch detector learns.
enum ReferenceRows: String, CaseIterable, Sendable {
    /// The whole table.
    case all
    /// The training range, if there is one.
    case training

    static func parameter(default value: ReferenceRows) -> ParameterDescriptor {
        .choice(
            "reference", default: value.rawValue, of: allCases.map(\.rawValue),
            meaning: "learn from the whole table, or from the training rows if some are given")
    }

    init(_ parameters: ParameterValues) throws(DetectorError) {
        let word = try parameters.choice("reference")
        guard let value = ReferenceRows(rawValue: word) else {
            throw .undeclaredParameter(detector: parameters.detector, name: "reference")
        }
        self = value
    }

    /// The rows of `table` to learn from.
    ///
    /// - Throws: ``DetectorError/invalidTraining(lower:upper:rows:)``.
    func rows(of table: Table, training: Range<Int>?) throws(DetectorError) -> Range<Int> {
        let training = try table.trainingRows(training)
        return self == .training ? training : 0..<table.rows
    }
}
