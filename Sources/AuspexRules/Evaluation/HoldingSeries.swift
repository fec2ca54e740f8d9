import AuspexSignals

/// For which series a condition holds, and how many different values they have. Each answer and each question costs a few
/// look-ups. Memory: at most ``CountRequirement/most`` series.
struct HoldingSeries: Sendable {
    /// What was last said of a series.
    private struct Member: Hashable, Sendable, Codable {
        /// What it is counted by; nil when the condition doesn't hold for it.
        var value: String?
        var time: Timestamp
        /// Whether it has said nothing of the condition since.
        var isLost: Bool?
        /// Since when it has; nil when it has not.
        var lostAt: Timestamp?

        /// Since when nothing has been said of the condition; nil when the last fact said something.
        var silentSince: Timestamp? { isLost == true ? lostAt ?? time : nil }
    }

    private var members: [SeriesID: Member] = [:]
    /// For how many of them the condition holds.
    private(set) var count = 0
    /// How many of these have each value.
    private var values: [String: Int] = [:]
    /// None of them has said nothing since before this moment; nil when none does. A bound, so that they need not be gone
    /// through for every fact.
    private(set) var silentSince: Timestamp?

    var isEmpty: Bool { members.isEmpty }

    /// How many different values there are, the empty one, which is none, left out.
    var valueCount: Int { values.count - (values[""] == nil ? 0 : 1) }

    /// Whether the condition holds for a series.
    func contains(_ series: SeriesID) -> Bool { members[series]?.value != nil }

    /// Notes whether the condition holds for a series; without a new value it keeps the one that it had. What is older than
    /// what is known changes nothing.
    mutating func set(_ series: SeriesID, _ value: String?, holds: Bool, at time: Timestamp) {
        let known = members[series]
        if let known, known.time > time { return }
        if holds {
            if known == nil, members.count >= CountRequirement.most, count < members.count { dropOthers() }
            guard known != nil || members.count < CountRequirement.most else { return }
            change(series, to: Member(value: value ?? known?.value ?? "", time: time))
        } else if known != nil {
            change(series, to: Member(value: nil, time: time))
            forgetIfNone()
        }
    }

    /// Notes that a series for which the condition holds says nothing of it, again or still.
    mutating func leaveOpen(_ series: SeriesID, at time: Timestamp, goesOn: Bool) {
        guard let known = members[series], let value = known.value, known.time <= time else { return }
        let start = goesOn ? known.silentSince ?? time : time
        change(series, to: Member(value: value, time: time, isLost: true, lostAt: start))
        silentSince = min(silentSince ?? start, start)
    }

    /// Takes out the series that have said nothing since `time` or before it.
    mutating func endSilence(since time: Timestamp) {
        for (series, member) in members where member.silentSince.map({ $0 <= time }) ?? false {
            change(series, to: nil)
        }
        noteSilence()
        forgetIfNone()
    }

    private mutating func change(_ series: SeriesID, to member: Member?) {
        if let old = members[series]?.value {
            count -= 1
            values[old] = values[old].flatMap { $0 > 1 ? $0 - 1 : nil }
        }
        members[series] = member
        if let new = member?.value {
            count += 1
            values[new, default: 0] += 1
        }
    }

    /// Makes room: of a series for which the condition does not hold only the time of its last answer is lost.
    private mutating func dropOthers() { members = members.filter { $0.value.value != nil } }

    /// While the condition holds for none, nothing has to be remembered.
    private mutating func forgetIfNone() {
        guard count == 0 else { return }
        members = [:]
        silentSince = nil
    }

    private mutating func noteSilence() {
        silentSince = members.values.filter { $0.value != nil }.compactMap(\.silentSince).min()
    }
}

extension HoldingSeries: Hashable {
    static func == (one: HoldingSeries, other: HoldingSeries) -> Bool { one.members == other.members }

    func hash(into hasher: inout Hasher) { hasher.combine(members) }
}

extension HoldingSeries: Codable {
    init(from decoder: any Decoder) throws {
        for (series, member) in try decoder.singleValueContainer().decode([SeriesID: Member].self) {
            change(series, to: member)
        }
        noteSilence()
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(members)
    }
}
