package import AuspexDetection
package import AuspexSignals

/// Which series are judged together, and how: `detection.groups`.
package struct GroupPolicy: Hashable, Sendable {
    /// Series with the same values of these labels are a group; those with none of them belong to no group.
    package var labels: [String]
    /// The share of false alarms among all of a group that is held; nil for each series by itself.
    package var falseDiscovery: Double?
    /// Whether each group has a reading of its own.
    package var joint = true

    /// Groups by these labels.
    package init(labels: [String]) { self.labels = labels }

    /// The name of the series that a group's own readings are of.
    package static let seriesName = "auspex_group_strangeness"
    /// In which label of it the metric's name is told, of groups by that.
    package static let metricLabel = "metric"
}

/// A group as it is now.
package struct GroupStatus: Sendable {
    /// What its series have in common.
    package var labels: Labels
    /// How many series it has that go on.
    package var size: Int
    /// Its newest reading; nil before the first.
    package var latest: Reading?
    /// Every series' part in it, the largest first; none of a reading from before a restart.
    package var shares: [Attribution.Share]
}

/// The groups that series belong to: they hold back readings that among so many are to be expected, and are read as a whole.
struct SeriesGroups: Sendable {
    private let labels: [String]
    private let fresh: SeriesGroup
    private var groups: [Labels: SeriesGroup] = [:]

    /// - Parameter detector: the specification by which series are watched.
    /// - Throws: `DetectorError.invalidAlpha(value:)` unless the rates lie between 0 and 1.
    init(_ policy: GroupPolicy, detector: String) throws(DetectorError) {
        labels = policy.labels
        fresh = try SeriesGroup(policy, detector: detector)
    }

    /// What the series of a group have in common; nil for what belongs to none.
    private func name(_ series: Labels) -> Labels? {
        let pairs = labels.compactMap { name in series[name].map { Labels.Pair(name: name, value: $0) } }
        return pairs.isEmpty ? nil : Labels(pairs: pairs)
    }

    /// The labels of a group's own readings.
    static func series(_ name: Labels) -> Labels {
        var pairs = name.pairs.map { pair in
            pair.name == Labels.metricName ? Labels.Pair(name: GroupPolicy.metricLabel, value: pair.value) : pair
        }
        pairs.append(Labels.Pair(name: Labels.metricName, value: GroupPolicy.seriesName))
        return Labels(pairs: pairs)
    }

    /// The groups of which the labels have these values, in order of their labels.
    func statuses(with wanted: [String: String]) -> [GroupStatus] {
        Self.inOrder(groups.filter { name, _ in wanted.allSatisfy { (name[$0.key] ?? "") == $0.value } })
            .map { $1.status($0) }
    }

    /// What there is of groups, in order of their names.
    private static func inOrder<Value>(_ values: [Labels: Value]) -> [(name: Labels, value: Value)] {
        values.map { (text: $0.description, name: $0, value: $1) }
            .sorted { $0.text < $1.text }
            .map { ($0.name, $0.value) }
    }

    // MARK: Series

    /// Takes a series that a checkpoint held into its group.
    mutating func join(_ watched: WatchedSeries, now: Timestamp) {
        if let name = name(watched.labels) { groups[name, default: fresh].join(watched, now: now) }
    }

    /// Notes that a series ended at `time`.
    ///
    /// - Returns: the end of its group, if that has ended with it.
    mutating func end(_ labels: Labels, at time: Timestamp) -> MetricObservation? {
        guard let name = name(labels), groups[name]?.end(labels.id.value) == true else { return nil }
        return .ended(labels: Self.series(name), at: time)
    }

    /// Takes out the series of which nothing has been heard since `moment`, and groups without series.
    mutating func forget(since moment: Timestamp) {
        for (name, var group) in groups {
            group.forget(since: moment)
            groups[name] = group.isEmpty ? nil : group
        }
    }

    // MARK: Readings

    /// Judges the observations of a batch, which are in order of time: takes those that are held back under the alert line,
    /// and adds what there is to say of the groups themselves.
    ///
    /// - Returns: the observations that were held back.
    mutating func judge(
        _ observations: inout [MetricObservation], _ terms: SeriesTerms, now: Timestamp
    ) -> [MetricObservation] {
        var places: [Labels: [Int]] = [:]
        for (place, observation) in observations.enumerated() {
            if let name = name(observation.labels) { places[name, default: []].append(place) }
        }
        var heldBack: [MetricObservation] = []
        var added: [MetricObservation] = []
        for (name, places) in Self.inOrder(places) {
            let series = Self.series(name)
            var group = groups.removeValue(forKey: name) ?? fresh
            func tell(_ reading: Reading?) {
                guard let reading else { return }
                let told = terms.inWindow(reading, of: series)
                group.keep(told)
                added.append(.group(labels: series, told))
            }
            for place in places {
                switch observations[place] {
                case .reading(let labels, let reading, _):
                    tell(group.take(reading, of: labels, at: place, terms.budget, now: now))
                case .ended(let labels, let time):
                    if group.end(labels.id.value) { added.append(.ended(labels: series, at: time)) }
                case .group: break
                }
            }
            tell(group.endBatch(terms.budget))
            for place in group.takeHeldBack() {
                observations[place].holdBack(among: group.size)
                heldBack.append(observations[place])
            }
            groups[name] = group.isEmpty ? nil : group
        }
        if !added.isEmpty { observations = (observations + added).inOrder() }
        return heldBack
    }
}

extension [MetricObservation] {
    /// In order of time, and else as they were.
    func inOrder() -> [MetricObservation] {
        enumerated().sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }.map(\.element)
    }
}

extension SeriesGroups {
    private static let snapshotKind = "series-groups"
    private static let snapshotVersion = 1

    /// What is kept of the groups as bytes with a format version. Series join again as they are restored.
    func snapshot() -> [UInt8] {
        var writer = SnapshotWriter(kind: Self.snapshotKind, version: Self.snapshotVersion)
        writer.write(groups.count)
        for (name, group) in groups {
            writer.write(name)
            group.write(to: &writer)
        }
        return writer.finished()
    }

    /// Puts back what a snapshot held of the groups that there are, whose series have joined already.
    mutating func restore(_ bytes: [UInt8]) throws(DetectorError) {
        var reader = try SnapshotReader(bytes, kind: Self.snapshotKind, version: Self.snapshotVersion)
        var restored = groups
        for _ in 0..<(try reader.readInteger(in: 0...bytes.count)) {
            let name = try reader.readLabels()
            var group = groups[name] ?? fresh
            try group.restore(from: &reader)
            if groups[name] != nil { restored[name] = group }
        }
        try reader.finish()
        groups = restored
    }
}

extension MetricObservation {
    /// Takes a reading under the alert line, and says so in its reason.
    fileprivate mutating func holdBack(among size: Int) {
        guard case .reading(let labels, var reading, let forecasts) = self else { return }
        reading.anomalyScore = 1.0.nextDown
        let reason = "held back: among \(size) series one like it is to be expected"
        reading.reason = reading.reason.map { "\(reason); \($0)" } ?? reason
        self = .reading(labels: labels, reading, forecasts: forecasts)
    }
}
