/// What a wish for a run would come to, for people and programs.
package struct PlanForesight: Hashable, Sendable, Codable {
    /// The plan's hash, by which it is approved and run.
    package var hash: String
    /// The plan, secrets masked.
    package var plan: Plan
    /// Why it could not begin at the moment, by the guard's own words; nil when nothing is known to be in the way.
    package var blocked: String?

    /// Describes `plan`.
    package init(_ plan: Plan, isBlockedBecause blocked: String? = nil) {
        hash = plan.hash
        self.plan = plan.masked
        self.blocked = blocked
    }
}
