import AuspexChanges
import AuspexRules
import AuspexSignals

/// The series of some services with their last minutes, whichever of its names a service goes by.
struct ServiceSight {
    private var series: [String: [(labels: Labels, minutes: MinuteHistory)]] = [:]

    /// Looks at the series of these services once.
    init(of services: Set<String>, _ detection: DetectionStage, _ graph: ServiceGraph) {
        var known: [String: Set<String>] = [:]
        for service in services {
            for name in graph.names(of: service) { known[name, default: []].insert(service) }
        }
        for part in detection.minutes(ofServices: known.keys.sorted()) {
            let seen = ServiceIndex.services(of: part.labels)
                .reduce(into: Set<String>()) { $0.formUnion(known[$1] ?? []) }
            for service in seen where series[service, default: []].count < WatchStage.mostSeries {
                series[service, default: []].append(part)
            }
        }
    }

    /// What there is for a watch to see in the minute that it wants to see.
    func minute(of watch: ChangeWatch) -> WatchMinute {
        WatchMinute(
            number: watch.next, series: minute(watch.next, of: watch.change.service, watch.change.environment),
            controls: watch.controls.map { minute(watch.next, of: $0, watch.change.environment) })
    }

    private func minute(_ number: Int64, of service: String, _ environment: String) -> [WatchMinute.Series] {
        (series[service] ?? []).compactMap { part in
            guard part.labels.mayBe(in: environment), let minute = part.minutes.minute(number) else { return nil }
            return WatchMinute.Series(labels: part.labels, minute: minute)
        }
    }
}
