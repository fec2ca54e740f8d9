package import AuspexSignals

/// What became of past changes, counted: how often those of a service or an author failed, and when each service was last
/// deployed. Answers without a look into the store.
///
/// Reports of one change may come again and in any order, as in ``ChangeStore``; each counts once, by its last outcome.
/// Memory: the last ``most`` changes; with one more the oldest is forgotten and counts no more.
package struct ChangeLedger: Sendable {
    /// How many changes are remembered, about 10 MB of them.
    package static let most = 20_000
    /// How many deploys of a service to one environment are remembered, to find one that is not the one asked about.
    private static let recentDeploys = 8

    /// How many changes ended, and how.
    private struct Count: Sendable {
        var changes = 0
        var failures = 0

        mutating func add(_ change: Change, _ sign: Int) {
            guard change.outcome != .pending else { return }
            changes += sign
            if change.outcome != .success { failures += sign }
        }

        var isEmpty: Bool { changes == 0 }
    }

    private var changes: [String: Change] = [:]
    /// In the order in which they were first heard of; what is before `oldest` is forgotten.
    private var order: [String] = []
    private var oldest = 0
    private var all = Count()
    private var services: [String: Count] = [:]
    private var authors: [String: Count] = [:]
    /// The identifiers of the last deploys by service and environment, newest last.
    private var deploys: [String: [String: [String]]] = [:]

    /// Nothing has happened.
    package init() {}

    /// How many changes are remembered.
    package var count: Int { changes.count }

    /// Takes in a report of a change. O(1) but for a few deploys of the same service.
    package mutating func take(_ report: Change) {
        let known = changes[report.id]
        if let known { count(known, -1) } else { order.append(report.id) }
        let merged = known?.merged(with: report) ?? report
        changes[merged.id] = merged
        count(merged, 1)
        if let known, known.kind == .deploy { forgetDeploy(known) }
        if merged.kind == .deploy { noteDeploy(merged) }
        if changes.count > Self.most { forgetOldest() }
    }

    /// How often the changes of a service have failed; nil while no change of anybody has an outcome.
    package func rate(ofService service: String) -> FailureRate? { rate(services[service]) }

    /// How often the changes of an author have failed; nil while no change of anybody has an outcome, and for nobody.
    package func rate(ofAuthor author: String) -> FailureRate? { author.isEmpty ? nil : rate(authors[author]) }

    /// The last deploy of a service that was over, or had begun, at `now`.
    ///
    /// - Parameters:
    ///   - environment: Where; empty for anywhere.
    ///   - versions: The names of the version that is asked about. A deploy of it that is under way is what the question
    ///     is about and does not count.
    ///   - isCarriedOut: Whether only deploys that went well count.
    package func lastDeploy(
        of service: String, to environment: String, at now: Timestamp, besides versions: [String] = [],
        isCarriedOut: Bool = false
    ) -> Change? {
        let places = deploys[service] ?? [:]
        let found = environment.isEmpty ? places.values.flatMap(\.self) : places[environment] ?? []
        return found.compactMap { changes[$0] }
            .filter { change in
                if isCarriedOut, change.outcome != .success { return false }
                let isAskedAbout =
                    change.outcome == .pending && versions.contains { VersionName.isSame($0, change.version) }
                return !isAskedAbout && change.lastMoment <= now
            }
            .max { ($0.lastMoment, $0.id) < ($1.lastMoment, $1.id) }
    }

    /// Jeffreys' half a failure in one change keeps an organisation without failures from being sure of never having one.
    private var usual: Double { (Double(all.failures) + 0.5) / (Double(all.changes) + 1) }

    private func rate(_ count: Count?) -> FailureRate? {
        guard !all.isEmpty else { return nil }
        return FailureRate(failures: count?.failures ?? 0, changes: count?.changes ?? 0, usual: usual)
    }

    private mutating func count(_ change: Change, _ sign: Int) {
        all.add(change, sign)
        Self.add(change, sign, to: &services[change.service])
        if !change.author.isEmpty { Self.add(change, sign, to: &authors[change.author]) }
    }

    private static func add(_ change: Change, _ sign: Int, to count: inout Count?) {
        var sum = count ?? Count()
        sum.add(change, sign)
        count = sum.isEmpty ? nil : sum
    }

    private mutating func noteDeploy(_ change: Change) {
        var ids = deploys[change.service]?[change.environment] ?? []
        ids.append(change.id)
        let known = changes
        ids.sort {
            (known[$0]?.startedAt ?? change.startedAt, $0) < (known[$1]?.startedAt ?? change.startedAt, $1)
        }
        deploys[change.service, default: [:]][change.environment] = Array(ids.suffix(Self.recentDeploys))
    }

    private mutating func forgetDeploy(_ change: Change) {
        deploys[change.service]?[change.environment]?.removeAll { $0 == change.id }
        if deploys[change.service]?[change.environment]?.isEmpty ?? false {
            deploys[change.service]?[change.environment] = nil
        }
        if deploys[change.service]?.isEmpty ?? false { deploys[change.service] = nil }
    }

    private mutating func forgetOldest() {
        guard oldest < order.count, let change = changes.removeValue(forKey: order[oldest]) else { return }
        oldest += 1
        count(change, -1)
        if change.kind == .deploy { forgetDeploy(change) }
        if oldest > order.count / 2 {
            order.removeFirst(oldest)
            oldest = 0
        }
    }
}

extension Change {
    /// Its end, or its beginning until it has one.
    package var lastMoment: Timestamp { endedAt ?? startedAt }
}
