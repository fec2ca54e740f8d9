import AuspexChanges
import AuspexSignals

/// The series of some services with their last minutes.
struct ServiceSight {
    private static let environmentLabels = ["environment", "env", "deployment_environment", "deployment.environment"]

    private var series: [String: [(labels: Labels, minutes: MinuteHistory)]] = [:]

    /// Looks at the series of these services once.
    init(of services: Set<String>, _ detection: DetectionStage) {
        for part in detection.minutes(ofServices: services.sorted()) {
            let names = ServiceIndex.services(of: part.labels).intersection(services)
            for name in names where series[name, default: []].count < WatchStage.mostSeries {
                series[name, default: []].append(part)
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
            guard Self.isIn(environment, part.labels), let minute = part.minutes.minute(number) else { return nil }
            return WatchMinute.Series(labels: part.labels, minute: minute)
        }
    }

    /// Whether a series may be in an environment: it is not when it says that it is in another.
    private static func isIn(_ environment: String, _ labels: Labels) -> Bool {
        environment.isEmpty || !environmentLabels.contains { labels[$0].map { $0 != environment } ?? false }
    }
}
