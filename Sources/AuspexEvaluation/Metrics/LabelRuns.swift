/// The stretches of consecutive anomalous rows.
struct LabelRuns {
    /// The runs in order; none touch.
    let ranges: [Range<Int>]
    /// How many rows are anomalous.
    let positives: Int

    init(_ labels: [Bool]) {
        var ranges: [Range<Int>] = []
        var start: Int?
        for (row, isAnomalous) in labels.enumerated() {
            if isAnomalous, start == nil { start = row }
            if !isAnomalous, let begin = start {
                ranges.append(begin..<row)
                start = nil
            }
        }
        if let start { ranges.append(start..<labels.count) }
        self.ranges = ranges
        positives = ranges.reduce(0) { $0 + $1.count }
    }
}
