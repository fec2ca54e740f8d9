import Foundation

/// What a watch compares, once the first minute after a change is known.
struct WatchPlan: Hashable, Sendable, Codable {
    /// Metrics that are judged; of more, those that tell most.
    static let mostMetrics = 16

    /// The metrics, the most telling first.
    var metrics: [PlannedMetric]
    /// The evidence so far.
    var stream: JudgeStream
    /// Whether the new version is compared with the one that runs beside it.
    let isBeside: Bool
    /// How many metrics there was no room for.
    let leftOut: Int
    /// For how many minutes in a row nothing of the side beside it was heard.
    var silentBeside = 0

    /// Plans; nil when there is nothing to compare.
    ///
    /// - Parameters:
    ///   - past: Before the change.
    ///   - now: The first minute after it.
    ///   - minutes: How many minutes, that one included, the watch still has.
    ///   - alpha: The chance of failing for nothing that looking at every minute may use up.
    init?(
        past: WatchPast, now: MetricSums, isBeside: Bool, minutes: Int, alpha: Double, settings: WatchSettings,
        goesBySeason: Bool
    ) {
        var uses = past.uses
        for use in now.uses { uses[use.title] = use }
        let traffic = uses.values.filter { $0.direction == .either }
        let judged = uses.values.filter { $0.direction != .either }.sorted(by: SeriesUse.isMoreTelling)
        guard !judged.isEmpty, isBeside || past.heard.contains(true) else { return nil }
        metrics = judged.prefix(Self.mostMetrics).map { use in
            let whole = Self.whole(of: use, among: traffic, past)
            return PlannedMetric(
                use, past: past, now: now[use.title], traffic: whole, isBeside: isBeside, minutes: minutes,
                goesBySeason: goesBySeason)
        }
        self.isBeside = isBeside
        leftOut = judged.count - metrics.count
        var stream = JudgeStream.Settings()
        stream.alpha = alpha
        stream.isPassFinal = false
        // Whatever is worse by the least effect is taken off before.
        stream.tolerated = max(1, settings.tolerated / (1 + settings.minimumEffect))
        self.stream = JudgeStream(metrics: metrics.map(\.metric), settings: stream)
        for metric in metrics where metric.metric.isAgainstPast {
            self.stream.learn(metric.before.values, of: metric.metric.name)
        }
    }

    /// The one counter of traffic that failures are a part of.
    private static func whole(of use: SeriesUse, among traffic: [SeriesUse], _ past: WatchPast) -> SeriesUse? {
        guard use.form == .rate, traffic.count == 1, let candidate = traffic.first else { return nil }
        let table = MetricTable(
            [use, candidate].map { ($0.name, past.column($0).map(\.value)) })
        return MetricRecognition.denominator(of: use.name, [candidate.name], in: [table]) == nil ? nil : candidate
    }

    /// Takes the next minute.
    ///
    /// - Parameters:
    ///   - canary: What runs since the change.
    ///   - baseline: What runs beside it; not looked at when it is compared with before.
    ///   - controls: Services that were not changed.
    ///   - minimumEffect: The largest difference that does not count.
    mutating func take(canary: MetricSums, baseline: MetricSums, controls: [MetricSums], minimumEffect: Double) {
        silentBeside = isBeside && baseline.isEmpty ? silentBeside + 1 : 0
        var intervals: [String: JudgeStream.Interval] = [:]
        for index in metrics.indices {
            let title = metrics[index].use.title
            let after = minute(metrics[index], in: canary)
            if isBeside {
                metrics[index].after.append(after)
                metrics[index].beside.append(minute(metrics[index], in: baseline))
            } else {
                metrics[index].after.append(metrics[index].corrected(after, controls: controls.map { $0[title].value }))
            }
            intervals[title] = metrics[index].interval(isBeside: isBeside, minimumEffect: minimumEffect)
        }
        _ = stream.update(intervals)
    }

    private func minute(_ metric: PlannedMetric, in sums: MetricSums) -> MetricMinute {
        var minute = sums[metric.use.title]
        if let traffic = metric.traffic { minute.whole = sums[traffic.title].value }
        if metric.use.form == .rate, minute.value.isNaN, !sums.isEmpty { minute.value = 0 }
        return minute
    }

    /// Whether any metric was ever measured since the change.
    var hasAnswers: Bool { metrics.contains { $0.after.values.contains { !$0.isNaN } } }
}
