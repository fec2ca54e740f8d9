import AuspexRunbooks
import AuspexSignals
import AuspexStore

/// A run and everything that is stored of it until it is over, made by the machine that drives real ones.
struct Course: Sendable {
    /// What the first entry of the audit says.
    static let created = RunAudit(kind: "run.created", detail: .object(["by": .string("benchmark")]))
    /// What a step prints: a few lines.
    private static let output = String(repeating: "worker 17 was drained and restarted in 1.2 s\n", count: 6)

    let record: RunRecord
    let commits: [RunCommit]

    /// Runs of `steps` steps with at least `count` changes together, in `runsAtOnce` rows that are written at once.
    static func make(steps: Int, atLeast count: Int, runsAtOnce: Int) async throws -> [[Course]] {
        var rows = [[Course]](repeating: [], count: runsAtOnce)
        var made = 0
        var number = 0
        while made < count || number % runsAtOnce != 0 {
            let course = try Course(id: "run-\(number)", steps: steps)
            rows[number % runsAtOnce].append(course)
            made += course.commits.count
            number += 1
        }
        return rows
    }

    private init(id: String, steps: Int) throws {
        let plan = Plan(
            runbook: "restart-service", version: 3, title: "Restart a service", owner: "payments", parameters: [:],
            sensitive: [], locks: ["service/\(id)"], deadline: .minutes(30),
            steps: (0..<steps).map { number in
                Plan.Step(
                    id: "restart-\(number)",
                    action: .operation(.run(Command(argv: ["/usr/bin/systemctl", "restart", "worker@\(number)"]))),
                    effect: .idempotent)
            },
            verification: Verification(clearAlerts: [.init(rule: "down")], soak: .zero, within: .minutes(5)),
            onFailure: [], always: [])
        record = RunRecord(
            id: id, plan: plan, triggerKey: "trigger/\(id)", mode: .auto, requestedBy: "rule/down",
            createdAt: Timestamp(milliseconds: 0))
        commits = try Self.commits(of: record)
    }

    private static func commits(of record: RunRecord) throws -> [RunCommit] {
        var state = try RunState(record)
        var commits: [RunCommit] = []
        var time: Int64 = 0
        func now() -> Moment {
            Moment(
                wall: Timestamp(milliseconds: time), sinceBoot: time * 1_000, monotonic: time * 1_000, bootID: "boot")
        }
        var queue = state.handle(.begin, now: now())
        while !queue.isEmpty {
            time += 1
            switch queue.removeFirst() {
            case .commit(let commit):
                commits.append(commit)
                queue += state.handle(.committed(revision: commit.record.revision), now: now())
            case .acquireLocks: queue += state.handle(.locks(.acquired), now: now())
            case .start(let order):
                let result = OperationResult(outcome: .succeeded, status: 0, output: CapturedText(head: output))
                queue += state.handle(.operationEnded(order.id, result), now: now())
            case .observe(let verification, let path):
                let clear = Observation.AlertReading(state: .clear, evaluatedAt: now().wall)
                let seen = Observation(alerts: verification.clearAlerts.map { _ in clear })
                queue += state.handle(.observed(seen, problem: nil, path: path), now: now())
            default: break
            }
        }
        return commits
    }

    /// Writes all rows at once, each run of a row after the one before it, each change after the one before it.
    static func write(
        _ rows: [[Course]], to journal: SQLiteRunJournal
    ) async throws -> (perSecond: Double, lastQuarterToFirst: Double) {
        let clock = ContinuousClock()
        let start = clock.now
        let quarters = try await withThrowingTaskGroup(of: [Duration].self) { group in
            for row in rows {
                group.addTask {
                    var quarters = [Duration](repeating: .zero, count: 4)
                    for course in row {
                        for (number, commit) in course.commits.enumerated() {
                            let start = clock.now
                            try await journal.commit(commit)
                            quarters[number * 4 / course.commits.count] += clock.now - start
                        }
                    }
                    return quarters
                }
            }
            return try await group.reduce(into: [Duration](repeating: .zero, count: 4)) { sum, quarters in
                for index in sum.indices { sum[index] += quarters[index] }
            }
        }
        let count = rows.joined().map(\.commits.count).reduce(0, +)
        return (Double(count) / ((clock.now - start) / .seconds(1)), quarters[3] / quarters[0])
    }
}
