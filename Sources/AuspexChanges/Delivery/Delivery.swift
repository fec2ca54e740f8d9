package import AuspexSignals

/// DORA's metrics of changes.
///
/// - Only deploys count, no changes of configuration or flags. One belongs to the span in which it ended, without an end to
///   that in which it began. A deploy that is not known to be over counts as `pending` and nowhere else.
/// - Deployment frequency: deploys that were carried out, those that were rolled back later included, over the days of the
///   span.
/// - Lead time: of the same deploys, from the oldest commit to the end.
/// - Change-failure rate: finished deploys that did harm, those that failed included, over all finished ones.
/// - Time to restore: of the harmful ones, from the beginning of the first incident they are to blame for to the end of the
///   last; without an incident, or while one is not over, from the beginning of that or of the deploy to the end of the
///   next successful deploy of the same service and environment; of one that was rolled back without an incident, to its
///   end.
/// - Rework: deploys that were carried out and were the first such after a harmful one of the same service and environment.
///
/// Days and weeks are those of UTC; a week begins on Monday.
package struct Delivery: Sendable {
    private let changes: [DeliveredChange]
    private let repairs: [String: DeliveredChange]
    private let rework: Set<String>

    /// Takes deploys in whatever order, those around the span of interest included: what came next may lie after it.
    package init(_ changes: [DeliveredChange]) {
        let deploys = changes.filter { $0.change.kind == .deploy }
            .sorted { ($0.finishedAt, $0.change.id) < ($1.finishedAt, $1.change.id) }
        var repairs: [String: DeliveredChange] = [:]
        var rework: Set<String> = []
        for sequence in Dictionary(grouping: deploys, by: \.place).values {
            var open: [String] = []
            for deploy in sequence where deploy.isFinished {
                if deploy.isDeployed, !open.isEmpty { rework.insert(deploy.change.id) }
                if deploy.change.outcome == .success {
                    for id in open { repairs[id] = deploy }
                    open = []
                }
                if deploy.isHarmful { open.append(deploy.change.id) }
            }
        }
        self.changes = deploys
        self.repairs = repairs
        self.rework = rework
    }

    /// The figures of a span. O(deploys).
    package func figures(since: Timestamp, until: Timestamp) -> DeliveryFigures {
        func isInside(_ moment: Timestamp) -> Bool { moment >= since && moment < until }
        let finished = changes.filter { $0.isFinished && isInside($0.finishedAt) }
        let deployed = finished.filter(\.isDeployed)
        let harmful = finished.filter(\.isHarmful)
        let frequency = frequency(of: deployed, since, until)
        let leadTime = DeliveryFigures.Durations(
            deployed.compactMap { deploy in deploy.change.committedAt.map { deploy.finishedAt - $0 } },
            of: deployed.count)
        let failure = DeliveryFigures.Share(harmful.count, of: finished.count)
        let restore = DeliveryFigures.Durations(harmful.compactMap(timeToRestore), of: harmful.count)
        return DeliveryFigures(
            since: since, until: until, finished: finished.count,
            pending: changes.count { !$0.isFinished && isInside($0.change.startedAt) }, frequency: frequency,
            leadTime: leadTime, changeFailure: failure,
            undecided: finished.count { !$0.isHarmful && $0.harm == .open }, restore: restore,
            rework: DeliveryFigures.Share(deployed.count { rework.contains($0.change.id) }, of: deployed.count),
            bands: DeliveryBands(
                perDay: deployed.isEmpty ? nil : frequency.perDay, leadTime: leadTime.median,
                failureRate: failure.rate, restore: restore.median))
    }

    private func frequency(
        of deployed: [DeliveredChange], _ since: Timestamp, _ until: Timestamp
    ) -> DeliveryFigures.Frequency {
        let days = max(0, Double((until - since).milliseconds) / Double(Self.day))
        let active = Set(deployed.map { CivilDate.floorDivide($0.finishedAt.milliseconds, by: Self.day).quotient })
        return DeliveryFigures.Frequency(
            deploys: deployed.count, days: days, activeDays: active.count,
            perDay: days > 0 ? Double(deployed.count) / days : 0)
    }

    private func timeToRestore(_ deploy: DeliveredChange) -> TimeSpan? {
        let ends = deploy.incidents.compactMap(\.resolvedAt)
        let start = deploy.incidents.map(\.startedAt).min() ?? deploy.change.startedAt
        if let end = ends.max(), ends.count == deploy.incidents.count { return end - start }
        if deploy.incidents.isEmpty, deploy.change.outcome == .rolledBack, let end = deploy.change.endedAt {
            return end - start
        }
        return repairs[deploy.change.id].map { $0.finishedAt - start }
    }

    private static let day: Int64 = 86_400_000
    /// 1 January 1970 was a Thursday: Monday is three days before.
    private static let mondayOffset: Int64 = 3

    /// The weeks that a span touches, the first and the last cut off where it begins and ends.
    package static func weeks(since: Timestamp, until: Timestamp) -> [(since: Timestamp, until: Timestamp)] {
        var weeks: [(since: Timestamp, until: Timestamp)] = []
        var start = since
        while start < until {
            let today = CivilDate.floorDivide(start.milliseconds, by: day).quotient
            let week = CivilDate.floorDivide(today + mondayOffset, by: 7).quotient
            let next = Timestamp(milliseconds: ((week + 1) * 7 - mondayOffset) * day)
            weeks.append((start, min(next, until)))
            start = next
        }
        return weeks
    }
}
