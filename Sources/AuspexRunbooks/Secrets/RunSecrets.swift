/// The secrets of a whole run. What one step is given, another one may print: it may have been written into a file that the
/// other shows.
package struct RunSecrets: Hashable, Sendable {
    /// The names of those that the run's plan names.
    package var planned: [String]
    /// The names of those that steps which may have happened were given.
    package var given: [String]

    /// Names the secrets of a run.
    package init(planned: [String], given: [String]) {
        self.planned = planned
        self.given = given
    }

    /// The secrets of `record`; nil when its plan names none.
    package init?(of record: RunRecord) {
        guard let planned = record.plan.secretNames, !planned.isEmpty else { return nil }
        let tree = PlanTree(record.plan)
        let paths = Set(record.steps.filter(\.mayHaveHappened).map(\.path))
        let given = paths.compactMap { tree.operation(at: $0)?.secrets }.joined()
        self.init(planned: planned, given: Set(given).sorted())
    }
}
