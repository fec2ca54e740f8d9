package import AuspexSignals

/// The silences that there are, a bounded number of them, with an index by their labels.
///
/// A silence is never changed but by ending it early: an edit ends it and makes another, so that what was silenced when
/// can always be told.
package struct SilenceSet: Sendable {
    /// Silences that a set may hold, those that are over included.
    package static let mostSilences = 10_000

    /// What was turned away or dropped to keep the set bounded.
    package struct Statistics: Hashable, Sendable, Codable {
        /// Silences that were refused because the set was full of others that were not over.
        package internal(set) var refused = 0
        /// Silences that were over and made room for new ones.
        package internal(set) var forgotten = 0
    }

    /// What was turned away or dropped.
    package private(set) var statistics = Statistics()
    private let limit: Int
    private var known: [String: Silence] = [:]
    private var index = SilenceIndex()
    /// The moments at which silences begin or end, in order, each as often as it is one.
    private var changes: [Timestamp] = []

    /// Starts with no silences.
    package init(limit: Int = mostSilences) {
        self.limit = limit
    }

    // MARK: Looking

    /// The silences in order of their start, those with the same start in order of their identifiers.
    package var silences: [Silence] {
        known.values.sorted { ($0.startsAt, $0.id) < ($1.startsAt, $1.id) }
    }

    /// The number of silences.
    package var count: Int { known.count }

    /// The silence `id`.
    package subscript(id: String) -> Silence? { known[id] }

    /// The identifiers, in order, of the silences that hold back notices of an alert at `time`.
    ///
    /// Costs a test for each silence about one of the alert's values, or their beginnings, and for each whose regular
    /// expressions tell neither and that needs one of its labels.
    ///
    /// - Parameter labels: As silences see the alert: ``Alert/matchedLabels``.
    package func matching(_ labels: Labels, at time: Timestamp) -> [String] {
        var ids: [String] = []
        index.forEachCandidate(for: labels) { id in
            if known[id]?.silences(labels, at: time) ?? false { ids.append(id) }
            return true
        }
        return ids.sorted()
    }

    /// The next moment after `time` at which a silence may begin or end; nil if none does.
    package func nextChange(after time: Timestamp) -> Timestamp? {
        let place = place(after: time)
        return place < changes.count ? changes[place] : nil
    }

    /// How many silences are tried for an alert of these labels.
    func candidates(for labels: Labels) -> Int {
        var count = 0
        index.forEachCandidate(for: labels) { _ in
            count += 1
            return true
        }
        return count
    }

    // MARK: Changing

    /// Adds a silence. A start that lies before `now` is moved there: what was told can't be taken back.
    ///
    /// - Returns: The silence as it was added.
    /// - Throws: ``SilenceError`` when it would be over, its identifier is taken, or the set is full of others that are not
    ///   over.
    @discardableResult
    package mutating func add(_ silence: Silence, at now: Timestamp) throws(SilenceError) -> Silence {
        try check(silence, at: now)
        try makeRoom(at: now)
        var silence = silence
        silence.startsAt = max(silence.startsAt, now)
        insert(silence)
        return silence
    }

    /// Ends a silence early.
    ///
    /// - Returns: The silence as it is now.
    /// - Throws: ``SilenceError`` when there is none of this identifier or it is over already.
    @discardableResult
    package mutating func expire(_ id: String, at now: Timestamp) throws(SilenceError) -> Silence {
        guard let silence = known[id] else { throw .unknown(id) }
        guard silence.state(at: now) != .expired else { throw .expired(id) }
        let ended = silence.ended(at: now)
        forgetChanges(of: silence)
        known[id] = ended
        noteChanges(of: ended)
        // It stays for people to read, but fits nothing any more.
        index.remove(id)
        return ended
    }

    /// Puts a new silence, with an identifier of its own, in place of another, which is ended unless it is over. Both happen
    /// or neither.
    ///
    /// - Returns: The new silence as it was added.
    /// - Throws: ``SilenceError`` as ``add(_:at:)`` and ``expire(_:at:)`` do.
    @discardableResult
    package mutating func edit(_ id: String, as new: Silence, at now: Timestamp) throws(SilenceError) -> Silence {
        guard let old = known[id] else { throw .unknown(id) }
        try check(new, at: now)
        if old.state(at: now) != .expired { try expire(id, at: now) }
        return try add(new, at: now)
    }

    /// Drops the silences that were over at `moment`.
    package mutating func forget(expiredBefore moment: Timestamp) {
        for silence in known.values where silence.endsAt <= moment { remove(silence) }
    }

    private func check(_ silence: Silence, at now: Timestamp) throws(SilenceError) {
        guard silence.endsAt > now else { throw .endsInThePast(endsAt: silence.endsAt, now: now) }
        guard known[silence.id] == nil else { throw .taken(silence.id) }
    }

    /// Drops the silence that has been over for longest when the set is full.
    private mutating func makeRoom(at now: Timestamp) throws(SilenceError) {
        guard known.count >= limit else { return }
        let over = known.values.filter { $0.state(at: now) == .expired }
        guard let oldest = over.min(by: { ($0.endsAt, $0.id) < ($1.endsAt, $1.id) }) else {
            statistics.refused += 1
            throw .full(limit: limit)
        }
        remove(oldest)
        statistics.forgotten += 1
    }

    private mutating func insert(_ silence: Silence) {
        known[silence.id] = silence
        index.insert(silence.id, silence.matchers)
        noteChanges(of: silence)
    }

    private mutating func noteChanges(of silence: Silence) {
        for change in [silence.startsAt, silence.endsAt] { changes.insert(change, at: place(after: change)) }
    }

    private mutating func forgetChanges(of silence: Silence) {
        for change in [silence.startsAt, silence.endsAt] { changes.remove(at: place(after: change) - 1) }
    }

    /// The place of the first change after `time`.
    private func place(after time: Timestamp) -> Int {
        var (low, high) = (0, changes.count)
        while low < high {
            let middle = low + (high - low) / 2
            if changes[middle] <= time { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private mutating func remove(_ silence: Silence) {
        known[silence.id] = nil
        index.remove(silence.id)
        forgetChanges(of: silence)
    }
}

extension SilenceSet: Codable {
    private enum Key: String, CodingKey {
        case limit, statistics, silences
    }

    /// Reads what ``encode(to:)`` writes; of two silences with one identifier the first counts.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        self.init(limit: try container.decode(Int.self, forKey: .limit))
        statistics = try container.decode(Statistics.self, forKey: .statistics)
        for silence in try container.decode([Silence].self, forKey: .silences) where known[silence.id] == nil {
            insert(silence)
        }
    }

    /// Writes the silences in order, so that the same set gives the same bytes.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(limit, forKey: .limit)
        try container.encode(statistics, forKey: .statistics)
        try container.encode(silences, forKey: .silences)
    }
}
