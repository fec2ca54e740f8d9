/// The definitions of the metrics of events, threshold by threshold and without a thought for speed.
enum NaiveEvents {
    typealias Quality = (precision: Double, recall: Double, f1: Double)

    static func thresholds(_ scores: [Double]) -> [Double] {
        let low = scores.min() ?? 0
        let high = scores.max() ?? 0
        return (0..<100).map { $0 == 99 ? high : Double($0) * ((high - low) / 99) + low }
    }

    static func best(_ scores: [Double], _ measure: ([Bool]) -> (precision: Double, recall: Double)) -> Quality {
        var best: Quality = (0, 0, -1)
        for threshold in thresholds(scores) {
            let (precision, recall) = measure(scores.map { $0 > threshold })
            let f1 = precision + recall == 0 ? 0 : 2 * precision * recall / (precision + recall)
            // The same sum in another order must not count as better.
            if f1 > best.f1 + 1e-14 { best = (precision, recall, f1) }
        }
        return best
    }

    static func f1(_ predicted: [Bool], _ labels: [Bool]) -> Double {
        let hits = predicted.indices.filter { predicted[$0] && labels[$0] }.count
        let sum = predicted.filter { $0 }.count + labels.filter { $0 }.count
        return Double(2 * hits) / Double(sum)
    }

    static func pointAdjustedF1(_ scores: [Double], _ labels: [Bool]) -> Double {
        thresholds(scores).map { threshold in
            var predicted = scores.map { $0 > threshold }
            for run in NaiveMetrics.runs(labels) where run.contains(where: { predicted[$0] }) {
                for row in run where row > 0 { predicted[row] = true }
            }
            return f1(predicted, labels)
        }.max() ?? 0
    }

    static func eventF1(_ scores: [Double], _ labels: [Bool]) -> Double {
        let runs = NaiveMetrics.runs(labels)
        return thresholds(scores).map { threshold in
            let predicted = labels.indices.filter { scores[$0] > threshold }
            guard !predicted.isEmpty else { return 0 }
            let precision = Double(predicted.filter { labels[$0] }.count) / Double(predicted.count)
            let found = runs.filter { run in run.contains { scores[$0] > threshold && $0 < labels.count - 1 } }
            let recall = Double(found.count) / Double(runs.count)
            return precision + recall == 0 ? 0 : 2 * precision * recall / (precision + recall)
        }.max() ?? 0
    }

    // MARK: Ranges

    static func ranges(_ predicted: [Bool], _ labels: [Bool]) -> (precision: Double, recall: Double) {
        (coverage(of: predicted, by: labels, existence: 0), coverage(of: labels, by: predicted, existence: 0.2))
    }

    private static func coverage(of flags: [Bool], by others: [Bool], existence: Double) -> Double {
        let ranges = NaiveMetrics.runs(flags)
        let sum = ranges.reduce(0.0) { sum, range in
            let touching = NaiveMetrics.runs(others).filter { $0.overlaps(range) }.count
            guard touching > 0 else { return sum }
            let share = Double(range.filter { others[$0] }.count) / Double(range.count)
            return sum + existence + (1 - existence) * share / Double(touching)
        }
        return ranges.isEmpty ? 0 : sum / Double(ranges.count)
    }

    // MARK: Affiliation

    /// Every integrand is linear between multiples of a quarter, so that its value in the middle of each quarter of a row is
    /// the mean there.
    static func affiliation(_ predicted: [Bool], _ labels: [Bool]) -> (precision: Double, recall: Double) {
        let runs = NaiveMetrics.runs(labels)
        var precisions: [Double] = []
        var recalls: [Double] = []
        for (index, run) in runs.enumerated() {
            let (low, high) = (Double(run.lowerBound), Double(run.upperBound + 1))
            let start = index == 0 ? 0 : (Double(runs[index - 1].upperBound + 1) + low) / 2
            let end = index + 1 == runs.count ? Double(labels.count) : (high + Double(runs[index + 1].lowerBound)) / 2
            let moments = stride(from: start + 0.125, to: end, by: 0.25)
            let seen = moments.filter { predicted[Int($0)] }
            // The chance that a moment of the zone is farther from the stretch than `distance`.
            let chance = { (distance: Double, from: Double, to: Double) -> Double in
                1 - (min(to + distance, end) - max(from - distance, start)) / (end - start)
            }
            let closeness = seen.map { moment -> Double in
                let distance = max(0, low - moment, moment - high)
                return distance == 0 ? 1 : chance(distance, low, high)
            }
            if !seen.isEmpty { precisions.append(closeness.reduce(0, +) / Double(seen.count)) }
            let found = moments.filter { $0 > low && $0 < high }.map { moment -> Double in
                if predicted[Int(moment)] { return 1 }
                // A prediction reaches an eighth beyond the middle of its quarter.
                guard let nearest = seen.map({ abs($0 - moment) - 0.125 }).min() else { return 0 }
                return chance(nearest, moment, moment)
            }
            recalls.append(found.reduce(0, +) / Double(found.count))
        }
        let precision = precisions.isEmpty ? 0 : precisions.reduce(0, +) / Double(precisions.count)
        return (precision, recalls.reduce(0, +) / Double(recalls.count))
    }
}
