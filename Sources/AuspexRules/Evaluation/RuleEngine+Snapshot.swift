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

    /// The state as JSON: all that ``restore(_:now:)`` needs to go on as if nothing had happened.
    package func snapshot() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "+Inf", negativeInfinity: "-Inf", nan: "NaN")
        return try encoder.encode(Snapshot(format: Self.snapshotFormat, rules: entries))
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
        return adopt(snapshot.rules, now: now)
    }

    /// Puts other rules in place of those there are. Rules that look at the same thing as before keep their alerts, whose
    /// deadlines move when `for` or `keep_firing_for` has changed; the alerts of the others are ended with a note.
    ///
    /// - Returns: The ends of those alerts.
    package mutating func replaceRules(_ ruleSet: RuleSet, now: Timestamp) -> [RuleEvent] {
        let entries = entries
        self = RuleEngine(ruleSet)
        return adopt(entries, now: now)
    }

    private var entries: [Snapshot.Entry] {
        ruleSet.rules.map { rule in
            let state = state(of: rule.id)
            return Snapshot.Entry(
                rule: rule.summary, fingerprint: rule.fingerprint, hold: rule.condition.hold,
                keepFiring: rule.condition.keepFiring, statistics: state.statistics,
                groups: state.groups.values.sorted { $0.group.description < $1.group.description })
        }
    }

    private mutating func adopt(_ entries: [Snapshot.Entry], now: Timestamp) -> [RuleEvent] {
        var states = ruleSet.rules.map { _ in RuleState() }
        var events: [RuleEvent] = []
        for entry in entries {
            let place = ruleSet.place(of: entry.rule.id)
            if let place, ruleSet.rules[place].fingerprint == entry.fingerprint {
                let timing = GroupState.Timing(ruleSet.rules[place])
                let groups = entry.groups.map { ($0.group, entry.moved($0, to: timing, now: now)) }
                states[place] = RuleState(
                    groups: Dictionary(groups) { first, _ in first }, statistics: entry.statistics)
            } else {
                let note = place == nil ? "the rule was taken away" : "the rule was changed"
                events += entry.groups.map { group in
                    var group = group
                    return .alert(Alert(group.end(at: now), of: entry.rule, group, note: note))
                }
            }
        }
        take(states)
        return events
    }

    /// The format of a snapshot.
    struct Snapshot: Codable {
        struct Format: Codable {
            var format: Int
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

            /// A group with its deadlines as the rule's new times have them.
            func moved(_ group: GroupState, to timing: GroupState.Timing, now: Timestamp) -> GroupState {
                guard let hold, let keepFiring, hold != timing.hold || keepFiring != timing.keepFiring else {
                    return group
                }
                var group = group
                group.follow(timing, insteadOf: GroupState.Timing(hold: hold, keepFiring: keepFiring), now: now)
                return group
            }
        }

        var format: Int
        var rules: [Entry]
    }
}
