package import AuspexSignals

extension RunGuards {
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

    /// What the journal knows that the guards look at. All of it outlives a restart.
    package struct Facts: Sendable {
        /// Why all runs are paused; nil when they are not.
        package var pausedBecause: String?
        /// The runs that are open.
        package var open: [RunRecord]
        /// The runs that were made within ``RunGuards/horizon(_:own:)``, open or over, and those of which something became
        /// while a fleet of the plan settles, whenever they were made; without shadow runs.
        package var recent: [RunRecord]
        /// The ids of runs that may begin at any moment, though their records do not say yet that they are at work.
        package var letGo: Set<String>
        /// The targets in fleets that runs were let begin with, by the runs' ids, though their records may not say so yet.
        package var passedTargets: [String: Set<FleetTarget>]
        /// The runs that who asks has asked for within ``RunGuards/recurrenceWindow``, without shadow runs.
        package var ofAsker: [RunRecord]
        /// The runbook's breaker, when it is open.
        package var breaker: Breaker?

        /// Gathers facts.
        package init(
            pausedBecause: String? = nil, open: [RunRecord], recent: [RunRecord], letGo: Set<String> = [],
            passedTargets: [String: Set<FleetTarget>] = [:], ofAsker: [RunRecord] = [], breaker: Breaker? = nil
        ) {
            self.pausedBecause = pausedBecause
            self.open = open
            self.recent = recent
            self.letGo = letGo
            self.passedTargets = passedTargets
            self.ofAsker = ofAsker
            self.breaker = breaker
        }
    }
}
