import AuspexNumerics

extension WatchPlan {
    private static let namedAtMost = 5

    /// What looking at every minute has shown, the gravest metric first.
    var sentences: [String] {
        let state = stream.state
        let number = JudgeSentence.number
        let against = isBeside ? "the version that runs beside it" : "the time before the change"
        let minutes = "after \(state.intervals) \(state.intervals == 1 ? "minute" : "minutes") against \(against)"
        guard state.verdict == .fail else {
            return [
                "every metric is shown to be within \(number(stream.settings.tolerated)) times \(minutes)"
            ]
        }
        let needed = number(1 / stream.settings.alpha)
        let gravest = metrics.indices.filter { state.worse[$0] > 1 }
            .sorted { (state.worse[$1], $0) < (state.worse[$0], $1) }
        return gravest.prefix(Self.namedAtMost).map { index in
            let metric = metrics[index]
            let controls = metric.isControlled && !isBeside ? ", held against services that were not changed" : ""
            return "\(metric.metric.name): \(number(metric.middleAfter)) against \(number(metric.middle(isBeside)))"
                + "\(controls), evidence \(number(state.worse[index])) that it is worse \(minutes);"
                + " all metrics together fail from \(needed)"
        }
    }
}

extension PlannedMetric {
    /// The middle since the change; of a ratio the share.
    fileprivate var middleAfter: Double? { middle(of: after) }

    /// The middle of what it is compared with.
    fileprivate func middle(_ isBeside: Bool) -> Double? { middle(of: isBeside ? beside : before) }

    private func middle(of column: Column) -> Double? {
        let rows = column.values.indices.filter { !column.values[$0].isNaN }
        switch metric.kind {
        case .gauge: return OrderStatistics.median(rows.map { column.values[$0] })
        case .count: return rows.isEmpty ? nil : rows.reduce(0) { $0 + column.values[$1] } / Double(rows.count)
        case .ratio:
            let known = rows.filter { column.wholes[$0] > 0 }
            let whole = known.reduce(0) { $0 + column.wholes[$1] }
            return whole > 0 ? known.reduce(0) { $0 + column.values[$1] } / whole : nil
        }
    }
}
