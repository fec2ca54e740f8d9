/// The metrics of ``DetectionMetrics``, in the order in which they are written everywhere. The raw value is the key in JSON
/// and CSV.
public enum DetectionMetric: String, Hashable, Sendable, CaseIterable {
    /// ``DetectionMetrics/vusPR``.
    case vusPR = "vus_pr"
    /// ``DetectionMetrics/vusROC``.
    case vusROC = "vus_roc"
    /// ``DetectionMetrics/aucPR``.
    case aucPR = "auc_pr"
    /// ``DetectionMetrics/aucROC``.
    case aucROC = "auc_roc"
    /// ``DetectionMetrics/f1``.
    case f1
    /// ``DetectionMetrics/pointAdjustedF1``.
    case pointAdjustedF1 = "pa_f1"
    /// ``DetectionMetrics/eventF1``.
    case eventF1 = "event_f1"
    /// ``DetectionMetrics/rangePrecision``.
    case rangePrecision = "range_precision"
    /// ``DetectionMetrics/rangeRecall``.
    case rangeRecall = "range_recall"
    /// ``DetectionMetrics/rangeF1``.
    case rangeF1 = "range_f1"
    /// ``DetectionMetrics/affiliationPrecision``.
    case affiliationPrecision = "affiliation_precision"
    /// ``DetectionMetrics/affiliationRecall``.
    case affiliationRecall = "affiliation_recall"
    /// ``DetectionMetrics/affiliationF1``.
    case affiliationF1 = "affiliation_f1"

    /// For the head of a column.
    var title: String {
        switch self {
        case .vusPR: "VUS-PR"
        case .vusROC: "VUS-ROC"
        case .aucPR: "AUC-PR"
        case .aucROC: "AUC-ROC"
        case .f1: "F1"
        case .pointAdjustedF1: "PA-F1"
        case .eventF1: "EVENT-F1"
        case .rangePrecision: "RANGE-P"
        case .rangeRecall: "RANGE-R"
        case .rangeF1: "RANGE-F1"
        case .affiliationPrecision: "AFFIL-P"
        case .affiliationRecall: "AFFIL-R"
        case .affiliationF1: "AFFIL-F1"
        }
    }
}

extension DetectionMetrics {
    /// One of the metrics.
    public subscript(metric: DetectionMetric) -> Double {
        switch metric {
        case .vusPR: vusPR
        case .vusROC: vusROC
        case .aucPR: aucPR
        case .aucROC: aucROC
        case .f1: f1
        case .pointAdjustedF1: pointAdjustedF1
        case .eventF1: eventF1
        case .rangePrecision: rangePrecision
        case .rangeRecall: rangeRecall
        case .rangeF1: rangeF1
        case .affiliationPrecision: affiliationPrecision
        case .affiliationRecall: affiliationRecall
        case .affiliationF1: affiliationF1
        }
    }

    /// The mean of each metric; nil of none.
    static func mean(_ metrics: [DetectionMetrics]) -> DetectionMetrics? {
        guard !metrics.isEmpty else { return nil }
        return DetectionMetrics { metric in metrics.reduce(0) { $0 + $1[metric] } / Double(metrics.count) }
    }
}
