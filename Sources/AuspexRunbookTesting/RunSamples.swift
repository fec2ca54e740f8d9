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

    /// The commits by which a run of these operations is begun, succeeds with every operation and is verified, to be
    /// stored in order.
    ///
    /// - Parameter output: What an operation prints.
    /// - Throws: What ``RunState`` throws for the record.
    package static func commits(of record: RunRecord, output: (OperationID) -> String) throws -> [RunCommit] {
        var state = try RunState(record)
        var commits: [RunCommit] = []
        var time: Int64 = 0
        var queue = state.handle(.begin, now: moment(time))
        while !queue.isEmpty {
            time += 1
            let now = moment(time)
            switch queue.removeFirst() {
            case .commit(let commit):
                commits.append(commit)
                queue += state.handle(.committed(revision: commit.record.revision), now: now)
            case .acquireLocks: queue += state.handle(.locks(.acquired), now: now)
            case .start(let order):
                let result = OperationResult(
                    outcome: .succeeded, status: 0, output: CapturedText(head: output(order.id)))
                queue += state.handle(.operationEnded(order.id, result), now: now)
            case .observe(let verification, let path):
                let clear = Observation.AlertReading(state: .clear, evaluatedAt: now.wall)
                let seen = Observation(alerts: verification.clearAlerts.map { _ in clear })
                queue += state.handle(.observed(seen, problem: nil, path: path), now: now)
            default: break
            }
        }
        return commits
    }
}

extension RunSamples {
    /// The run as it is after its steps and its verification, ended at `time`.
    ///
    /// - Parameter failed: Whether its operations fail; else all goes well.
    package static func ended(_ record: RunRecord, at time: Timestamp, failed: Bool) throws -> RunRecord {
        var state = try RunState(record)
        let now = moment(time.milliseconds)
        var queue = state.handle(.begin, now: now)
        while !queue.isEmpty {
            switch queue.removeFirst() {
            case .commit(let commit): queue += state.handle(.committed(revision: commit.record.revision), now: now)
            case .acquireLocks: queue += state.handle(.locks(.acquired), now: now)
            case .tell:
                let hash = state.record.planHash
                queue += state.handle(.approve(by: "ann", planHash: hash), now: now)
            case .start(let order):
                let result = OperationResult(outcome: failed ? .failed : .succeeded, reason: failed ? "no" : "")
                queue += state.handle(.operationEnded(order.id, result), now: now)
            case .observe(let verification, let path):
                let clear = Observation.AlertReading(state: .clear, evaluatedAt: time)
                let observation = Observation(alerts: verification.clearAlerts.map { _ in clear })
                queue += state.handle(.observed(observation, problem: nil, path: path), now: now)
            default: break
            }
        }
        return state.record
    }
}
