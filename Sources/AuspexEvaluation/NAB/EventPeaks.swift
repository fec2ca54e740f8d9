/// Leaves of each event the scores that are higher than all shortly before: an alert for each event, and others only when it
/// gets worse, without a threshold that says what an event is.
struct EventPeaks {
    /// As long as alerts are one event to the budget of a stream.
    static let length = 120

    /// The scores that a later one may have to beat, with their rows: in descending order, at most ``length`` rows old.
    private var rivals: [(row: Int, score: Double)] = []
    private var row = 0

    /// The score of the next row, 0 unless it is higher than those of the 120 rows before it. O(1) amortised.
    mutating func score(_ score: Double) -> Double {
        defer { row += 1 }
        if let oldest = rivals.first, oldest.row < row - Self.length { rivals.removeFirst() }
        let isPeak = rivals.first.map { score > $0.score } ?? true
        while let last = rivals.last, last.score <= score { rivals.removeLast() }
        rivals.append((row, score))
        return isPeak ? score : 0
    }
}
