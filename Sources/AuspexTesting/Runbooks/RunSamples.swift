package import AuspexRunbooks
package import AuspexSignals

/// Small runs for tests.
package enum RunSamples {
    /// The moment `milliseconds` after the start of a test, by all clocks.
    package static func moment(_ milliseconds: Int64, boot: String = "boot-1") -> Moment {
        Moment(
            wall: Timestamp(milliseconds: milliseconds), sinceBoot: milliseconds * 1_000,
            monotonic: milliseconds * 1_000, bootID: boot)
    }

    /// A plan of these steps, verified by an alert that must be clear at once.
    package static func plan(
        steps: [Plan.Step] = [step("act")], verification: Verification? = nil, onFailure: [Plan.Step] = [],
        always: [Plan.Step] = [], locks: [String] = ["service/api"], deadline: TimeSpan = Plan.defaultDeadline
    ) -> Plan {
        let calm = Verification(
            clearAlerts: [Verification.AlertSelector(rule: "down")], soak: .zero, within: .minutes(5))
        return Plan(
            runbook: "sample", version: 1, title: "A sample", owner: "tests", parameters: [:], sensitive: [],
            locks: locks, deadline: deadline, steps: steps, verification: verification ?? calm, onFailure: onFailure,
            always: always)
    }

    /// A step that starts a program.
    package static func step(
        _ id: String, effect: Effect = .idempotent, probe: Plan.Probe? = nil, continuesOnError: Bool = false
    ) -> Plan.Step {
        Plan.Step(
            id: id, action: .operation(.run(Command(argv: ["/usr/bin/act", id]))), effect: effect, probe: probe,
            continuesOnError: continuesOnError)
    }

    /// A new run.
    package static func record(
        id: String, plan: Plan = plan(), triggerKey: String? = nil, mode: RunMode = .auto,
        createdAt: Timestamp = Timestamp(milliseconds: 0)
    ) -> RunRecord {
        RunRecord(
            id: id, plan: plan, triggerKey: triggerKey ?? "trigger/\(id)", mode: mode, requestedBy: "rule/down",
            createdAt: createdAt)
    }

    /// The run, and the commits by which it is begun and then cancelled, to be stored in order.
    package static func cancelled(_ record: RunRecord) -> (run: RunRecord, commits: [RunCommit]) {
        guard var state = try? RunState(record) else { return (record, []) }
        var commits: [RunCommit] = []
        var queue =
            state.handle(.begin, now: moment(0)) + state.handle(.cancel(by: "test", reason: "test"), now: moment(0))
        while !queue.isEmpty {
            switch queue.removeFirst() {
            case .commit(let commit):
                commits.append(commit)
                queue += state.handle(.committed(revision: commit.record.revision), now: moment(0))
            case .acquireLocks: queue += state.handle(.locks(.acquired), now: moment(0))
            default: break
            }
        }
        return (record, commits)
    }
}
