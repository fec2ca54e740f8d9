import AuspexSignals

/// The latest report of each change of late, by service.
struct ChangeLog: Sendable {
    /// A change as it is kept. A class because the log is copied whenever something comes out of order, and a change
    /// has a dozen texts that would each be counted anew.
    private final class Kept: Sendable {
        let change: Change

        init(_ change: Change) {
            self.change = change
        }
    }

    private var byService: [String: [String: Kept]] = [:]
    private var services: [String: String] = [:]

    /// How many changes there are.
    var count: Int { services.count }

    /// All changes in order of their identifiers.
    var all: [Change] { unordered.sorted { $0.id < $1.id } }

    private var unordered: [Change] { byService.values.flatMap { $0.values.map(\.change) } }

    /// Whether there is a report of the change with this identifier.
    func contains(_ id: String) -> Bool { services[id] != nil }

    /// The service under which a change is kept.
    func service(of change: Change) -> String { services[change.id] ?? change.service }

    /// The changes of a service, in order of their identifiers.
    func changes(of service: String) -> [Change] {
        (byService[service] ?? [:]).values.map(\.change).sorted { $0.id < $1.id }
    }

    /// Whether a report says something new.
    func isNews(_ change: Change) -> Bool {
        guard let known = services[change.id].flatMap({ byService[$0]?[change.id]?.change }) else { return true }
        return Self.says(change, moreThan: known)
    }

    /// Takes in a report; false if it says nothing new.
    mutating func record(_ change: Change, service: String) -> Bool {
        guard isNews(change) else { return false }
        remove(change.id)
        services[change.id] = service
        byService[service, default: [:]][change.id] = Kept(change)
        return true
    }

    /// Forgets changes that ended, or began if they have no end, before `moment`.
    mutating func forget(before moment: Timestamp) {
        for change in unordered where (change.endedAt ?? change.startedAt) < moment { remove(change.id) }
    }

    /// Forgets the oldest until there are at most `count`; returns how many went.
    mutating func trim(to count: Int) -> Int {
        guard services.count > count else { return 0 }
        let oldest = unordered.sorted {
            ($0.endedAt ?? $0.startedAt, $0.id) < ($1.endedAt ?? $1.startedAt, $1.id)
        }.prefix(services.count - count)
        for change in oldest { remove(change.id) }
        return oldest.count
    }

    private mutating func remove(_ id: String) {
        guard let service = services.removeValue(forKey: id) else { return }
        byService[service]?[id] = nil
        if byService[service]?.isEmpty ?? false { byService[service] = nil }
    }

    /// Whether a report of a change supersedes another of the same: it knows of a later end, or of an outcome that
    /// comes later in the life of a change. Total, so that the order in which reports come decides nothing.
    static func says(_ change: Change, moreThan other: Change) -> Bool {
        func rank(_ outcome: Change.Outcome) -> Int {
            switch outcome {
            case .pending: 0
            case .success: 1
            case .failure: 2
            case .rolledBack: 3
            }
        }
        let (end, otherEnd) = (change.endedAt?.milliseconds ?? .min, other.endedAt?.milliseconds ?? .min)
        if end != otherEnd { return end > otherEnd }
        if change.outcome != other.outcome { return rank(change.outcome) > rank(other.outcome) }
        func texts(_ change: Change) -> [String] {
            [
                change.service, change.environment, change.version, change.previousVersion, change.author, change.title,
                change.source, change.kind.rawValue, "\(change.startedAt.milliseconds)",
            ]
        }
        return texts(other).lexicographicallyPrecedes(texts(change))
    }
}
