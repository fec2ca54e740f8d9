/// Metrics that look at each row by itself, as scikit-learn defines them. One sort.
struct PointMetrics {
    /// Keeps F1 defined where precision and recall are both 0, as TSB-AD does.
    private static let f1Epsilon = 1e-5

    /// Σ (Rᵢ - Rᵢ₋₁) Pᵢ over the distinct scores, from the highest down.
    private(set) var averagePrecision = 0.0
    /// By trapezoids, so that ties count half.
    private(set) var areaUnderROC = 0.0
    /// The largest 2PR/(P+R+ε) over the distinct scores.
    private(set) var bestF1 = 0.0

    /// Both kinds of label must occur, and all scores must be finite.
    init(scores: [Double], labels: [Bool]) {
        let order = scores.indices.sorted { scores[$0] > scores[$1] }
        let positives = labels.reduce(0) { $0 + ($1 ? 1 : 0) }
        let negatives = labels.count - positives
        var found = 0
        var taken = 0
        var doubleArea = 0
        while taken < order.count {
            let (foundBefore, takenBefore) = (found, taken)
            let score = scores[order[taken]]
            while taken < order.count, scores[order[taken]] == score {
                if labels[order[taken]] { found += 1 }
                taken += 1
            }
            let precision = Double(found) / Double(taken)
            let recall = Double(found) / Double(positives)
            averagePrecision += Double(found - foundBefore) / Double(positives) * precision
            bestF1 = max(bestF1, 2 * precision * recall / (precision + recall + Self.f1Epsilon))
            let falseAlarms = (taken - found) - (takenBefore - foundBefore)
            doubleArea += falseAlarms * (found + foundBefore)
        }
        areaUnderROC = Double(doubleArea) / 2 / Double(positives) / Double(negatives)
    }
}
