package import AuspexSignals

/// When a series was last read.
package struct SeriesSighting: Hashable, Sendable {
    /// Which series.
    package var labels: Labels
    /// The time of its newest reading.
    package var time: Timestamp
    /// Whether that reading has a value, and the series has not ended or fallen silent since.
    package var isLive: Bool
}

extension WatchedSeries {
    /// When it was last read; nil before the first reading.
    fileprivate var sighting: SeriesSighting? {
        latest.map { reading in
            let isLive = !hasEnded && reading.readiness != .missing && reading.value.isFinite
            return SeriesSighting(labels: labels, time: reading.time, isLive: isLive)
        }
    }
}

extension Partition {
    /// When the series that fit were last read; where a service is named, only those of it are looked at.
    func sightings(ofService service: String?, where fits: (Labels) -> Bool) -> [SeriesSighting] {
        guard let service else { return series.values.compactMap { fits($0.labels) ? $0.sighting : nil } }
        return (services[service]?.members ?? []).compactMap { fits($0) ? series[$0]?.sighting : nil }
    }
}

extension DetectionStage {
    /// When the series, and the readings of groups, that have one of these names and all of these labels were last read, in no
    /// particular order. Without names it may be any; a missing label is an empty one. Costs the series of the service that a
    /// label names, or else all series.
    package func sightings(named names: Set<String>?, with labels: [String: String]) -> [SeriesSighting] {
        func fits(_ found: Labels) -> Bool {
            names?.contains(found.name) ?? true && labels.allSatisfy { (found[$0.key] ?? "") == $0.value }
        }
        let service = ServiceIndex.services(of: Labels(labels)).first
        return sightings(ofService: service, where: fits)
            + groups(with: [:]).compactMap { group in
                guard let latest = group.latest else { return nil }
                let labels = SeriesGroups.series(group.labels)
                guard fits(labels) else { return nil }
                return SeriesSighting(labels: labels, time: latest.time, isLive: group.size > 0)
            }
    }
}
