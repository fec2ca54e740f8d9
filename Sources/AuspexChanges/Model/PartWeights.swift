/// How much each part of a ``RiskModel`` counts.
///
/// Size needs next to nothing to learn from and is hard to beat there; the other parts come into their own as outcomes
/// grow. So their weights are shrunk by m/(m + 400), m being the number of harmful or of harmless changes, whichever is
/// smaller. All numbers were chosen on inner splits of public data.
struct PartWeights: Hashable, Sendable, Codable {
    let size: Double
    let linear: Double
    let trees: Double

    private static let linearAtMost = 1.5
    private static let treesAtMost = 3.0
    private static let halfAt = 400.0

    /// Weights for a training with so many changes of the rarer kind.
    init(ofAKind count: Int) {
        let share = Double(count) / (Double(count) + Self.halfAt)
        size = 1
        linear = Self.linearAtMost * share
        trees = Self.treesAtMost * share
    }

    /// The weighted mean of the log-odds of the parts that there are.
    func mean(size: Double, linear: Double?, trees: Double?) -> Double {
        var sum = self.size * size
        var weights = self.size
        if let linear {
            sum += self.linear * linear
            weights += self.linear
        }
        if let trees {
            sum += self.trees * trees
            weights += self.trees
        }
        return sum / weights
    }

    /// Why these cannot be weights; nil when they can.
    var fault: String? {
        let isPossible = [size, linear, trees].allSatisfy { (0...RiskModel.largestNumber).contains($0) } && size > 0
        return isPossible ? nil : "its weights are impossible"
    }
}
