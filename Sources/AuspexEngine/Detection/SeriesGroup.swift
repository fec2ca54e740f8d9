import AuspexDetection
import AuspexSignals

/// Series that are judged together, each by the last that was said of it.
///
/// The group is read when as many readings have come as it has series that go on, at the end of a batch; or when half as many
/// have come, and the next has a later time. So it is read once a round where all come at the same pace, however a round is
/// cut into batches, and where some come less often, or fail, with the last that they said. Readings beyond the alert line
/// are judged with the end of each batch, beside the last p-values of others.
struct SeriesGroup: Sendable {
    private struct Member: Sendable {
        /// What tells it from the others of its group.
        let name: String
        /// When something last came, by the wall clock.
        var heardAt: Timestamp
        /// Whether it has ended, so that it counts no more until it comes again.
        var hasEnded = false
        /// How strange it last was; nil unless that reading was ready.
        var strangeness: Double?
    }

    /// The labels that all series have in common.
    private let labels: [String]
    /// The detector whose readings the calibration has learned from.
    private let detector: String
    private var control: EpisodeControl?
    private var stream: GroupStream?
    private var members: [UInt64: Member] = [:]
    /// How many of the members go on.
    private(set) var size = 0
    /// The readings since the group was last read, and the time of the newest of all.
    private var count = 0
    private var newest: Timestamp?
    /// Whether anything was judged since then.
    private var isJudged = false
    /// How far apart readings of the group are, how many there have been, and what its α follows from.
    private var intervals = ArrivalIntervals()
    private var readings = 0
    private var budget: AlertAllowance?
    /// The newest reading of the group, as it was told, and its members then.
    private var latest: Reading?
    private var latestMembers: [GroupStream.Member] = []
    /// The last p-values of the series of which they are small enough to matter.
    private var small: [UInt64: Double] = [:]
    /// What has come since it was last judged.
    private var part: [(place: Int, candidate: EpisodeControl.Candidate)] = []
    private var seriesInPart: Set<UInt64> = []
    private var heldBack: [Int] = []

    /// - Throws: `DetectorError.invalidAlpha(value:)` unless the policy's rates lie between 0 and 1.
    init(_ policy: GroupPolicy, detector: String) throws(DetectorError) {
        labels = policy.labels
        self.detector = detector
        if let rate = policy.falseDiscovery { control = try EpisodeControl(alpha: rate) }
        if policy.joint { stream = try GroupStream() }
    }

    var isEmpty: Bool { members.isEmpty }

    // MARK: Members

    /// Takes a series in, with the last that was said of it.
    mutating func join(_ watched: WatchedSeries, now: Timestamp) {
        var member = Member(name: name(watched.labels), heardAt: now, hasEnded: watched.hasEnded)
        if let latest = watched.latest, !watched.hasEnded {
            member.strangeness = latest.readiness == .ready ? latest.strangeness : nil
            note(latest.pValue, of: watched.labels.id.value)
        }
        let former = members.updateValue(member, forKey: watched.labels.id.value)
        size += (member.hasEnded ? 0 : 1) - (former?.hasEnded == false ? 1 : 0)
    }

    /// Notes that a series has ended.
    ///
    /// - Returns: whether it was the last one of a group that has been read.
    mutating func end(_ series: UInt64) -> Bool {
        small[series] = nil
        guard members[series]?.hasEnded == false else { return false }
        members[series]?.hasEnded = true
        members[series]?.strangeness = nil
        size -= 1
        return size == 0 && latest != nil
    }

    mutating func forget(since moment: Timestamp) {
        members = members.filter { $0.value.heardAt >= moment }
        small = small.filter { members[$0.key] != nil }
        size = members.count { !$0.value.hasEnded }
    }

    /// What tells a member from the others of its group.
    private func name(_ labels: Labels) -> String {
        Labels(pairs: labels.pairs.filter { !self.labels.contains($0.name) }).description
    }

    private mutating func note(_ pValue: Double, of series: UInt64) {
        guard let control else { return }
        small[series] = pValue <= control.largestDiscovery ? pValue : nil
    }

    // MARK: Readings

    /// Takes the reading at `place` of a batch in; those of a batch come in order of time.
    ///
    /// - Returns: the group's reading that was due before it.
    mutating func take(
        _ reading: Reading, of labels: Labels, at place: Int, _ budget: AlertAllowance?, now: Timestamp
    ) -> Reading? {
        let isLater = newest.map { reading.time > $0 } ?? false
        let due = isLater && 2 * count >= size ? read(budget) : nil
        let series = labels.id.value
        if members[series] == nil {
            members[series] = Member(name: name(labels), heardAt: now)
            size += 1
        } else if members[series]?.hasEnded == true {
            members[series]?.hasEnded = false
            size += 1
        }
        members[series]?.heardAt = now
        members[series]?.strangeness = reading.readiness == .ready ? reading.strangeness : nil
        count += 1
        newest = max(newest ?? reading.time, reading.time)
        if control != nil {
            if !seriesInPart.insert(series).inserted {
                judge()
                seriesInPart.insert(series)
            }
            part.append((place, .init(series: series, pValue: reading.pValue, isCandidate: reading.isAnomalous)))
        }
        return due
    }

    /// Judges what is left of a batch.
    ///
    /// - Returns: the group's reading, if it is due.
    mutating func endBatch(_ budget: AlertAllowance?) -> Reading? {
        judge()
        return count >= size ? read(budget) : nil
    }

    /// The places of the batch that are held back.
    mutating func takeHeldBack() -> [Int] {
        defer { heldBack = [] }
        return heldBack
    }

    /// Keeps the group's reading as it was told.
    mutating func keep(_ reading: Reading) { latest = reading }

    private mutating func read(_ budget: AlertAllowance?) -> Reading? {
        guard count > 0, let newest else { return nil }
        judge()
        count = 0
        isJudged = false
        guard var stream else { return nil }
        // A series whose clock was ahead does not keep the others from being read.
        let time = latest.map { max(newest, $0.time + TimeSpan(milliseconds: 1)) } ?? newest
        let members = members.values.compactMap { member in
            member.strangeness.map { GroupStream.Member(name: member.name, strangeness: $0) }
        }
        let reading = stream.update(time: time, members: members)
        self.stream = stream
        guard reading.readiness != .missing else { return nil }
        latestMembers = members
        intervals.arrive(at: time)
        readings += 1
        if budget != self.budget, readings >= WatchedSeries.samplesBeforeBudget, let step = intervals.usual {
            stream.keep(to: budget, step: step)
            self.stream = stream
            self.budget = budget
        }
        return reading
    }

    private mutating func judge() {
        guard !part.isEmpty, var control else { return }
        for (_, candidate) in part { small[candidate.series] = nil }
        // The others only matter beside a candidate.
        let others =
            part.contains(where: \.candidate.isCandidate)
            ? small.map { EpisodeControl.Candidate(series: $0.key, pValue: $0.value, isCandidate: false) } : []
        let verdicts = control.decide(part.map(\.candidate) + others, size: size, isSameTick: isJudged)
        self.control = control
        isJudged = true
        for (_, candidate) in part { note(candidate.pValue, of: candidate.series) }
        heldBack += zip(part, verdicts).filter { $0.1 == .heldBack }.map(\.0.place)
        part = []
        seriesInPart = []
    }

    /// The group as it is now; `labels` are what its series have in common.
    func status(_ labels: Labels) -> GroupStatus {
        GroupStatus(labels: labels, size: size, latest: latest, shares: GroupStream.shares(of: latestMembers))
    }

    // MARK: Snapshots

    /// What is kept besides the members, which the series themselves tell.
    func write(to writer: inout SnapshotWriter) {
        writer.write(detector)
        writer.write(control?.snapshot() ?? [])
        writer.write(stream?.snapshot() ?? [])
        writer.write(count)
        writer.write(isJudged)
        writer.write(newest != nil)
        writer.write(Int(newest?.milliseconds ?? 0))
        intervals.write(to: &writer)
        writer.write(readings)
        writer.write(budget?.description ?? "")
        writer.write(latest != nil)
        if let latest { writer.write(latest) }
    }

    /// Goes on with the episodes at the same rate, and with the calibration if it was learned from the same detector.
    mutating func restore(from reader: inout SnapshotReader) throws(DetectorError) {
        let isSameDetector = try reader.readString() == detector
        let (episodes, calibration) = (try reader.readBytes(), try reader.readBytes())
        if let rate = control?.alpha, !episodes.isEmpty {
            let restored = try EpisodeControl(restoring: episodes)
            if restored.alpha == rate { control = restored }
        }
        let stored = calibration.isEmpty ? nil : try GroupStream(restoring: calibration)
        count = try reader.readInteger(in: 0...SnapshotReader.mostSamples)
        isJudged = try reader.readBool()
        let hasNewest = try reader.readBool()
        let time = Timestamp(milliseconds: Int64(try reader.readInteger()))
        newest = hasNewest ? time : nil
        let stepped = try ArrivalIntervals(from: &reader)
        let read = try reader.readInteger(in: 0...SnapshotReader.mostSamples)
        let kept = AlertAllowance(try reader.readString())
        latest = try reader.readBool() ? reader.readReading() : nil
        guard isSameDetector, stream != nil, let stored else { return }
        (stream, intervals, readings, budget) = (stored, stepped, read, kept)
    }
}
