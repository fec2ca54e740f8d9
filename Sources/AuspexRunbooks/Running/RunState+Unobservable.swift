import AuspexSignals

/// What happens when there are no detectors that a verification could ask.
extension RunState {
    /// Asks a person whether a verification holds, because nobody else will ever say. Missing data is not recovery, and
    /// neither is a missing engine.
    mutating func unobservable(_ problem: String, _ path: String, _ now: Moment) -> [RunAction] {
        guard phases[lane(of: path)] == .observing(path: path),
            let index = record.steps.lastIndex(where: { $0.path == path })
        else { return [] }
        guard !isClosed(path, now) else { return settleStopped(path: path, now) }
        record.steps[index].state = .unknown
        return ask("\(problem); does what step \(path) asks for hold?", about: path, now)
    }
}
