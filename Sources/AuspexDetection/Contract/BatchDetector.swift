public import AuspexSignals

/// A detector that sees the whole table at once.
///
/// A value of the conforming type is a configuration. It must answer for every table: constant, NaN-ridden, too short and
/// empty ones get scores of 0 (with a note), never NaN and never a trap. `AuspexTesting` has the suite that checks it.
public protocol BatchDetector: Sendable {
    /// What the detector says of itself.
    static var descriptor: DetectorDescriptor { get }

    /// Takes its parameters, which are within their declared ranges already.
    ///
    /// - Throws: ``DetectorError/invalidParameter(detector:name:value:allowed:)`` for values that do not go together.
    init(parameters: ParameterValues) throws(DetectorError)

    /// Learns what is normal.
    ///
    /// - Parameters:
    ///   - table: n rows by d columns.
    ///   - training: rows known to hold no anomaly, a part of `0..<n`; nil when nothing is known, and then the whole
    ///     table is taken as mostly normal.
    /// - Throws: ``DetectorError/invalidTraining(lower:upper:rows:)``, ``DetectorError/tooLarge(detector:reason:)``.
    func fit(_ table: Table, training: Range<Int>?) throws(DetectorError) -> any DetectorModel
}

/// What a batch detector has learned.
public protocol DetectorModel: Sendable {
    /// Scores each row of `table`, which has as many columns as the table of the fit and often is that table.
    ///
    /// - Throws: ``DetectorError/widthMismatch(fitted:given:)``, ``DetectorError/tooLarge(detector:reason:)``.
    func scores(_ table: Table) throws(DetectorError) -> DetectorOutput
}

/// What a model says of each row of a table.
public struct DetectorOutput: Sendable, Hashable {
    /// One raw score a row, in row order: larger = stranger, finite, 0 or more, on the detector's own scale.
    public var scores: [Double]
    /// What was expected in each row; nil when the detector expects no value, or the table has more than one column.
    public var expectations: [Expectation?]?
    /// What a reader of the scores should know, such as that the table was too short.
    public var notes: [String]
    /// Over how many rows one strange row raises the scores, at least 1: the window of detectors that have one. Calibration
    /// needs it to tell a few incidents that are smeared over many rows from a normal state.
    public var reach: Int
    /// Who raised each row's score, of detectors that are made of several; nil of others.
    public var attribution: Attribution?

    /// Creates an output.
    public init(
        scores: [Double], expectations: [Expectation?]? = nil, notes: [String] = [], reach: Int = 1,
        attribution: Attribution? = nil
    ) {
        self.scores = scores
        self.expectations = expectations
        self.notes = notes
        self.reach = max(1, reach)
        self.attribution = attribution
    }
}
