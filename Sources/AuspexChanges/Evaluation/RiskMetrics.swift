/// How good probabilities of harm are, on changes whose outcome is known.
package struct RiskMetrics: Hashable, Sendable, Codable {
    /// Area under the ROC curve: the chance that a harmful change has a higher probability than a harmless one, equal
    /// ones counting half; 0.5 when there is only one kind.
    package var aucROC: Double
    /// Average precision: Σ (Rᵢ − Rᵢ₋₁) · Pᵢ over the thresholds, equal probabilities being one threshold.
    package var aucPR: Double
    /// Mean squared distance of probability and outcome.
    package var brier: Double
    /// Expected calibration error: over ten bins of equal width, the mean distance of mean probability and share of
    /// harm, weighted by the bins' sizes (Naeini et al. 2015).
    package var ece: Double
    /// The share of all harm that is among the 5 % with the highest probabilities.
    package var capture5: Double
    /// The same for 10 %.
    package var capture10: Double
    /// The same for 50 %.
    package var capture50: Double

    private enum CodingKeys: String, CodingKey {
        case brier, ece
        case aucROC = "auc_roc"
        case aucPR = "auc_pr"
        case capture5 = "capture_5"
        case capture10 = "capture_10"
        case capture50 = "capture_50"
    }

    /// A change's probability and how it turned out.
    package struct Judged: Hashable, Sendable {
        /// The probability of harm, 0 to 1.
        package var probability: Double
        /// Whether it did harm.
        package var isHarmful: Bool

        /// Creates a pair.
        package init(_ probability: Double, _ isHarmful: Bool) {
            self.probability = probability
            self.isHarmful = isHarmful
        }
    }

    /// Measures judged changes, in the order in which they were made. All are 0, and the area 0.5, when there is none.
    /// O(n · log n).
    package init(_ judged: [Judged]) {
        // Among equal ones the earlier change comes first.
        let order = judged.indices.sorted {
            (judged[$1].probability, $0) < (judged[$0].probability, $1)
        }
        let sorted = order.map { judged[$0] }
        (aucROC, aucPR) = Self.areas(sorted)
        brier = Self.mean(judged) { change in
            let distance = change.probability - (change.isHarmful ? 1 : 0)
            return distance * distance
        }
        ece = Self.calibrationError(judged)
        capture5 = Self.capture(sorted, percent: 5)
        capture10 = Self.capture(sorted, percent: 10)
        capture50 = Self.capture(sorted, percent: 50)
    }

    private static func mean(_ judged: [Judged], _ value: (Judged) -> Double) -> Double {
        judged.reduce(0) { $0 + value($1) } / Double(max(1, judged.count))
    }

    /// Both areas in one pass over groups of equal probability, the highest first.
    private static func areas(_ sorted: [Judged]) -> (roc: Double, pr: Double) {
        let positives = sorted.count { $0.isHarmful }
        let negatives = sorted.count - positives
        guard positives > 0 else { return (0.5, 0) }
        var (seenPositives, seenNegatives) = (0, 0)
        var (pairs, precision) = (0.0, 0.0)
        var start = 0
        while start < sorted.count {
            var end = start
            var hits = 0
            while end < sorted.count, sorted[end].probability == sorted[start].probability {
                hits += sorted[end].isHarmful ? 1 : 0
                end += 1
            }
            let misses = end - start - hits
            pairs += Double(misses) * (Double(seenPositives) + Double(hits) / 2)
            (seenPositives, seenNegatives) = (seenPositives + hits, seenNegatives + misses)
            precision += Double(hits) * Double(seenPositives) / Double(seenPositives + seenNegatives)
            start = end
        }
        let roc = negatives > 0 ? pairs / (Double(positives) * Double(negatives)) : 0.5
        return (roc, precision / Double(positives))
    }

    private static let bins = 10

    private static func calibrationError(_ judged: [Judged]) -> Double {
        var gaps = [Double](repeating: 0, count: bins)
        for change in judged {
            let bin = min(max(Int(change.probability * Double(bins)), 0), bins - 1)
            gaps[bin] += change.probability - (change.isHarmful ? 1 : 0)
        }
        // |bin| / n · |Σ gap / |bin|| = |Σ gap| / n
        return gaps.reduce(0) { $0 + abs($1) } / Double(max(1, judged.count))
    }

    private static func capture(_ sorted: [Judged], percent: Int) -> Double {
        let positives = sorted.count { $0.isHarmful }
        guard positives > 0 else { return 0 }
        let count = max(1, sorted.count * percent / 100)
        return Double(sorted[..<count].count { $0.isHarmful }) / Double(positives)
    }
}
