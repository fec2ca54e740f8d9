package import AuspexDetection
package import AuspexRules
package import AuspexSignals
import Synchronization

/// All series under watch, shared out over partitions that work side by side.
///
/// A class because questions are answered while batches are worked in; each partition has a lock of its own, held for
/// one share at a time.
package final class DetectionStage: Sendable {
    /// Batches with fewer samples than this are worked through by one task: starting more would cost more than it saves.
    private static let smallestParallelBatch = 2_000

    private final class Cell: Sendable {
        let partition = Mutex(Partition())
    }

    private let cells: [Cell]
    private let windows = Mutex(DeployWindows())
    /// Nil when every series is judged by itself.
    private let groups: Mutex<SeriesGroups?>
    private let terms: SeriesTerms
    private let seriesLimit: Int
    private let memoryLimit: Int
    private let registry: DetectorRegistry

    /// What a batch led to.
    package struct Outcome: Sendable {
        /// In ascending time; at the same time, in the order of partitions and of the batch.
        package var observations: [MetricObservation] = []
        /// Samples that were late or duplicates.
        package var ignored = 0
        /// New series for which there was no room or no memory.
        package var refused = 0
        /// Readings beyond the alert line that are held back, for among so many series they are to be expected.
        package var heldBack = 0
    }

    /// A stage without series.
    ///
    /// - Parameters:
    ///   - detector: the specification of the streaming detector that watches every series.
    ///   - budget: how many false alerts each series may have; nil for the usual rate.
    ///   - partitions: how many shares, at least 1.
    ///   - seriesLimit: how many series are taken on; further ones are refused and counted.
    ///   - memoryLimit: how many bytes they may be charged. Before `auto` takes up the last quarter of it, further series
    ///     are watched in its light form; beyond it they are refused and counted.
    ///   - deployWindow: what changes do to the scores of the series that they concern.
    ///   - groups: which series are judged together; nil for each by itself.
    /// - Throws: `DetectorError` for an unknown detector or parameters out of range.
    package init(
        detector: String, budget: AlertAllowance? = nil, partitions: Int, seriesLimit: Int, memoryLimit: Int = .max,
        deployWindow: DeployWindowPolicy = DeployWindowPolicy(), groups: GroupPolicy? = nil,
        registry: DetectorRegistry = .standard
    ) throws(DetectorError) {
        let full = try SeriesForm(detector, registry: registry)
        terms = SeriesTerms(
            full: full, light: try full.lighter(registry: registry), budget: budget, deployWindow: deployWindow)
        cells = (0..<max(1, partitions)).map { _ in Cell() }
        self.seriesLimit = seriesLimit
        self.groups = Mutex(
            try groups.map { policy throws(DetectorError) in try SeriesGroups(policy, detector: detector) })
        self.memoryLimit = memoryLimit
        self.registry = registry
    }

    /// A stage as it is configured.
    package convenience init(
        _ configuration: EngineConfiguration.Detection, registry: DetectorRegistry
    ) throws(DetectorError) {
        try self.init(
            detector: configuration.detector, budget: configuration.budget, partitions: configuration.partitions,
            seriesLimit: configuration.seriesLimit, memoryLimit: configuration.memoryLimit,
            deployWindow: configuration.deployWindow, groups: configuration.groups, registry: registry)
    }

    /// The name of the detector that watches every series.
    package var detectorName: String { terms.full.stream.detectorName }

    /// How many series are under watch.
    package var seriesCount: Int { tally.series }

    /// What the series come to.
    package var tally: SeriesTally {
        cells.reduce(into: SeriesTally()) { $0.add($1.partition.withLock(\.tally)) }
    }

    /// How many series there may be, in words.
    package var capacity: String {
        let forms = [terms.full, terms.light].compactMap(\.self).map { form in
            "\(form.count(in: memoryLimit)) series of \(form.stream.specification)"
        }
        return "\(memoryLimit >> 20) MiB of memory hold about \(forms.joined(separator: " or ")), "
            + "and \(seriesLimit) are the most"
    }

    /// Sets the gauges of series.
    package func count(into metrics: EngineMetrics) {
        let tally = tally
        metrics.set(.series, to: Double(tally.series))
        metrics.set(.seriesLight, to: Double(tally.light))
        metrics.set(.seriesBytes, to: Double(tally.bytes))
        metrics.set(.seriesBytesLimit, to: Double(memoryLimit))
    }

    /// Works in a batch that came at `now`. Batches are worked in one after another.
    ///
    /// - Parameter forecasts: What rules ask of the future; only of series of which they do, a forecaster is kept.
    package func process(
        _ batch: SignalBatch, forecasts: ForecastNeeds = ForecastNeeds(), now: Timestamp
    ) async -> Outcome {
        var shares = [[SeriesSamples]](repeating: [], count: cells.count)
        for part in batch.series { shares[part.labels.id.partition(of: cells.count)].append(part) }
        // Room is shared out evenly, because partitions cannot ask one another while they work: just under the limit one
        // may refuse a series for which another would have had room.
        let rooms = rooms
        var terms = terms
        terms.windows = windows.withLock { $0 }
        let outcomes =
            batch.sampleCount < Self.smallestParallelBatch
            ? cells.indices.map { process(shares[$0], in: $0, room: rooms[$0], terms, forecasts, now: now) }
            : await processInParallel(shares, rooms: rooms, terms, forecasts, now: now)
        var outcome = Outcome()
        for part in outcomes {
            outcome.observations += part.observations
            outcome.ignored += part.ignored
            outcome.refused += part.refused
        }
        outcome.observations = outcome.observations.inOrder()
        let heldBack = groups.withLock { $0?.judge(&outcome.observations, terms, now: now) ?? [] }
        for case .reading(let labels, let reading, _) in heldBack {
            cells[labels.id.partition(of: cells.count)].partition.withLock { $0.amend(labels, reading) }
        }
        outcome.heldBack = heldBack.count
        return outcome
    }

    /// The share of the memory that `auto` leaves to its light form.
    private static let lightShare = 4

    /// The room that all partitions have together.
    private var wholeRoom: SeriesRoom {
        let tally = tally
        return SeriesRoom(
            series: seriesLimit - tally.series, bytes: memoryLimit - tally.bytes,
            reserved: max(0, memoryLimit / Self.lightShare - tally.lightBytes))
    }

    private var rooms: [SeriesRoom] {
        let whole = wholeRoom
        let series = shared(whole.series)
        let bytes = shared(whole.bytes)
        let reserved = shared(whole.reserved)
        return cells.indices.map { SeriesRoom(series: series[$0], bytes: bytes[$0], reserved: reserved[$0]) }
    }

    private func shared(_ amount: Int) -> [Int] {
        let (each, rest) = max(0, amount).quotientAndRemainder(dividingBy: cells.count)
        return cells.indices.map { each + ($0 < rest ? 1 : 0) }
    }

    private func process(
        _ share: [SeriesSamples], in index: Int, room: SeriesRoom, _ terms: SeriesTerms,
        _ forecasts: ForecastNeeds, now: Timestamp
    ) -> Partition.Outcome {
        cells[index].partition.withLock {
            $0.process(share, room: room, terms: terms, forecasts: forecasts, now: now)
        }
    }

    private func processInParallel(
        _ shares: [[SeriesSamples]], rooms: [SeriesRoom], _ terms: SeriesTerms, _ forecasts: ForecastNeeds,
        now: Timestamp
    ) async -> [Partition.Outcome] {
        await withTaskGroup(of: (Int, Partition.Outcome).self) { group in
            for index in cells.indices {
                group.addTask {
                    (index, self.process(shares[index], in: index, room: rooms[index], terms, forecasts, now: now))
                }
            }
            var outcomes = [Partition.Outcome](repeating: Partition.Outcome(), count: cells.count)
            for await (index, outcome) in group { outcomes[index] = outcome }
            return outcomes
        }
    }

    // MARK: Changes

    /// Opens the window of a change, for the samples that are worked in from now on.
    package func open(_ change: Change) {
        guard terms.deployWindow.effect != .none else { return }
        windows.withLock { $0.open(change, length: terms.deployWindow.length) }
    }

    /// Forgets the windows that are long over at `moment`, by the time of events.
    package func forgetWindows(at moment: Timestamp) { windows.withLock { $0.forget(at: moment) } }

    /// The windows of changes as bytes with a format version.
    package func windowsSnapshot() -> [UInt8] { windows.withLock { $0.snapshot() } }

    /// Puts the windows back that a checkpoint held.
    package func restoreWindows(_ bytes: [UInt8]) throws(DetectorError) {
        let restored = try DeployWindows(restoring: bytes)
        windows.withLock { $0 = restored }
    }

    // MARK: Groups

    /// The states of groups as bytes with a format version; empty when every series is judged by itself.
    package func groupsSnapshot() -> [UInt8] { groups.withLock { $0?.snapshot() ?? [] } }

    /// Puts the states back that a checkpoint held, if groups are judged. Series come first.
    package func restoreGroups(_ bytes: [UInt8]) throws(DetectorError) {
        guard !bytes.isEmpty else { return }
        try groups.withLock { groups throws(DetectorError) in try groups?.restore(bytes) }
    }

    // MARK: Questions

    /// The series that have this metric name and all of these labels, in order of their labels. A missing label is an
    /// empty one.
    package func series(named name: String?, with labels: [String: String] = [:]) -> [WatchedSeries] {
        series { found in
            (name == nil || found.name == name) && labels.allSatisfy { (found[$0.key] ?? "") == $0.value }
        }
        .map { (text: $0.labels.description, watched: $0) }
        .sorted { $0.text < $1.text }
        .map(\.watched)
    }

    /// The series with labels such as these, in no particular order.
    package func series(where isWanted: (Labels) -> Bool) -> [WatchedSeries] {
        cells.flatMap { cell in
            cell.partition.withLock { partition in partition.series.values.filter { isWanted($0.labels) } }
        }
    }

    /// The series that belong to one of these services, each once, in no particular order, without those that say that they
    /// are in another environment. Costs what it finds.
    package func series(ofServices services: [String], in environment: String = "") -> [WatchedSeries] {
        cells.flatMap { cell in
            cell.partition.withLock { partition in
                let members = services.compactMap { partition.services[$0]?.members }
                guard let first = members.first else { return [WatchedSeries]() }
                let all = members.dropFirst().reduce(first) { $0.union($1) }
                return all.compactMap { $0.mayBe(in: environment) ? partition.series[$0] : nil }
            }
        }
    }

    /// How many series of these services are ready, and how many of those are anomalous, without those that say that they
    /// are in another environment. Costs the services.
    package func levels(
        ofServices services: [String], in environment: String = ""
    ) -> (ready: Int, anomalous: Int) {
        cells.reduce((0, 0)) { sum, cell in
            cell.partition.withLock { partition in
                services.reduce(sum) { sum, service in
                    guard let entry = partition.services[service] else { return sum }
                    let counts = entry.counts(in: environment)
                    return (sum.0 + counts.ready, sum.1 + counts.anomalous)
                }
            }
        }
    }

    /// When the series that fit were last read; where a service is named, only those of it are looked at.
    func sightings(ofService service: String?, where fits: (Labels) -> Bool) -> [SeriesSighting] {
        cells.flatMap { cell in cell.partition.withLock { $0.sightings(ofService: service, where: fits) } }
    }

    /// Ends the series of which the next sample is overdue: told once, in ascending time.
    ///
    /// - Parameters:
    ///   - horizon: up to where all events may be taken to have come.
    ///   - now: the time by the wall clock.
    package func takeSilent(horizon: Timestamp, now: Timestamp) -> [MetricObservation] {
        let silent = cells.flatMap { cell in
            cell.partition.withLock { $0.takeSilent(horizon: horizon, now: now) }
        }
        let ended = groups.withLock { groups in
            silent.compactMap { groups?.end($0.labels, at: $0.since) }
        }
        return
            (silent
            .map { (text: $0.labels.description, labels: $0.labels, since: $0.since) }
            .sorted { ($0.since, $0.text) < ($1.since, $1.text) }
            .map { .ended(labels: $0.labels, at: $0.since) } + ended).inOrder()
    }

    /// The groups of which the labels have these values, in order of their labels; none when every series is judged by itself.
    package func groups(with labels: [String: String]) -> [GroupStatus] {
        groups.withLock { $0?.statuses(with: labels) ?? [] }
    }

    /// Forgets the series of which nothing has been heard since `moment`, so that those that are gone for good do not use
    /// up the limit, and gives the texts under which they are stored.
    package func removeSilent(since moment: Timestamp) -> [String] {
        groups.withLock { $0?.forget(since: moment) }
        return cells.flatMap { cell in cell.partition.withLock { $0.removeSilent(since: moment) } }
    }

    /// Puts a series back that a checkpoint held; its silence counts from `now`. It begins anew when another detector than the
    /// one it was stored with is to watch it now.
    ///
    /// - Returns: false when there is no room for it with that detector.
    @discardableResult
    package func restore(_ bytes: [UInt8], now: Timestamp) throws(DetectorError) -> Bool {
        var watched = try WatchedSeries(restoring: bytes, registry: registry)
        watched.heardAt = now
        guard watched.adopt(terms, room: { wholeRoom }) else { return false }
        let restored = watched
        groups.withLock { $0?.join(restored, now: now) }
        cells[restored.labels.id.partition(of: cells.count)].partition.withLock { $0.restore(restored) }
        return true
    }

    /// The states that changed since this was last asked, by the text under which they are stored.
    package func takeChangedSnapshots() -> [String: [UInt8]] {
        var snapshots: [String: [UInt8]] = [:]
        for cell in cells {
            snapshots.merge(cell.partition.withLock { $0.takeChangedSnapshots() }) { _, new in new }
        }
        return snapshots
    }
}
