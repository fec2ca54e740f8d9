/// How well the scores of a labelled series tell anomalous rows from normal ones. All are in 0…1, larger = better.
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

    /// Creates the metrics.
    public init(vusPR: Double, vusROC: Double, aucPR: Double, aucROC: Double, f1: Double) {
        self.vusPR = vusPR
        self.vusROC = vusROC
        self.aucPR = aucPR
        self.aucROC = aucROC
        self.f1 = f1
    }

    /// Measures scores against labels, one of each a row.
    ///
    /// - Parameters:
    ///   - scores: larger = stranger, finite.
    ///   - labels: true where a row is anomalous.
    ///   - window: W, the widest window of the volumes in rows; the series' ``Period`` by custom.
    /// - Returns: nil when no row is anomalous: then there is nothing to find.
    /// - Throws: ``MetricError`` when lengths differ, a score is not finite, or every row is anomalous.
    /// - Complexity: O(n log n + W·(r·W + 250)) for r runs of anomalous rows.
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
        return DetectionMetrics(
            vusPR: vusPR, vusROC: vusROC, aucPR: points.averagePrecision, aucROC: points.areaUnderROC, f1: points.bestF1
        )
    }
}
