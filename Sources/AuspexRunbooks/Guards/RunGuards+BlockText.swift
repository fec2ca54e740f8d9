import AuspexSignals

extension RunGuards.Block: CustomStringConvertible {
    package var description: String {
        switch self {
        case .cannotTell(let name, let why): "blocked, because the guard '\(name)' cannot tell: \(why)"
        case .paused(let why): "blocked, because all runs are paused: \(why)"
        case .noTarget(let lock): "blocked, because it has no target: its lock is '\(lock)'; never is all meant by that"
        case .protected(let name): "blocked, because '\(name)' is protected (actions.protected): no rule may touch it"
        case .ownHost(let name): "blocked, because '\(name)' is where this engine runs: nothing touches that by itself"
        case .stale(let age, let most): "blocked, because what it is for is \(age) old; at most \(most) count"
        case .alertOver: "blocked, because the alert that it is for does not fire any more"
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
        case .tooManyOfRunbookAtOnce(let most, let runbook):
            "blocked, because \(most) runs of \(runbook) are at work, the most that its limits allow"
        case .tooManyOfRunbookPerHour(let most, let runbook):
            "blocked, because \(most) runs of \(runbook) were made within the hour, the most that its limits allow"
        case .recurring(let lock, let times, let span):
            "blocked, because \(lock) was remedied \(times) times within \(span) for the same rule: that needs a person"
        case .flapping(let times, let span):
            "blocked, because the alert flaps: it fired \(times) times within \(span); make its rule wait longer"
        case .dependencyBusy(let relation):
            "blocked, because run \(relation.run) works on \(relation.other), and one of that and \(relation.service) "
                + "depends on the other"
        case .fleetUnknown(let fleet): "blocked, because it is not known how the instances of \(fleet) are"
        case .fleetUnhealthy(let fleet, let healthy, let total, let least):
            "blocked, because \(healthy) of \(total) instances of \(fleet) are known to be healthy, and \(percent(least)) "
                + "have to be left"
        case .fleetBusy(let fleet, let most):
            "blocked, because \(most) of \(fleet) \(most == 1 ? "is" : "are") worked on, the most allowed at once"
        case .fleetSettling(let fleet, let end): "blocked until \(end), because \(fleet) has to settle after a run"
        case .breakerOpen(let breaker):
            "not by itself, because the breaker of \(breaker.runbook) is open: \(breaker.reason); `auspex runbook reset "
                + "\(breaker.runbook)` closes it"
        case .storm: "not by itself, because there is a storm of alerts"
        case .frozen(let windows): "not by itself, because of the window \(windows.joined(separator: ", "))"
        }
    }

    private func percent(_ share: Double) -> String { "\(Int((share * 100).rounded())) %" }
}
