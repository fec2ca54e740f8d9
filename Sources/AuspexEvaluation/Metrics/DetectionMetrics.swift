/// How well the scores of a labelled series tell anomalous rows from normal ones. All are in 0…1, larger = better.
///
/// The first five do not depend on a threshold, or take the best of all. The others judge predictions and are the best over
/// 100 thresholds, evenly spaced from the lowest score to the highest, of which each predicts the rows above it; in the
/// definitions and with the parameters of TSB-AD (Liu and Paparrizos, NeurIPS 2024). Point-adjusted and affiliation F1 are
/// high for random scores as well: read them beside a baseline, and trust VUS-PR first.
public struct DetectionMetrics: Hashable, Sendable, Codable {
    /// Volume under the precision-recall surface over label-widening windows 0…W (Paparrizos et al. 2022, in the variant
    /// "opt" of TSB-AD, 250 thresholds): tolerates detections that are near rather than exactly on.
    public var vusPR: Double
    /// The same under the ROC surface.
    public var vusROC: Double
    /// Average precision: Σ (Rᵢ - Rᵢ₋₁) Pᵢ over the distinct scores.
    public var aucPR: Double
    /// Area under the ROC curve: the chance that an anomalous row scores above a normal one, ties counting half.
    public var aucROC: Double
    /// The largest F1 that any threshold reaches, as 2PR/(P+R+1e-5).
    public var f1: Double
    /// F1 of rows where one predicted row of an anomalous run counts for the whole run (Xu et al. 2018). Flatters.
    public var pointAdjustedF1: Double
    /// F1 of the precision of rows and the recall of runs, a run being found by one row (Garg et al. 2021).
    public var eventF1: Double
    /// Range-based precision (Tatbul et al. 2018) at the threshold of the best ``rangeF1``: flat bias, cardinality 1/x.
    public var rangePrecision: Double
    /// Range-based recall at that threshold: the same, and weight 0.2 for finding a run at all.
    public var rangeRecall: Double
    /// F1 of range-based precision and recall.
    public var rangeF1: Double
    /// Affiliation precision (Huet et al. 2022) at the threshold of the best ``affiliationF1``.
    public var affiliationPrecision: Double
    /// Affiliation recall at that threshold.
    public var affiliationRecall: Double
    /// F1 of affiliation precision and recall.
    public var affiliationF1: Double

    /// Creates metrics from the value of each.
    public init(_ value: (DetectionMetric) throws -> Double) rethrows {
        vusPR = try value(.vusPR)
        vusROC = try value(.vusROC)
        aucPR = try value(.aucPR)
        aucROC = try value(.aucROC)
        f1 = try value(.f1)
        pointAdjustedF1 = try value(.pointAdjustedF1)
        eventF1 = try value(.eventF1)
        rangePrecision = try value(.rangePrecision)
        rangeRecall = try value(.rangeRecall)
        rangeF1 = try value(.rangeF1)
        affiliationPrecision = try value(.affiliationPrecision)
        affiliationRecall = try value(.affiliationRecall)
        affiliationF1 = try value(.affiliationF1)
    }

    /// Measures scores against labels, one of each a row.
    ///
    /// - Parameters:
    ///   - scores: larger = stranger, finite.
    ///   - labels: true where a row is anomalous.
    ///   - window: W, the widest window of the volumes in rows; the series' ``Period`` by custom.
    /// - Returns: nil when no row is anomalous: then there is nothing to find.
    /// - Throws: ``MetricError`` when lengths differ, a score is not finite, or every row is anomalous.
    /// - Complexity: O(n log n + W·(r·W + 250) + 100·r) for r runs of anomalous rows.
    public static func measure(
        scores: [Double], labels: [Bool], window: Int
    ) throws(MetricError) -> DetectionMetrics? {
        guard scores.count == labels.count else { throw .lengths(scores: scores.count, labels: labels.count) }
        guard !scores.isEmpty else { throw .empty }
        guard window >= 0 else { throw .negativeWindow(window) }
        if let row = scores.firstIndex(where: { !$0.isFinite }) { throw .scoreNotFinite(row: row) }
        let runs = LabelRuns(labels)
        guard runs.positives > 0 else { return nil }
        guard runs.positives < labels.count else { throw .onlyAnomalies }
        let points = PointMetrics(scores: scores, labels: labels)
        var volume = VolumeUnderSurface(scores: scores, labels: labels, runs: runs)
        let (vusROC, vusPR) = volume.measure(window: window)
        let grid = ThresholdGrid(scores: scores)
        let events = EventMetrics(grid: grid, labels: labels, runs: runs)
        let ranges = RangeMetrics(grid: grid, labels: labels, runs: runs).best
        let affiliation = AffiliationMetrics(grid: grid, rows: labels.count, runs: runs).best
        return DetectionMetrics { metric in
            switch metric {
            case .vusPR: vusPR
            case .vusROC: vusROC
            case .aucPR: points.averagePrecision
            case .aucROC: points.areaUnderROC
            case .f1: points.bestF1
            case .pointAdjustedF1: events.pointAdjustedF1
            case .eventF1: events.eventF1
            case .rangePrecision: ranges.precision
            case .rangeRecall: ranges.recall
            case .rangeF1: ranges.f1
            case .affiliationPrecision: affiliation.precision
            case .affiliationRecall: affiliation.recall
            case .affiliationF1: affiliation.f1
            }
        }
    }
}
