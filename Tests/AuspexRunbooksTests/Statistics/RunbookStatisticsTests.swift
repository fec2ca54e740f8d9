import AuspexRunbookTesting
import AuspexRunbooks
import AuspexSignals
import Testing

/// The safety default 25.
@Suite("A runbook's rates") struct RunbookStatisticsTests {
    private let start = Timestamp(milliseconds: 5_000_000)

    private func run(_ id: String, alert: String? = "a", mode: RunMode = .auto) -> RunRecord {
        RunRecord(
            id: id, plan: RunSamples.plan(), triggerKey: id, alertID: alert, mode: mode, requestedBy: "rule down",
            createdAt: start)
    }

    private func ended(_ id: String, failed: Bool = false, alert: String? = "a") throws -> RunRecord {
        try RunSamples.ended(run(id, alert: alert), at: start, failed: failed)
    }

    /// A run that was stopped before it did anything.
    private func stopped(_ id: String, by person: String, _ reason: String) throws -> RunRecord {
        var state = try RunState(run(id, mode: .approve))
        for event in [RunEvent.begin, .committed(revision: 1), .cancel(by: person, reason: reason)] {
            _ = state.handle(event, now: RunSamples.moment(start.milliseconds))
        }
        return state.record
    }

    private func statistics(_ courses: [RunCourse]) -> RunbookStatistics {
        RunbookStatistics(of: "sample", since: start, courses: courses)
    }

    @Test("without runs there are no rates")
    func none() {
        let none = statistics([RunCourse(run: run("s", mode: .shadow))])
        #expect(none.runs == 0)
        #expect(none.verifiedRate == nil && none.recurrenceRate == nil && none.falseFireRate == nil)
    }

    @Test("of the runs that did what the runbook says, those that were verified count as successes")
    func verified() throws {
        let courses = [
            RunCourse(run: try ended("r1")), RunCourse(run: try ended("r2")), RunCourse(run: try ended("r3")),
            RunCourse(run: try ended("r4", failed: true)), RunCourse(run: try stopped("r5", by: "ann", "enough")),
            RunCourse(run: run("r6")),
        ]
        let found = statistics(courses)
        #expect([found.runs, found.verified, found.failed, found.cancelled, found.open] == [6, 3, 1, 1, 1])
        #expect(found.verifiedRate == 0.75)
    }

    @Test("an alert that is back within a day after a verified run is a recurrence")
    func recurrence() throws {
        func course(_ id: String, backAfter span: TimeSpan?, failed: Bool = false) throws -> RunCourse {
            RunCourse(run: try ended(id, failed: failed), alertBackAt: span.map { start + $0 })
        }
        let found = statistics([
            try course("r1", backAfter: .hours(24)), try course("r2", backAfter: .hours(25)),
            try course("r3", backAfter: nil), try course("r4", backAfter: .zero),
            try course("r5", backAfter: .hours(1), failed: true),
            RunCourse(run: try ended("r6", alert: nil), alertBackAt: nil),
        ])
        #expect(found.recurrences == 2 && found.verifiedForAlerts == 4)
        #expect(found.recurrenceRate == 0.5)
    }

    @Test("an alert that was over before the first change, or a person who says so, makes a run a false fire")
    func falseFires() throws {
        let needless = try stopped("r3", by: "ann", RunRecord.needlessReason("it was me"))
        let guarded = try stopped("r4", by: RunRecord.guardName, RunRecord.reason(for: .alertOver))
        let other = try stopped("r5", by: RunRecord.guardName, RunRecord.reason(for: .storm))
        #expect(needless.wasNeedless && !guarded.wasNeedless)
        #expect(guarded.blockedBy == "alert_over" && needless.blockedBy == nil)
        let found = statistics([
            RunCourse(run: try ended("r1"), alertOverAt: start - .seconds(1)),
            RunCourse(run: try ended("r2"), alertOverAt: start + .seconds(1)), RunCourse(run: needless),
            RunCourse(run: guarded), RunCourse(run: other),
        ])
        #expect(found.falseFires == 3 && found.asked == 5)
        #expect(found.falseFireRate == 0.6)
        #expect(found.stoppedByGuard == ["alert_over": 1, "storm": 1])
    }
}
