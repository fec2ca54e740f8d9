extension RiskModel {
    /// Follows the base rate with the outcomes of newer changes; the parts stay as they were trained.
    ///
    /// Changes that are not newer than all whose outcome was seen before are passed over, so that nothing counts twice.
    /// Give it a change only when its outcome can be known: one that will turn out harmful later counts as harmless.
    ///
    /// - Parameter changes: The changes of the same service, in whatever order.
    /// - Returns: How many were learned.
    package mutating func learn(_ changes: [LabelledChange]) -> Int {
        let newer = RiskTrainer.inTimeOrder(changes).filter { $0.time > learnedTo }
        var window = RankWindow(lastChanges)
        for change in newer {
            tracker.learn(logit: logit(change.measures, among: window), isHarmful: change.isHarmful)
            window.add(change.measures)
        }
        lastChanges = window.changes
        learnedTo = newer.last?.time ?? learnedTo
        return newer.count
    }
}
