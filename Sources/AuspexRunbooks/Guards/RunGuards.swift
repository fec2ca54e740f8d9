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

    /// What holds besides for the runs that one rule asks for. It can make less possible, never more.
    package struct OwnLimits: Hashable, Sendable {
        /// Who asks, as ``RunRecord/requestedBy`` has it.
        package var requestedBy: String
        /// Most of its runs at work at once; nil for no such limit.
        package var mostAtOnce: Int?
        /// Most of its runs started in any hour; nil for no such limit.
        package var mostPerHour: Int?
        /// How long it leaves a target alone after any run on it; nil for as long as all do.
        package var coolDown: TimeSpan?

        /// Creates limits.
        package init(
            requestedBy: String, mostAtOnce: Int? = nil, mostPerHour: Int? = nil, coolDown: TimeSpan? = nil
        ) {
            self.requestedBy = requestedBy
            self.mostAtOnce = mostAtOnce
            self.mostPerHour = mostPerHour
            self.coolDown = coolDown
        }
    }

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
        /// Too many runs at work that the same rule asked for.
        case tooManyOwnAtOnce(Int, requestedBy: String)
        /// Too many runs within the hour that the same rule asked for.
        case tooManyOwnPerHour(Int, requestedBy: String)

        package var description: String {
            switch self {
            case .cannotTell(let why): "blocked, because what runs cannot be looked up: \(why)"
            case .paused(let why): "blocked, because all runs are paused: \(why)"
            case .tooManyAtOnce(let most): "blocked, because \(most) runs are at work, the most allowed at once"
            case .targetBusy(let lock, let run): "blocked, because run \(run) works on \(lock)"
            case .coolingDown(let lock, let run, let end):
                "blocked until \(end), because run \(run) worked on \(lock) not long ago"
            case .tooManyPerHour(let most): "blocked, because \(most) runs were made within the hour, the most allowed"
            case .tooManyOwnAtOnce(let most, let asker):
                "blocked, because \(most) runs are at work that \(asker) asked for, the most that its limits allow"
            case .tooManyOwnPerHour(let most, let asker):
                "blocked, because \(most) runs were made within the hour that \(asker) asked for, the most that its "
                    + "limits allow"
            }
        }
    }

    /// How far back ``Facts/recent`` must reach.
    package func horizon(own: OwnLimits? = nil) -> TimeSpan { max(coolDown, own?.coolDown ?? .zero, Self.hour) }
    private static let hour = TimeSpan.hours(1)

    /// Why a run may not start; nil when it may.
    ///
    /// - Parameters:
    ///   - plan: What it would do.
    ///   - mode: A person's run needs no cool-down and no place in the hour; a shadow run is always allowed.
    ///   - facts: What runs and ran; nil when that cannot be looked up.
    ///   - now: The present.
    ///   - own: What holds besides for who asks for it; nil for nothing.
    ///   - excluding: The run itself, when it is already stored.
    package func block(
        _ plan: Plan, mode: RunMode, facts: Facts?, now: Timestamp, own: OwnLimits? = nil, excluding id: String? = nil
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
        if let own, let most = own.mostAtOnce {
            let ownAtWork = open.count {
                $0.requestedBy == own.requestedBy && ($0.isActive || facts.letGo.contains($0.id))
            }
            if ownAtWork >= most { return .tooManyOwnAtOnce(most, requestedBy: own.requestedBy) }
        }
        let coolDown = max(self.coolDown, own?.coolDown ?? .zero)
        let recent = facts.recent.filter { $0.id != id && $0.mode != .shadow }
        for run in recent where now - run.createdAt < coolDown {
            if let lock = run.plan.locks.first(where: locks.contains) {
                return .coolingDown(lock: lock, run: run.id, until: run.createdAt + coolDown)
            }
        }
        let lastHour = recent.filter { now - $0.createdAt < Self.hour }
        if lastHour.count >= mostPerHour { return .tooManyPerHour(mostPerHour) }
        guard let own, let most = own.mostPerHour else { return nil }
        let isFull = lastHour.count { $0.requestedBy == own.requestedBy } >= most
        return isFull ? .tooManyOwnPerHour(most, requestedBy: own.requestedBy) : nil
    }
}
