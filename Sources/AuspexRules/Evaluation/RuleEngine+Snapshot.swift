package import AuspexSignals
package import Foundation

/// Why a snapshot can't be restored.
package enum RuleSnapshotError: Error, Hashable, Sendable, CustomStringConvertible {
    /// It is of another format.
    case format(found: Int, supported: Int)
    /// It is no snapshot.
    case unreadable(String)

    package var description: String {
        switch self {
        case .format(let found, let supported):
            """
            the snapshot of the rules has format \(found), this version reads \(supported); use the version that wrote it
            """
        case .unreadable(let reason):
            "the snapshot of the rules can't be read: \(reason)"
        }
    }
}

extension RuleEngine {
    /// The version of the format. Raised when it changes in a way that older versions would misread.
    static let snapshotFormat = 1

    /// The state as JSON: all that ``restore(_:now:)`` needs to go on as if nothing had happened. The graph of services has a
    /// snapshot of its own.
    package func snapshot() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "+Inf", negativeInfinity: "-Inf", nan: "NaN")
        // Rule by rule: of many alerts at once, what the encoder makes on the way takes many times what comes out.
        var data = Data("{\"format\":\(Self.snapshotFormat),\"rules\":[".utf8)
        for (place, rule) in ruleSet.rules.enumerated() {
            if place > 0 { data.append(contentsOf: ",".utf8) }
            data.append(try encoder.encode(entry(of: rule, states[place])))
        }
        data.append(contentsOf: "]".utf8)
        func put(_ key: String, _ value: some Encodable) throws {
            data.append(contentsOf: ",\"\(key)\":".utf8)
            data.append(try encoder.encode(value))
        }
        try put("held", held)
        if let newest { try put("newest", newest) }
        try put("silences", silences)
        if !fleets.isEmpty { try put("fleets", fleets) }
        data.append(contentsOf: "}".utf8)
        return data
    }

    /// Takes over the state of a snapshot, in place of what there is.
    ///
    /// The state of a rule that is gone, or looks at something else now, can't be taken over; its alerts are ended with a
    /// note.
    ///
    /// - Returns: The ends of those alerts.
    package mutating func restore(_ data: Data, now: Timestamp) throws(RuleSnapshotError) -> [RuleEvent] {
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "+Inf", negativeInfinity: "-Inf", nan: "NaN")
        let snapshot: Snapshot
        do {
            let format = try decoder.decode(Snapshot.Format.self, from: data).format
            guard format == Self.snapshotFormat else {
                throw RuleSnapshotError.format(found: format, supported: Self.snapshotFormat)
            }
            snapshot = try decoder.decode(Snapshot.self, from: data)
        } catch let error as RuleSnapshotError {
            throw error
        } catch {
            throw .unreadable("\(error)")
        }
        takeHeld(snapshot.held ?? [:], newest: snapshot.newest)
        silences = snapshot.silences ?? SilenceSet()
        takeFleets(snapshot.fleets ?? [:])
        return adopt(snapshot.rules, now: now)
    }

    /// Puts other rules in place of those there are. Rules that look at the same thing as before keep their alerts, whose
    /// deadlines move when `for` or `keep_firing_for` has changed; the alerts of the others are ended with a note. Services
    /// that were told or learned stay, those that are declared are replaced.
    ///
    /// - Returns: The ends of those alerts.
    package mutating func replaceRules(_ ruleSet: RuleSet, now: Timestamp) -> [RuleEvent] {
        let entries = zip(self.ruleSet.rules, states).map { entry(of: $0, $1) }
        let (held, newest, fleets, silences) = (held, newest, fleets, silences)
        var graph = graph
        graph.declare(ruleSet.services)
        self = RuleEngine(ruleSet, graph: graph)
        takeHeld(held, newest: newest)
        takeFleets(fleets)
        self.silences = silences
        return adopt(entries, now: now)
    }

    private func entry(of rule: Rule, _ state: RuleState) -> Snapshot.Entry {
        Snapshot.Entry(
            rule: rule.summary, fingerprint: rule.fingerprint, hold: rule.condition.hold,
            keepFiring: rule.condition.keepFiring, statistics: state.statistics,
            groups: state.groups.values.sorted { $0.group.description < $1.group.description },
            name: rule.condition.name,
            correlations: state.correlations.values.sorted { $0.key.description < $1.key.description },
            notes: state.notes.sorted { $0.key.description < $1.key.description }.map {
                Snapshot.Note(group: $0.key, note: $0.value)
            },
            throttle: state.throttle)
    }

    private mutating func adopt(_ entries: [Snapshot.Entry], now: Timestamp) -> [RuleEvent] {
        var states = ruleSet.rules.map { _ in RuleState() }
        var events: [RuleEvent] = []
        for entry in entries {
            let place = ruleSet.place(of: entry.rule.id)
            if let place, ruleSet.rules[place].fingerprint == entry.fingerprint {
                let rule = ruleSet.rules[place]
                let groups = entry.groups.map { ($0.group, entry.moved($0, to: GroupState.Timing(rule), now: now)) }
                let correlations = (entry.correlations ?? []).map { ($0.key, $0.following(rule)) }
                states[place] = RuleState(
                    groups: Dictionary(groups) { first, _ in first },
                    correlations: Dictionary(correlations) { first, _ in first },
                    notes: entry.notesByGroup, throttle: entry.throttle, statistics: entry.statistics)
            } else {
                events += entry.ends(
                    at: now, note: place == nil ? "the rule was taken away" : "the rule was changed")
            }
        }
        take(states)
        for place in ruleSet.rules.indices {
            let released = self.states[place].replaceThrottle(by: ruleSet.rules[place].throttle, at: now)
            events += released.flatMap { letGo($0, at: place) }
        }
        return events
    }

    /// The format of a snapshot.
    struct Snapshot: Decodable {
        struct Format: Decodable {
            var format: Int
        }

        struct Note: Codable {
            var group: Labels
            var note: AlertNote
        }

        struct Entry: Codable {
            var rule: RuleSummary
            var fingerprint: String
            /// The rule's `for`; nil in snapshots from before it was noted.
            var hold: TimeSpan?
            /// The rule's `keep_firing_for`; nil as above.
            var keepFiring: TimeSpan?
            var statistics: RuleStatistics
            var groups: [GroupState]
            /// The name of the rule's condition; nil in snapshots from before there could be several.
            var name: String?
            /// What has happened of several conditions; nil as above.
            var correlations: [CorrelationState]?
            /// What is said of the alerts that fire; nil as above.
            var notes: [Note]?
            /// What the throttle remembers; nil as above.
            var throttle: ThrottleState<HeldAlert>?

            var notesByGroup: [Labels: AlertNote] {
                Dictionary((notes ?? []).map { ($0.group, $0.note) }) { first, _ in first }
            }

            /// The ends of all alerts.
            func ends(at now: Timestamp, note: String) -> [RuleEvent] {
                var ended: [(Occasion.Step, Occasion)] = groups.map { group in
                    var group = group
                    let transition = group.end(at: now)
                    return (group.step(transition), group.occasion(name ?? ""))
                }
                for var state in correlations ?? [] {
                    let occasion = state.occasion
                    if let transition = state.end(at: now) { ended.append((transition.step, occasion)) }
                }
                return ended.map { step, occasion in
                    var alert = Alert(step, of: rule, occasion, note: note)
                    alert.note(notesByGroup[occasion.group])
                    return .alert(alert)
                }
            }

            /// A group with its deadlines as the rule's new times have them.
            func moved(_ group: GroupState, to timing: GroupState.Timing, now: Timestamp) -> GroupState {
                let old = GroupState.Timing(hold: hold ?? timing.hold, keepFiring: keepFiring ?? timing.keepFiring)
                var group = group
                group.follow(timing, insteadOf: old, now: now)
                return group
            }
        }

        var format: Int
        var rules: [Entry]
        /// The facts that are held back; nil in snapshots from before rules could do that.
        var held: [TimeSpan: ReorderBuffer]?
        /// The time of the newest fact; nil as above.
        var newest: Timestamp?
        /// The silences; nil in snapshots from before there were any.
        var silences: SilenceSet?
        /// The instances of services; nil where no rule asks for them, and as above.
        var fleets: [TimeSpan: FleetBook]?
    }
}
