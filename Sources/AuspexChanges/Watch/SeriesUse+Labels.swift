import AuspexSignals

/// Which metrics a series belongs to, by its labels and by whether it rises like a counter.
///
/// A counter is known by its name, which ends in `_total`, `_count` or `_sum` as Prometheus has it, and by its values,
/// which hardly ever fall. Of everything else the level counts. Buckets of histograms and what Prometheus says of itself
/// are left out.
extension SeriesUse {
    private static let codeLabels = [
        "code", "status", "status_code", "response_code", "http_status_code", "http_response_status_code",
        "http.status_code", "http.response.status_code",
    ]
    private static let bucketLabel = "le"
    private static let quantileLabel = "quantile"
    private static let leftOutSuffixes = ["_bucket", "_info", "_created", "_start_time_seconds", "_timestamp_seconds"]
    private static let leftOutPrefix = "scrape_"

    /// The metrics; none for a series that says nothing of how a service does.
    static func uses(of labels: Labels, isCounter: Bool) -> [SeriesUse] {
        let full = labels.name
        let isLeftOut =
            full.isEmpty || labels[bucketLabel] != nil || full.hasPrefix(leftOutPrefix)
            || leftOutSuffixes.contains { full.hasSuffix($0) }
        guard !isLeftOut else { return [] }
        if isCounter, let base = full.droppingSuffix("_sum") {
            return [SeriesUse(.mean, base, titled: base, isPart: true, isWhole: false)]
        }
        let base = isCounter ? full.droppingSuffix("_total") ?? full.droppingSuffix("_count") : nil
        guard let base else {
            let title = labels[quantileLabel].map { "\(full){quantile=\"\($0)\"}" } ?? full
            return [SeriesUse(.level, full, titled: title, isPart: true, isWhole: false)]
        }
        var uses = [SeriesUse(.rate, base, titled: full, isPart: true, isWhole: false)]
        if full.hasSuffix("_count") {
            // The events of a histogram are no metric of their own: their number is traffic.
            uses = [SeriesUse(.mean, base, titled: base, isPart: false, isWhole: true)]
        }
        if let code = codeLabels.lazy.compactMap({ labels[$0] }).first {
            if !full.hasSuffix("_count") { uses = [] }
            uses.append(SeriesUse(.failing, base, titled: full, isPart: isFailure(code), isWhole: true))
        }
        return uses
    }

    private init(_ form: WatchForm, _ name: String, titled title: String, isPart: Bool, isWhole: Bool) {
        self.init(title: form.title(title), name: name, form: form, isPart: isPart, isWhole: isWhole)
    }

    /// `503` and `5xx` are failures of the service; `404` is one of who asked.
    private static func isFailure(_ code: String) -> Bool {
        let text = code.lowercased()
        return text.count == 3 && text.hasPrefix("5") || text == "error" || text == "failed" || text == "failure"
    }
}

extension String {
    /// The text without an ending; nil when it does not end so, or is nothing else.
    fileprivate func droppingSuffix(_ suffix: String) -> String? {
        hasSuffix(suffix) && count > suffix.count ? String(dropLast(suffix.count)) : nil
    }
}
