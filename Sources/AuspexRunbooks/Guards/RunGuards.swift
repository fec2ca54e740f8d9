package import AuspexSignals

/// The limits within which runs may start (the safety defaults 2, 3 and 10). A guard that cannot tell says no.
package struct RunGuards: Hashable, Sendable, Codable {
    /// Most runs at work at once.
    package var mostAtOnce = 3
    /// Most runs started in any hour.
    package var mostPerHour = 10
    /// How long a target is left alone after a run on it was made, unless a person asks.
    package var coolDown = TimeSpan.minutes(30)

    /// The limits' defaults.
    package init() {}

    /// What the guards look at.
    package struct Facts: Sendable {
        /// Why all runs are paused; nil when they are not.
        package var pausedBecause: String?
        /// The runs that are open.
        package var open: [RunRecord]
        /// The runs made within the last hour or the cool-down, whichever is longer, open or over.
        package var recent: [RunRecord]
        /// The ids of runs that may begin at any moment, though their records do not say yet that they are at work.
        package var letGo: Set<String>

        /// Gathers facts.
        package init(
            pausedBecause: String? = nil, open: [RunRecord], recent: [RunRecord], letGo: Set<String> = []
        ) {
            self.pausedBecause = pausedBecause
            self.open = open
            self.recent = recent
            self.letGo = letGo
        }
    }

    /// Why a run may not start.
    package enum Block: Error, Hashable, Sendable, CustomStringConvertible {
        /// Nobody knows what runs.
        case cannotTell(String)
        /// All runs are paused.
        case paused(String)
        /// Too many runs are at work.
        case tooManyAtOnce(Int)
        /// Another run works on the same target.
        case targetBusy(lock: String, run: String)
        /// A run was on the same target not long ago.
        case coolingDown(lock: String, run: String, until: Timestamp)
        /// Too many runs within the hour.
        case tooManyPerHour(Int)

        package var description: String {
            switch self {
            case .cannotTell(let why): "blocked, because what runs cannot be looked up: \(why)"
            case .paused(let why): "blocked, because all runs are paused: \(why)"
            case .tooManyAtOnce(let most): "blocked, because \(most) runs are at work, the most allowed at once"
            case .targetBusy(let lock, let run): "blocked, because run \(run) works on \(lock)"
            case .coolingDown(let lock, let run, let end):
                "blocked until \(end), because run \(run) worked on \(lock) not long ago"
            case .tooManyPerHour(let most): "blocked, because \(most) runs were made within the hour, the most allowed"
            }
        }
    }

    /// How far back ``Facts/recent`` must reach.
    package var horizon: TimeSpan { max(coolDown, Self.hour) }
    private static let hour = TimeSpan.hours(1)

    /// Why a run may not start; nil when it may.
    ///
    /// - Parameters:
    ///   - plan: What it would do.
    ///   - mode: A person's run needs no cool-down and no place in the hour; a shadow run is always allowed.
    ///   - facts: What runs and ran; nil when that cannot be looked up.
    ///   - now: The present.
    ///   - excluding: The run itself, when it is already stored.
    package func block(
        _ plan: Plan, mode: RunMode, facts: Facts?, now: Timestamp, excluding id: String? = nil
    ) -> Block? {
        guard mode != .shadow else { return nil }
        guard let facts else { return .cannotTell("the journal does not answer") }
        if let why = facts.pausedBecause { return .paused(why) }
        let open = facts.open.filter { $0.id != id }
        let locks = Set(plan.locks)
        for run in open where run.isOpen {
            if let lock = run.plan.locks.first(where: locks.contains) { return .targetBusy(lock: lock, run: run.id) }
        }
        let atWork = open.count { $0.isActive || facts.letGo.contains($0.id) }
        if atWork >= mostAtOnce { return .tooManyAtOnce(mostAtOnce) }
        guard mode != .manual else { return nil }
        let recent = facts.recent.filter { $0.id != id && $0.mode != .shadow }
        for run in recent where now - run.createdAt < coolDown {
            if let lock = run.plan.locks.first(where: locks.contains) {
                return .coolingDown(lock: lock, run: run.id, until: run.createdAt + coolDown)
            }
        }
        let lastHour = recent.count { now - $0.createdAt < Self.hour }
        return lastHour >= mostPerHour ? .tooManyPerHour(mostPerHour) : nil
    }
}
