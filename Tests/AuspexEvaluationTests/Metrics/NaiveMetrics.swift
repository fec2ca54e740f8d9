import Foundation

/// The definitions, word for word and without a thought for speed.
enum NaiveMetrics {
    /// Areas under ROC and precision-recall curve, averaged over windows 0…`window`.
    static func volumes(scores: [Double], labels: [Bool], window: Int) -> (roc: Double, pr: Double) {
        let n = scores.count
        let positives = Double(labels.filter { $0 }.count)
        let descending = scores.sorted(by: >)
        let cuts = (0..<250).map { j in descending[j == 249 ? n - 1 : Int(Double(j) * (Double(n - 1) / 249))] }
        var rocs: [Double] = []
        var prs: [Double] = []
        for width in 0...window {
            let soft = softLabels(labels, width: width)
            let segments = widened(labels, half: width / 2)
            var recalls = [0.0]
            var fallouts = [0.0]
            var precisions: [Double] = []
            for cut in cuts {
                let predicted = scores.map { $0 >= cut }
                let found = (0..<n).reduce(0.0) { $0 + (predicted[$1] ? soft[$1] : 0) }
                let outside = (0..<n).reduce(0.0) { $0 + (predicted[$1] && !labels[$1] ? soft[$1] : 0) }
                let hit = segments.filter { $0.contains { predicted[$0] } }
                let expected = (positives + positives + outside) / 2
                recalls.append(min(found / expected, 1) * Double(hit.count) / Double(segments.count))
                let count = Double(predicted.filter { $0 }.count)
                fallouts.append((count - found) / (Double(n) - expected))
                precisions.append(found / count)
            }
            var pr = 0.0
            for j in 0..<250 { pr += (recalls[j + 1] - recalls[j]) * precisions[j] }
            prs.append(pr)
            recalls.append(1)
            fallouts.append(1)
            var roc = 0.0
            for j in 0..<251 { roc += (fallouts[j + 1] - fallouts[j]) * (recalls[j + 1] + recalls[j]) / 2 }
            rocs.append(roc)
        }
        return (rocs.reduce(0, +) / Double(rocs.count), prs.reduce(0, +) / Double(prs.count))
    }

    static func runs(_ labels: [Bool]) -> [ClosedRange<Int>] {
        labels.indices.filter { labels[$0] && ($0 == 0 || !labels[$0 - 1]) }.map { start in
            start...(labels[start...].firstIndex(of: false) ?? labels.count) - 1
        }
    }

    static func softLabels(_ labels: [Bool], width: Int) -> [Double] {
        labels.indices.map { row in
            if labels[row] { return 1 }
            return min(
                1,
                runs(labels).reduce(0.0) { sum, run in
                    let distance = max(run.lowerBound - row, row - run.upperBound)
                    return distance > width / 2 ? sum : sum + sqrt(1 - Double(distance) / Double(width))
                })
        }
    }

    static func widened(_ labels: [Bool], half: Int) -> [ClosedRange<Int>] {
        var result: [ClosedRange<Int>] = []
        for run in runs(labels) {
            let wide = max(0, run.lowerBound - half)...min(labels.count - 1, run.upperBound + half)
            if let last = result.last, last.overlaps(wide) {
                result[result.count - 1] = last.lowerBound...wide.upperBound
            } else {
                result.append(wide)
            }
        }
        return result
    }

    /// The chance that an anomalous row scores above a normal one, ties counting half.
    static func areaUnderROC(scores: [Double], labels: [Bool]) -> Double {
        var wins = 0.0
        var pairs = 0.0
        for anomalous in scores.indices where labels[anomalous] {
            for normal in scores.indices where !labels[normal] {
                pairs += 1
                wins += scores[anomalous] > scores[normal] ? 1 : scores[anomalous] == scores[normal] ? 0.5 : 0
            }
        }
        return wins / pairs
    }

    /// Precision and recall for every distinct score as the threshold, from the highest down.
    static func curve(scores: [Double], labels: [Bool]) -> [(precision: Double, recall: Double)] {
        let positives = Double(labels.filter { $0 }.count)
        return Set(scores).sorted(by: >).map { cut in
            let found = Double(scores.indices.filter { scores[$0] >= cut && labels[$0] }.count)
            return (found / Double(scores.filter { $0 >= cut }.count), found / positives)
        }
    }

    static func averagePrecision(scores: [Double], labels: [Bool]) -> Double {
        var last = 0.0
        return curve(scores: scores, labels: labels).reduce(0.0) { sum, point in
            defer { last = point.recall }
            return sum + (point.recall - last) * point.precision
        }
    }

    static func bestF1(scores: [Double], labels: [Bool]) -> Double {
        curve(scores: scores, labels: labels)
            .map { 2 * $0.precision * $0.recall / ($0.precision + $0.recall + 1e-5) }.max() ?? 0
    }

    /// The lag with the highest strict peak of the autocorrelation.
    static func period(_ values: [Double]) -> Int {
        let mean = values.reduce(0, +) / Double(values.count)
        let lags = 0...min(400, values.count - 1)
        let products = lags.map { lag in
            (0..<values.count - lag).reduce(0.0) { $0 + (values[$1] - mean) * (values[$1 + lag] - mean) }
        }
        guard products[0] != 0 else { return 125 }
        let correlations = Array(products.map { $0 / products[0] }.dropFirst(3))
        let peaks = correlations.indices.filter {
            $0 > 0 && $0 + 1 < correlations.count && correlations[$0] > correlations[$0 - 1]
                && correlations[$0] > correlations[$0 + 1]
        }
        guard let best = peaks.max(by: { correlations[$0] < correlations[$1] }) else { return 125 }
        return best < 3 || best > 300 ? 125 : best + 3
    }
}
