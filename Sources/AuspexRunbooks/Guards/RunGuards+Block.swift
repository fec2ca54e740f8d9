package import AuspexSignals

extension RunGuards {
    /// Why a run may not act. The text is for people, the ``code`` for programs.
    package enum Block: Error, Hashable, Sendable {
        /// A guard does not know what it would have to know.
        case cannotTell(guard: String, why: String)
        /// All runs are paused.
        case paused(String)
        /// The run has no target.
        case noTarget(lock: String)
        /// Nothing that a rule asks for is done to this.
        case protected(String)
        /// Nothing is done to the engine's own host and database without a person.
        case ownHost(String)
        /// The event is too old.
        case stale(age: TimeSpan, most: TimeSpan)
        /// The alert is over.
        case alertOver
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
        /// Too many runs of the runbook at work.
        case tooManyOfRunbookAtOnce(Int, runbook: String)
        /// Too many runs of the runbook within the hour.
        case tooManyOfRunbookPerHour(Int, runbook: String)
        /// The same remedy for the same rule did not last.
        case recurring(lock: String, times: Int, within: TimeSpan)
        /// The alert comes and goes.
        case flapping(times: Int, within: TimeSpan)
        /// A run works on a service that depends on this one, or the other way round.
        case dependencyBusy(GuardWorld.Relation)
        /// Nobody knows how many instances there are.
        case fleetUnknown(String)
        /// Too few instances are healthy, or would be.
        case fleetUnhealthy(String, healthy: Int, total: Int, least: Double)
        /// Too many instances are worked on.
        case fleetBusy(String, most: Int)
        /// The fleet has not settled since the last run.
        case fleetSettling(String, until: Timestamp)
        /// The runbook's breaker is open.
        case breakerOpen(Breaker)
        /// There is a storm of alerts.
        case storm
        /// A freeze or a maintenance is on.
        case frozen([String])
    }
}

extension RunGuards.Block {
    /// A short name that stays the same, for programs, the audit and metrics.
    package var code: String {
        switch self {
        case .cannotTell: "cannot_tell"
        case .paused: "paused"
        case .noTarget: "no_target"
        case .protected: "protected"
        case .ownHost: "own_host"
        case .stale: "stale"
        case .alertOver: "alert_over"
        case .tooManyAtOnce: "too_many_at_once"
        case .targetBusy: "target_busy"
        case .coolingDown: "cooling_down"
        case .tooManyPerHour: "too_many_per_hour"
        case .tooManyOwnAtOnce: "rule_at_once"
        case .tooManyOwnPerHour: "rule_per_hour"
        case .tooManyOfRunbookAtOnce: "runbook_at_once"
        case .tooManyOfRunbookPerHour: "runbook_per_hour"
        case .recurring: "recurring"
        case .flapping: "flapping"
        case .dependencyBusy: "dependency_busy"
        case .fleetUnknown: "fleet_unknown"
        case .fleetUnhealthy: "fleet_unhealthy"
        case .fleetBusy: "fleet_busy"
        case .fleetSettling: "fleet_settling"
        case .breakerOpen: "breaker_open"
        case .storm: "storm"
        case .frozen: "frozen"
        }
    }
}
