package import AuspexRunbooks
import AuspexSignals

/// The rules that every ``RunJournal`` keeps, as checks that its implementer runs.
///
/// ```swift
/// let problems = try await RunJournalConformance.problems { InMemoryRunJournal() }
/// #expect(problems.isEmpty)
/// ```
package enum RunJournalConformance {
    /// What a journal does wrong; empty when it keeps all rules.
    ///
    /// - Parameter make: Makes an empty journal; called once a rule.
    /// - Throws: What the journal throws where it must not.
    package static func problems(_ make: () async throws -> any RunJournal) async throws -> [String] {
        var problems: [String] = []
        for rule in rules {
            var check = Check(journal: try await make(), rule: rule.name)
            try await rule.body(&check)
            problems += check.problems
        }
        return problems
    }

    fileprivate struct Rule: Sendable {
        var name: String
        var body: @Sendable (inout Check) async throws -> Void
    }

    fileprivate struct Check {
        let journal: any RunJournal
        let rule: String
        var problems: [String] = []

        mutating func expect(_ holds: Bool, _ what: String) {
            if !holds { problems.append("\(rule): \(what)") }
        }
    }

    private static let rules: [Rule] =
        [
            Rule(name: "a stored run comes back as it was") { check in
                let run = RunSamples.record(id: "r1")
                check.expect(
                    try await check.journal.insert(run, audit: created) == .inserted, "insert must answer inserted")
                check.expect(try await check.journal.run("r1") == run, "the record that comes back differs")
                check.expect(try await check.journal.run("r2") == nil, "an unknown id must have no run")
            },
            Rule(name: "a trigger that comes twice starts one run") { check in
                let first = RunSamples.record(id: "r1", triggerKey: "t")
                _ = try await check.journal.insert(first, audit: created)
                let second = RunSamples.record(id: "r2", triggerKey: "t")
                let answer = try await check.journal.insert(second, audit: created)
                check.expect(answer == .duplicate(of: first), "the first run must be the answer, not \(answer)")
                check.expect(try await check.journal.run("r2") == nil, "the second run must not be stored")
            },
            Rule(name: "a trigger that comes a hundred times at once starts one run") { check in
                let journal = check.journal
                let inserted = try await withThrowingTaskGroup(of: Bool.self) { group in
                    for number in 0..<100 {
                        group.addTask {
                            let run = RunSamples.record(id: "r\(number)", triggerKey: "t")
                            return try await journal.insert(run, audit: created) == .inserted
                        }
                    }
                    return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
                }
                check.expect(inserted == 1, "\(inserted) runs were inserted")
                check.expect(try await journal.openRuns().count == 1, "one run must be open")
            },
            Rule(name: "a trigger key stays used when its run is over") { check in
                let (run, commits) = RunSamples.cancelled(RunSamples.record(id: "r1", triggerKey: "t"))
                _ = try await check.journal.insert(run, audit: created)
                for commit in commits { try await check.journal.commit(commit) }
                let answer = try await check.journal.insert(
                    RunSamples.record(id: "r2", triggerKey: "t"), audit: created)
                check.expect(answer != .inserted, "the trigger key of a run that is over must not start another")
            },
            Rule(name: "an id is given once") { check in
                _ = try await check.journal.insert(RunSamples.record(id: "r1", triggerKey: "a"), audit: created)
                await check.expectThrows("inserting the same id again") { journal in
                    _ = try await journal.insert(RunSamples.record(id: "r1", triggerKey: "b"), audit: created)
                }
            },
            Rule(name: "revisions follow one another") { check in
                let (run, commits) = RunSamples.cancelled(RunSamples.record(id: "r1"))
                _ = try await check.journal.insert(run, audit: created)
                guard let first = commits.first, let second = commits.dropFirst().first else { return }
                await check.expectThrows("a revision that was left out") { try await $0.commit(second) }
                check.expect(try await check.journal.run("r1") == run, "a refused commit must change nothing")
                try await check.journal.commit(first)
                check.expect(try await check.journal.run("r1") == first.record, "a commit must replace the record")
                await check.expectThrows("a revision that came before") { try await $0.commit(first) }
            },
            Rule(name: "a change needs its run") { check in
                let (_, commits) = RunSamples.cancelled(RunSamples.record(id: "r1"))
                guard let first = commits.first else { return }
                await check.expectThrows("committing an unknown run") { try await $0.commit(first) }
            },
            Rule(name: "open runs are those that are not over, oldest first") { check in
                let times = [3, 1, 2].map { Timestamp(milliseconds: $0) }
                for (number, time) in times.enumerated() {
                    let run = RunSamples.record(id: "r\(number)", createdAt: time)
                    _ = try await check.journal.insert(run, audit: created)
                }
                let shadow = RunSamples.record(id: "shadow", mode: .shadow)
                _ = try await check.journal.insert(shadow, audit: created)
                for commit in RunSamples.cancelled(RunSamples.record(id: "r2", createdAt: times[2])).commits {
                    try await check.journal.commit(commit)
                }
                let open = try await check.journal.openRuns().map(\.id)
                check.expect(open == ["r1", "r0"], "open runs are \(open), not r1 and r0")
            },
            Rule(name: "runs are found by who asked for them and by their runbook, without shadow runs") { check in
                for number in 1...4 {
                    let run = RunSamples.record(
                        id: "r\(number)", mode: number == 4 ? .shadow : .auto,
                        createdAt: Timestamp(milliseconds: Int64(number)))
                    _ = try await check.journal.insert(run, audit: created)
                }
                let journal = check.journal
                func found(_ runbook: String?, _ asker: String?, since: Int64 = 0, limit: Int = 9) async throws
                    -> [String]
                {
                    try await journal.runs(
                        matching: RunFilter(
                            runbook: runbook, requestedBy: asker, since: Timestamp(milliseconds: since), limit: limit)
                    ).map(\.id)
                }
                check.expect(try await found(nil, nil) == ["r3", "r2", "r1"], "without names all must be found")
                check.expect(try await found("sample", "rule/down", since: 2) == ["r3", "r2"], "since must count")
                check.expect(try await found("sample", nil, limit: 1) == ["r3"], "the limit must count")
                check.expect(try await found("other", nil).isEmpty, "another runbook has no runs")
                check.expect(try await found("sample", "ann").isEmpty, "somebody else has no runs")
            },
            Rule(name: "runs that stand somehow are found, and the others do not count to the limit") { check in
                for number in 1...4 {
                    let run = RunSamples.record(
                        id: "r\(number)", mode: number == 2 ? .shadow : .auto,
                        createdAt: Timestamp(milliseconds: Int64(number)))
                    _ = try await check.journal.insert(run, audit: created)
                }
                let ended = RunSamples.record(id: "r1", createdAt: Timestamp(milliseconds: 1))
                for commit in RunSamples.cancelled(ended).commits { try await check.journal.commit(commit) }
                let journal = check.journal
                func found(_ status: RunStatus, includesShadow: Bool = false) async throws -> [String] {
                    let start = Timestamp(milliseconds: 0)
                    let filter = RunFilter(status: status, includesShadow: includesShadow, since: start, limit: 3)
                    return try await journal.runs(matching: filter).map(\.id)
                }
                check.expect(try await found(.cancelled) == ["r1"], "the cancelled one must be found")
                check.expect(try await found(.planned) == ["r4", "r3"], "those that are planned must be found")
                check.expect(
                    try await found(.planned, includesShadow: true) == ["r4", "r3", "r2"], "shadow runs must be found")
                check.expect(try await found(.verified).isEmpty, "none is verified")
            },
            Rule(name: "runs of which something has become lately are found, however long ago they were made") {
                check in
                for number in 1...3 {
                    let made = Timestamp(milliseconds: Int64(number) - 10)
                    let run = RunSamples.record(id: "r\(number)", createdAt: made)
                    _ = try await check.journal.insert(run, audit: created)
                    // The first is cancelled at 0, after all were made.
                    guard number == 1 else { continue }
                    for commit in RunSamples.cancelled(run).commits { try await check.journal.commit(commit) }
                }
                let journal = check.journal
                func found(_ moment: Int64, since: Int64 = -100) async throws -> [String] {
                    let filter = RunFilter(
                        since: Timestamp(milliseconds: since), updatedSince: Timestamp(milliseconds: moment), limit: 9)
                    return try await journal.runs(matching: filter).map(\.id)
                }
                check.expect(try await found(0) == ["r1"], "the one that ended must be found")
                check.expect(try await found(1).isEmpty, "nothing has become of any since")
                check.expect(try await found(-8) == ["r3", "r2", "r1"], "all must be found")
                check.expect(try await found(0, since: -8).isEmpty, "it was made before")
            },
            Rule(name: "held locks have an owner, a reason and an end") { check in
                _ = try await check.journal.insert(RunSamples.record(id: "r1"), audit: created)
                let (now, end) = (Timestamp(milliseconds: 10), Timestamp(milliseconds: 20))
                _ = try await check.journal.acquireLocks(["b", "a"], run: "r1", now: now, until: end)
                let held = try await check.journal.heldLocks(now: now)
                check.expect(held.map(\.name) == ["a", "b"], "held are \(held.map(\.name))")
                check.expect(
                    held.allSatisfy {
                        $0.run == "r1" && $0.reason == "A sample" && $0.requestedBy == "rule/down" && $0.expires == end
                            && $0.epoch > 0
                    }, "a lock must say whose it is, what for, until when and by which engine")
                check.expect(try await check.journal.heldLocks(now: end).isEmpty, "a lock must end by itself")
                try await check.journal.releaseLocks(run: "r1")
                check.expect(try await check.journal.heldLocks(now: now).isEmpty, "what is given back is not held")
            },
            Rule(name: "runs are listed newest first, from a time on, up to a limit") { check in
                for number in 1...5 {
                    let run = RunSamples.record(id: "r\(number)", createdAt: Timestamp(milliseconds: Int64(number)))
                    _ = try await check.journal.insert(run, audit: created)
                }
                let all = try await check.journal.runs(since: Timestamp(milliseconds: 2), limit: 10).map(\.id)
                check.expect(all == ["r5", "r4", "r3", "r2"], "listed \(all)")
                let two = try await check.journal.runs(since: Timestamp(milliseconds: 0), limit: 2).map(\.id)
                check.expect(two == ["r5", "r4"], "listed \(two) under the limit 2")
            },
            Rule(name: "shadow runs that are left out do not count to the limit") { check in
                for number in 1...4 {
                    let run = RunSamples.record(
                        id: "r\(number)", mode: number == 1 ? .auto : .shadow,
                        createdAt: Timestamp(milliseconds: Int64(number)))
                    _ = try await check.journal.insert(run, audit: created)
                }
                let real = try await check.journal.runs(
                    since: Timestamp(milliseconds: 0), limit: 2, leavingOutShadow: true
                ).map(\.id)
                check.expect(real == ["r1"], "listed \(real), not r1")
            },
        ] + lockRules

    private static let lockRules: [Rule] = [
        Rule(name: "a lock has one owner") { check in
            try await check.insert("r1", "r2")
            check.expect(try await check.take(["a"], "r1") == .acquired, "a free lock must be given")
            check.expect(
                try await check.take(["a"], "r2") == .held(lock: "a", run: "r1"), "a held lock must be refused")
            check.expect(try await check.take(["a"], "r1") == .acquired, "the owner must get its lock again")
        },
        Rule(name: "locks are given all or none") { check in
            try await check.insert("r1", "r2", "r3")
            _ = try await check.take(["b"], "r1")
            check.expect(try await check.take(["a", "b"], "r2") == .held(lock: "b", run: "r1"), "b must be refused")
            check.expect(try await check.take(["a"], "r3") == .acquired, "a must still be free")
        },
        Rule(name: "a lock ends with its time") { check in
            try await check.insert("r1", "r2")
            _ = try await check.take(["a"], "r1", now: 0, until: 10)
            check.expect(
                try await check.take(["a"], "r2", now: 9, until: 20) == .held(lock: "a", run: "r1"),
                "the lock must be held before its end")
            check.expect(
                try await check.take(["a"], "r2", now: 10, until: 20) == .acquired, "the lock must be free at its end")
        },
        Rule(name: "taking a lock again moves its end") { check in
            try await check.insert("r1", "r2")
            _ = try await check.take(["a"], "r1", now: 0, until: 10)
            _ = try await check.take(["a"], "r1", now: 5, until: 30)
            check.expect(
                try await check.take(["a"], "r2", now: 20, until: 30) == .held(lock: "a", run: "r1"),
                "the lock must be held until the new end")
        },
        Rule(name: "the locks of a run that is over are free") { check in
            let (run, commits) = RunSamples.cancelled(RunSamples.record(id: "r1"))
            _ = try await check.journal.insert(run, audit: created)
            try await check.insert("r2")
            _ = try await check.take(["a"], "r1")
            for commit in commits { try await check.journal.commit(commit) }
            check.expect(try await check.take(["a"], "r2") == .acquired, "the lock must be free")
        },
        Rule(name: "released locks are free, and only those") { check in
            try await check.insert("r1", "r2", "r3")
            _ = try await check.take(["a", "b"], "r1")
            _ = try await check.take(["c"], "r2")
            try await check.journal.releaseLocks(run: "r1")
            try await check.journal.releaseLocks(run: "r1")
            check.expect(try await check.take(["a", "b"], "r3") == .acquired, "released locks must be free")
            check.expect(try await check.take(["c"], "r3") == .held(lock: "c", run: "r2"), "c must still be held")
        },
        Rule(name: "of a hundred runs at once, one gets the lock") { check in
            try await check.insert(number: 100)
            let journal = check.journal
            let given = try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in 0..<100 {
                    group.addTask {
                        try await journal.acquireLocks(
                            ["a"], run: "r\(number)", now: Timestamp(milliseconds: 0),
                            until: Timestamp(milliseconds: 10)) == .acquired
                    }
                }
                return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            check.expect(given == 1, "\(given) runs got it")
        },
        Rule(name: "the audit takes entries of no run") { check in
            try await check.journal.appendAudit(created, run: nil, at: Timestamp(milliseconds: 1))
            try await check.journal.appendAudit(created, run: "nobody", at: Timestamp(milliseconds: 2))
        },
    ]

    private static let created = RunAudit(kind: "run.created", detail: .object(["by": .string("test")]))
}

extension RunJournalConformance.Check {
    /// Reports when `body` does not throw.
    fileprivate mutating func expectThrows(
        _ what: String, _ body: (any RunJournal) async throws -> Void
    ) async {
        do {
            try await body(journal)
            expect(false, "\(what) must throw")
        } catch {}
    }

    fileprivate func insert(_ ids: String...) async throws {
        for id in ids {
            _ = try await journal.insert(
                RunSamples.record(id: id), audit: RunAudit(kind: "run.created", detail: .object([:])))
        }
    }

    fileprivate func insert(number: Int) async throws {
        for id in 0..<number { try await insert("r\(id)") }
    }

    fileprivate func take(
        _ locks: [String], _ run: String, now: Int64 = 0, until: Int64 = 1_000
    ) async throws -> LockOutcome {
        try await journal.acquireLocks(
            locks, run: run, now: Timestamp(milliseconds: now), until: Timestamp(milliseconds: until))
    }
}
