/// VUS-ROC and VUS-PR: the areas under ROC and precision-recall curves, averaged over label-widening windows 0…W.
///
/// Paparrizos, Boniol, Palpanas, Tsay, Elmore, Franklin, "Volume Under the Surface" (VLDB 2022), in the form that TSB-AD
/// (Liu and Paparrizos, NeurIPS 2024) computes as "opt":
///
/// - thresholds t₁ ≥ … ≥ t₂₅₀ at even ranks of the sorted scores; a row is predicted when its score is at least t;
/// - for a window w, rows at distance d = 1…⌊w/2⌋ from a run of anomalies have the soft label √(1 - d/w), sums capped at 1;
/// - recall is the soft labels found over P' = (P + P + soft labels found outside runs)/2, at most 1, times the share of
///   widened runs, merged where they overlap, that hold a predicted row.
///
/// All of it depends on a row's score only through the first threshold that it reaches: its *bucket*. So rows are put into
/// buckets once, and each window adds the soft labels of the rows near runs to 250 sums.
struct VolumeUnderSurface {
    private static let thresholds = 250

    private let runs: [Range<Int>]
    private let positives: Int
    private let rows: Int
    /// Per row, the first threshold that its score reaches.
    private let buckets: [Int]
    /// Per threshold, how many rows reach it.
    private let predicted: [Double]
    /// Per threshold, how many anomalous rows have it as their bucket.
    private let anomalousInBucket: [Double]

    /// Per row, the soft label under construction; 0 between windows outside runs, anything inside.
    private var soft: [Double]
    /// Per run, the best bucket of its rows and of those within the current half window.
    private var runTops: [Int]

    /// `scores` are finite, `runs` not empty, and some row is outside of them.
    init(scores: [Double], labels: [Bool], runs: LabelRuns) {
        self.runs = runs.ranges
        positives = runs.positives
        rows = scores.count
        let cuts = Self.cuts(scores)
        let buckets = scores.map { Self.bucket($0, cuts: cuts) }
        var all = [Int](repeating: 0, count: Self.thresholds)
        var anomalous = [Double](repeating: 0, count: Self.thresholds)
        for (row, bucket) in buckets.enumerated() {
            all[bucket] += 1
            if labels[row] { anomalous[bucket] += 1 }
        }
        var total = 0
        predicted = all.map { count in
            total += count
            return Double(total)
        }
        anomalousInBucket = anomalous
        self.buckets = buckets
        soft = Array(repeating: 0, count: rows)
        runTops = runs.ranges.map { $0.reduce(Self.thresholds) { min($0, buckets[$1]) } }
    }

    /// The means over windows 0…`window` of the areas under ROC and precision-recall curve.
    mutating func measure(window: Int) -> (roc: Double, pr: Double) {
        var rocSum = 0.0
        var prSum = 0.0
        var existence = existenceShare(half: 0)
        for width in 0...window {
            let half = width / 2
            if width > 0, width.isMultiple(of: 2) {
                extendTops(to: half)
                existence = existenceShare(half: half)
            }
            let (roc, pr) = areas(softInBucket: softLabels(width: width), existence: existence)
            rocSum += roc
            prSum += pr
        }
        return (rocSum / Double(window + 1), prSum / Double(window + 1))
    }

    /// The thresholds, highest first: the scores at even ranks, ranks cut to whole numbers as NumPy's `linspace` does.
    private static func cuts(_ scores: [Double]) -> [Double] {
        let descending = scores.sorted(by: >)
        let step = Double(scores.count - 1) / Double(thresholds - 1)
        return (0..<thresholds).map { index in
            index == thresholds - 1 ? descending[scores.count - 1] : descending[Int(Double(index) * step)]
        }
    }

    /// How many thresholds lie above the score.
    private static func bucket(_ score: Double, cuts: [Double]) -> Int {
        var low = 0
        var high = thresholds - 1
        while low < high {
            let middle = (low + high) / 2
            if score >= cuts[middle] { high = middle } else { low = middle + 1 }
        }
        return low
    }

    /// Widens every run by one row on both sides.
    private mutating func extendTops(to half: Int) {
        for (index, run) in runs.enumerated() {
            let (before, after) = (run.lowerBound - half, run.upperBound - 1 + half)
            if before >= 0 { runTops[index] = min(runTops[index], buckets[before]) }
            if after < rows { runTops[index] = min(runTops[index], buckets[after]) }
        }
    }

    /// Per threshold, the share of widened runs that hold a predicted row. Runs that overlap once widened are one.
    private func existenceShare(half: Int) -> [Double] {
        var tops: [Int] = []
        for (index, run) in runs.enumerated() {
            if index > 0, runs[index - 1].upperBound - 1 + half >= run.lowerBound - half {
                tops[tops.count - 1] = min(tops[tops.count - 1], runTops[index])
            } else {
                tops.append(runTops[index])
            }
        }
        var found = [Double](repeating: 0, count: Self.thresholds)
        for top in tops { found[top] += 1 }
        var total = 0.0
        return found.map { count in
            total += count
            return total / Double(tops.count)
        }
    }

    /// Per bucket, the sum of the soft labels of the rows outside of runs.
    private mutating func softLabels(width: Int) -> [Double] {
        var sums = [Double](repeating: 0, count: Self.thresholds)
        let half = width / 2
        guard half > 0 else { return sums }
        let weights = (1...half).map { (1 - Double($0) / Double(width)).squareRoot() }
        for run in runs {
            let last = min(half, rows - run.upperBound)
            for distance in 0..<max(0, last) { soft[run.upperBound + distance] += weights[distance] }
            let first = min(half, run.lowerBound)
            for distance in 0..<first { soft[run.lowerBound - 1 - distance] += weights[distance] }
        }
        for index in 0...runs.count {
            let gap =
                (index > 0 ? runs[index - 1].upperBound : 0)..<(index < runs.count ? runs[index].lowerBound : rows)
            let left = index > 0 ? min(gap.lowerBound + half, gap.upperBound) : gap.lowerBound
            let right = index < runs.count ? max(gap.upperBound - half, left) : gap.upperBound
            collect(gap.lowerBound..<left, into: &sums)
            collect(right..<gap.upperBound, into: &sums)
        }
        return sums
    }

    private mutating func collect(_ range: Range<Int>, into sums: inout [Double]) {
        for row in range {
            sums[buckets[row]] += min(soft[row], 1)
            soft[row] = 0
        }
    }

    private func areas(softInBucket: [Double], existence: [Double]) -> (roc: Double, pr: Double) {
        var roc = 0.0
        var pr = 0.0
        var found = 0.0
        var outside = 0.0
        var (lastRecall, lastFallout) = (0.0, 0.0)
        for index in 0..<Self.thresholds {
            found += anomalousInBucket[index] + softInBucket[index]
            outside += softInBucket[index]
            let expected = (2 * Double(positives) + outside) / 2
            let recall = min(found / expected, 1) * existence[index]
            let fallout = (predicted[index] - found) / (Double(rows) - expected)
            pr += (recall - lastRecall) * found / predicted[index]
            roc += (fallout - lastFallout) * (recall + lastRecall) / 2
            (lastRecall, lastFallout) = (recall, fallout)
        }
        roc += (1 - lastFallout) * (1 + lastRecall) / 2
        return (roc, pr)
    }
}
