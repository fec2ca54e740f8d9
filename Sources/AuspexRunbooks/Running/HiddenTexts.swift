/// What must not stay in what an operation puts aside, because the run that it belongs to knows it and its other steps may
/// have shown it to programs that print it.
package struct HiddenTexts: Hashable, Sendable {
    /// The names of secrets whose values are hidden.
    package var secretNames: [String]
    /// Values that are hidden.
    package var values: [String]

    /// Names what is hidden.
    package init(secretNames: [String] = [], values: [String] = []) {
        self.secretNames = secretNames
        self.values = values
    }

    /// What of `plan` is hidden from `operation`; nil for one that puts nothing aside.
    init?(of operation: Operation, in plan: Plan) {
        guard case .collect = operation else { return nil }
        self.init(secretNames: plan.secretNames ?? [], values: plan.secrets)
    }
}
