/// A generated series with known anomalies: a daily pattern with noise, and bursts in it.
public struct GeneratedSeries: Sendable {
    /// Rows a cycle has.
    public static let period = 24
    /// Rows a burst has.
    public static let burst = 6

    /// The values.
    public let values: [Double]
    /// Whether each row lies in a burst.
    public let isAnomalous: [Bool]

    /// Generates `rows` rows: a pattern of period 24 and height 2 with noise of deviation 0.3; every 200 rows, at a random
    /// place, six rows are moved up or down, all the same way, by 4 to 6.
    public init(seed: UInt64, rows: Int = 2_000) {
        let spacing = 200
        let pattern = (0..<Self.period).map { hour in hour < Self.period / 2 ? Double(hour) / 6 : 4 - Double(hour) / 6 }
        var random = SplitMix64(seed: seed)
        var values = (0..<rows).map { pattern[$0 % Self.period] + 0.3 * random.gaussian() }
        var isAnomalous = [Bool](repeating: false, count: rows)
        var start = spacing
        while start + spacing <= rows {
            let first = start + Int(random.uniform() * Double(spacing - 2 * Self.burst))
            let direction = random.uniform() < 0.5 ? -1.0 : 1.0
            for row in first..<first + Self.burst {
                values[row] += direction * (4 + 2 * random.uniform())
                isAnomalous[row] = true
            }
            start += spacing
        }
        self.values = values
        self.isAnomalous = isAnomalous
    }

    /// The chance that an anomalous row scores higher than a normal one (area under the receiver operating characteristic
    /// curve); ties count half. Nil unless there are rows of both kinds and a score for each row.
    public func areaUnderCurve(_ scores: [Double]) -> Double? {
        let positives = isAnomalous.count { $0 }
        let negatives = isAnomalous.count - positives
        guard positives > 0, negatives > 0, scores.count == isAnomalous.count else { return nil }
        let order = scores.indices.sorted { scores[$0] < scores[$1] }
        var rankSum = 0.0
        var start = 0
        while start < order.count {
            var end = start
            while end < order.count, scores[order[end]] == scores[order[start]] { end += 1 }
            let meanRank = Double(start + end + 1) / 2
            rankSum += meanRank * Double(order[start..<end].count { isAnomalous[$0] })
            start = end
        }
        let smallest = Double(positives) * Double(positives + 1) / 2
        return (rankSum - smallest) / (Double(positives) * Double(negatives))
    }
}
