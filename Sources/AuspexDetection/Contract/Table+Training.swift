extension Table {
    /// The rows to learn from: the training range, or all.
    ///
    /// - Throws: ``DetectorError/invalidTraining(lower:upper:rows:)``.
    public func trainingRows(_ training: Range<Int>?) throws(DetectorError) -> Range<Int> {
        guard let training else { return 0..<rows }
        guard training.lowerBound >= 0, training.upperBound <= rows, !training.isEmpty else {
            throw .invalidTraining(lower: training.lowerBound, upper: training.upperBound, rows: rows)
        }
        return training
    }
}
