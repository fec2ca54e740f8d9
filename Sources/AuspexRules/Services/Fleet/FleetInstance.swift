import AuspexSignals

/// What checks and series said last of one instance.
struct FleetInstance: Hashable, Sendable {
    /// What one of them said.
    struct Report: Hashable, Sendable, Codable {
        /// Nil when the series has ended.
        var standing: FleetStanding?
        var time: Timestamp

        /// Whether it counts at `now`: it is not too old, and not from so far ahead that its clock must be wrong.
        func isFresh(at now: Timestamp) -> Bool { now < time + FleetBook.freshFor && now >= time - FleetBook.freshFor }

        /// Whether it takes the place of another of the same check or series. One from far ahead was a mistake of a clock that
        /// has been set right since.
        func replaces(_ other: Report) -> Bool { time >= other.time || time < other.time - FleetBook.freshFor }

        /// When what it means changes by itself.
        var turns: [Timestamp] { [time - FleetBook.freshFor, time + FleetBook.freshFor, time + FleetBook.keptFor] }
    }

    var reports: [SeriesID: Report] = [:]

    /// How the instance is at `now`: the worst of what counts; nil when it is forgotten.
    func standing(at now: Timestamp) -> FleetStanding? {
        guard isKept(at: now) else { return nil }
        var isHealthy = false
        var isUnknown = false
        for report in reports.values where report.isFresh(at: now) {
            switch report.standing {
            case .unhealthy: return .unhealthy
            case .unknown: isUnknown = true
            case .healthy: isHealthy = true
            case nil: break
            }
        }
        return isHealthy && !isUnknown ? .healthy : .unknown
    }

    /// When it was last said not to be well, by what counts at `now`; when it was last heard of, where nothing says so.
    func newestTrouble(at now: Timestamp) -> Timestamp? {
        let troubles = reports.values.filter { report in
            report.isFresh(at: now) && [.unhealthy, .unknown].contains(report.standing)
        }
        return (troubles.isEmpty ? Array(reports.values) : troubles).map(\.time).max()
    }

    /// Whether it was heard of lately enough to be remembered.
    func isKept(at now: Timestamp) -> Bool { reports.values.contains { now < $0.time + FleetBook.keptFor } }

    /// The moments around `now` between which its standing doesn't change by itself.
    func span(around now: Timestamp) -> Range<Timestamp> {
        var (start, end) = (Timestamp(milliseconds: .min), Timestamp(milliseconds: .max))
        for turn in reports.values.flatMap(\.turns) {
            if turn <= now { start = max(start, turn) } else { end = min(end, turn) }
        }
        return start..<end
    }
}
