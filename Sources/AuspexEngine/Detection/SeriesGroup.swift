import AuspexDetection
import AuspexSignals

/// Series that are judged together.
///
/// A tick is over when one of its series comes again. Until then its series may come in several batches. Each batch is judged
/// at once, beside the last p-values of the series that are not in it; the reading of the group is made when as many series
/// have come as at the tick before, at the latest when the next tick begins.
struct SeriesGroup: Sendable {
    private struct Member: Sendable {
        let labels: Labels
        /// When something last came, by the wall clock.
        var heardAt: Timestamp
        /// The tick of its last reading; nil before the first.
        var tick: Int?
    }

    /// What has come of the tick that is under way.
    private struct Tick: Sendable {
        var number = 0
        var newest: Timestamp?
        /// How many readings came, those included that are not ready.
        var count = 0
        var members: [GroupStream.Member] = []
        /// How many readings the tick before had; nil before the first.
        var wanted: Int?
        var isRead = false
        var isJudged = false
    }

    /// The newest reading of the group, with every series' part in it.
    struct Latest: Sendable {
        var reading: Reading
        var shares: [Attribution.Share]
    }

    private let labels: [String]
    private let budget: AlertAllowance?
    private var control: EpisodeControl?
    private var stream: GroupStream?
    private var members: [UInt64: Member] = [:]
    private var tick = Tick()
    /// The first tick that was read, and how many were until the budget was settled.
    private var began: Timestamp?
    private var ticks = 0
    private var keepsToBudget = false
    /// The last p-values of the series of which they are small enough to matter.
    private var small: [UInt64: Double] = [:]
    private(set) var latest: Latest?
    /// What has come since it was last judged.
    private var part: [(place: Int, candidate: EpisodeControl.Candidate)] = []
    private var heldBack: [Int] = []

    /// - Throws: `DetectorError.invalidAlpha(value:)` unless the policy's rates lie between 0 and 1.
    init(_ policy: GroupPolicy, budget: AlertAllowance?) throws(DetectorError) {
        labels = policy.labels
        self.budget = budget
        if let rate = policy.falseDiscovery { control = try EpisodeControl(alpha: rate) }
        if policy.joint { stream = try GroupStream() }
    }

    var isEmpty: Bool { members.isEmpty }

    var size: Int { members.count }

    mutating func join(_ labels: Labels, now: Timestamp) {
        members[labels.id.value] = Member(labels: labels, heardAt: now)
    }

    mutating func end(_ labels: Labels) { small[labels.id.value] = nil }

    mutating func forget(since moment: Timestamp) {
        members = members.filter { $0.value.heardAt >= moment }
        small = small.filter { members[$0.key] != nil }
    }

    // MARK: Ticks

    /// Takes the observation at `place` of a batch in.
    ///
    /// - Returns: the group's reading of the tick that it ends.
    mutating func take(_ observation: MetricObservation, at place: Int, now: Timestamp) -> Reading? {
        guard case .reading(let labels, let reading, _) = observation else {
            end(observation.labels)
            return nil
        }
        let series = labels.id.value
        var ended: Reading?
        if members[series]?.tick == tick.number {
            judge()
            ended = tick.isRead ? nil : read()
            tick = Tick(number: tick.number + 1, wanted: tick.count)
        }
        if members[series] == nil { join(labels, now: now) }
        members[series]?.heardAt = now
        members[series]?.tick = tick.number
        tick.count += 1
        tick.newest = max(tick.newest ?? reading.time, reading.time)
        if stream != nil, let member = GroupStream.Member(name(labels), reading) { tick.members.append(member) }
        if control != nil {
            part.append((place, .init(series: series, pValue: reading.pValue, isCandidate: reading.isAnomalous)))
        }
        return ended
    }

    /// Judges what is left of a batch.
    ///
    /// - Returns: the group's reading of the tick, if it is complete.
    mutating func endBatch() -> Reading? {
        judge()
        guard !tick.isRead, let wanted = tick.wanted, tick.count >= wanted else { return nil }
        return read()
    }

    /// The places of the batch that are held back.
    mutating func takeHeldBack() -> [Int] {
        defer { heldBack = [] }
        return heldBack
    }

    /// What tells a member from the others of its group.
    private func name(_ labels: Labels) -> String {
        Labels(pairs: labels.pairs.filter { !self.labels.contains($0.name) }).description
    }

    private mutating func read() -> Reading? {
        tick.isRead = true
        guard let time = tick.newest, var stream else { return nil }
        let reading = stream.update(time: time, members: tick.members)
        keep(&stream, toBudgetAt: time)
        self.stream = stream
        guard reading.readiness != .missing else { return nil }
        latest = Latest(reading: reading, shares: GroupStream.shares(of: tick.members))
        return reading
    }

    /// Lets α follow from the allowance once the usual step is known.
    private mutating func keep(_ stream: inout GroupStream, toBudgetAt time: Timestamp) {
        guard let budget, !keepsToBudget else { return }
        ticks += 1
        let first = began ?? time
        began = first
        guard ticks > Self.ticksBeforeBudget else { return }
        stream.keep(to: budget, step: TimeSpan(milliseconds: (time - first).milliseconds / Int64(ticks - 1)))
        keepsToBudget = true
    }

    /// After so many ticks the usual step between them is taken for known; no group has warmed up by then.
    private static let ticksBeforeBudget = StreamingCalibrator.warmUp / 2

    private mutating func judge() {
        guard !part.isEmpty, var control else { return }
        for (_, candidate) in part { small[candidate.series] = nil }
        let others = small.map { EpisodeControl.Candidate(series: $0.key, pValue: $0.value, isCandidate: false) }
        let verdicts = control.decide(part.map(\.candidate) + others, size: size, isSameTick: tick.isJudged)
        tick.isJudged = true
        for (_, candidate) in part where candidate.pValue <= control.largestDiscovery {
            small[candidate.series] = candidate.pValue
        }
        heldBack += zip(part, verdicts).filter { $0.1 == .heldBack }.map(\.0.place)
        self.control = control
        part = []
    }

    // MARK: Snapshots

    func write(to writer: inout SnapshotWriter) {
        writer.write(control?.snapshot() ?? [])
        writer.write(stream?.snapshot() ?? [])
    }

    /// Goes on with the episodes at the same rate and with the calibration that a snapshot held.
    mutating func restore(from reader: inout SnapshotReader) throws(DetectorError) {
        let (episodes, calibration) = (try reader.readBytes(), try reader.readBytes())
        if let rate = control?.alpha, !episodes.isEmpty {
            let restored = try EpisodeControl(restoring: episodes)
            if restored.alpha == rate { control = restored }
        }
        if stream != nil, !calibration.isEmpty { stream = try GroupStream(restoring: calibration) }
    }
}
