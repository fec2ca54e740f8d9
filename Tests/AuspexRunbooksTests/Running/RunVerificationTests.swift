import AuspexRunbookTesting
import AuspexRunbooks
import AuspexSignals
import Testing

@Suite struct RunVerificationTests {
    private static let verification = Verification(
        readings: ["up": Verification.Selector(metric: "up")],
        condition: "up.all(r, r.value == 1.0 && r.anomaly_score < 1.0)",
        clearAlerts: [Verification.AlertSelector(rule: "down")], soak: .minutes(3), within: .minutes(10))

    /// What there is to see at a moment.
    struct View {
        var value: Double? = 1
        var alert = Observation.AlertReading.State.clear
        var age: Int64 = 0
        var readiness = Reading.Readiness.ready
    }

    private func world(_ view: @escaping (Int64) -> View?) -> Simulation {
        var world = Simulation(RunSamples.plan(verification: Self.verification, onFailure: [RunSamples.step("mend")]))
        world.observation = { _, world in
            guard let seen = view(world.now) else { return nil }
            let time = Timestamp(milliseconds: world.now - seen.age)
            let readings = seen.value.map {
                [
                    Observation.SeriesReading(
                        labels: Labels(["__name__": "up"]),
                        reading: Reading(time: time, value: $0, readiness: seen.readiness))
                ]
            }
            return Observation(
                readings: readings.map { ["up": $0] } ?? [:],
                alerts: [Observation.AlertReading(state: seen.alert, evaluatedAt: time)])
        }
        return world
    }

    @Test("it must hold for the whole soak")
    func soak() throws {
        var world = world { _ in View() }
        try world.run()
        #expect(world.stored.status == .verified)
        #expect(world.now == TimeSpan.minutes(3).milliseconds)
    }

    @Test("a break begins the soak anew")
    func broken() throws {
        var world = world { View(value: $0 == 120_000 ? 0 : 1) }
        try world.run()
        #expect(world.stored.status == .verified)
        #expect(world.now == 130_000 + TimeSpan.minutes(3).milliseconds)
    }

    @Test("a gap in the data that is too long begins the soak anew")
    func gap() throws {
        // Silent from the first minute on, and back after 200 s, when the last value is 140 s old.
        var world = world { View(age: $0 < 200_000 ? max(0, $0 - 60_000) : 0) }
        try world.run()
        #expect(world.stored.status == .verified)
        #expect(world.now == 200_000 + TimeSpan.minutes(3).milliseconds)
    }

    @Test("when nobody looked for longer than a reading may be old, the soak begins anew")
    func lateLook() throws {
        var world = world { _ in View() }
        world.lateness = [60_000: TimeSpan.minutes(5).milliseconds]
        try world.run()
        #expect(world.stored.status == .verified)
        #expect(world.now == 60_000 + TimeSpan.minutes(5 + 3).milliseconds)
    }

    @Test("when a person has made the run wait, the soak begins anew")
    func held() throws {
        var world = world { _ in View() }
        world.words = [41: .hold(by: "ann", reason: "look")]
        world.answer = { $0.hold == nil ? nil : .resume(by: "ann") }
        try world.run()
        #expect(world.stored.status == .verified)
        // It was let go on when the run's deadline would have been.
        #expect(world.now == TimeSpan.minutes(30 + 3).milliseconds)
    }

    static let failures: [(String, @Sendable (Int64) -> RunVerificationTests.View?)] = [
        ("the value stays wrong", { _ in View(value: 0) }), ("there is no reading", { _ in View(value: nil) }),
        ("the value is not a number", { _ in View(value: .nan) }), ("the alert fires", { _ in View(alert: .firing) }),
        ("the alert is pending", { _ in View(alert: .pending) }),
        ("the alert is unknown", { _ in View(alert: .unknown) }),
        ("nobody answers", { _ in nil }), ("the source fell silent before", { View(age: $0 + 1) }),
        ("the source falls silent after a minute", { View(age: max(0, $0 - 60_000)) }),
        ("the detector warms up", { _ in View(readiness: .warmingUp(seen: 1, needed: 10)) }),
        ("the value is missing", { _ in View(readiness: .missing) }),
        ("it flaps", { View(value: $0 % 60_000 == 0 ? 0 : 1) }),
    ]

    @Test("missing, stale and flapping data are no recovery", arguments: failures.indices)
    func notVerified(index: Int) throws {
        let (name, view) = Self.failures[index]
        var world = world(view)
        try world.run()
        #expect(world.stored.status == .failed, "\(name)")
        #expect(world.now == TimeSpan.minutes(10).milliseconds, "\(name)")
        #expect(world.stored.ending?.reason?.contains("not verified within 10m") ?? false, "\(name)")
        #expect(world.started.last?.path == "on_failure/mend", "\(name)")
    }

    /// Three series of one metric, of which the last was last seen at `last`, and what is found at `now` when the
    /// verification began at minute 10.
    private func finding(last: TimeSpan, hasEnded: Bool = false, value: Double = 1, now: TimeSpan)
        -> Verification.Finding
    {
        func series(_ name: String, _ seen: TimeSpan, _ value: Double, _ hasEnded: Bool) -> Observation.SeriesReading {
            Observation.SeriesReading(
                labels: Labels(["__name__": "up", "instance": name]),
                reading: Reading(time: Timestamp(milliseconds: seen.milliseconds), value: value), hasEnded: hasEnded)
        }
        let observation = Observation(
            readings: [
                "up": [series("a", now, 1, false), series("b", now, 1, false), series("c", last, value, hasEnded)]
            ],
            alerts: [])
        var verification = Self.verification
        verification.clearAlerts = []
        return verification.finding(
            in: observation, parameters: [:], since: Timestamp(milliseconds: TimeSpan.minutes(10).milliseconds),
            now: Timestamp(milliseconds: now.milliseconds))
    }

    @Test("one series that falls silent is no recovery, whatever the others say")
    func oneSilentSeries() {
        let now = TimeSpan.minutes(14)
        #expect(finding(last: now, now: now) == .holds(upTo: Timestamp(milliseconds: now.milliseconds)))
        let silent = Verification.Finding.fails(
            reason: "no fresh reading for 'up' of up{instance=\"c\"}")
        #expect(finding(last: .minutes(9), now: now) == silent, "live shortly before")
        #expect(finding(last: .minutes(11), now: now) == silent, "seen since")
        #expect(finding(last: .minutes(13), hasEnded: true, now: now) == silent, "ended since")
        #expect(finding(last: now, value: .nan, now: now) == silent, "without a value")
        #expect(
            finding(last: .minutes(7), now: now) == .holds(upTo: Timestamp(milliseconds: now.milliseconds)),
            "silent for longer than that")
    }

    private typealias AlertReading = Observation.AlertReading

    @Test(
        "what is not known of an alert is told with the reason, and an end for want of data counts from the first change on"
    )
    func alerts() {
        let now = Timestamp(milliseconds: 600_000)
        func finding(_ reading: AlertReading, changedAt change: Timestamp? = nil) -> Verification.Finding {
            let verification = Verification(
                clearAlerts: [.init(rule: "down", labels: ["instance": "a"])], within: .minutes(5))
            return verification.finding(
                in: Observation(alerts: [reading]), parameters: [:], since: now - .minutes(1), changedAt: change,
                now: now)
        }
        let alert = "alert down{instance=\"a\"}"
        #expect(finding(AlertReading(state: .firing, evaluatedAt: nil)) == .fails(reason: "\(alert) is firing"))
        #expect(
            finding(AlertReading(state: .unknown, evaluatedAt: nil, reason: "no such rule"))
                == .fails(reason: "the state of \(alert) is not known: no such rule"))
        #expect(
            finding(AlertReading(state: .clear, evaluatedAt: now - .seconds(61)))
                == .fails(reason: "\(alert) has not been looked at since the verification began"))
        let end = AlertReading.Unheard(labels: Labels(["instance": "b"]), at: now - .minutes(2))
        let reading = AlertReading(state: .clear, evaluatedAt: now, unheard: [end])
        #expect(finding(reading) == .holds(upTo: now))
        #expect(finding(reading, changedAt: now - .minutes(1)) == .holds(upTo: now))
        let unheard = "alert down{instance=\"b\"} is over only because nothing is heard of it any more"
        #expect(finding(reading, changedAt: now - .minutes(2)) == .fails(reason: unheard))
    }

    /// What is said of new alerts of a service at a moment, and whether it is verified then.
    static let calm: [(String, @Sendable (Timestamp) -> Observation.Firings?, Bool)] = [
        ("none", { Observation.Firings(alerts: [], evaluatedAt: $0) }, true),
        (
            "one that began before the first change",
            {
                Observation.Firings(
                    alerts: [.init(rule: "slow", at: Timestamp(milliseconds: 59_999))], evaluatedAt: $0)
            }, true
        ),
        (
            "one that began with the first change",
            {
                Observation.Firings(
                    alerts: [
                        .init(rule: "old", at: Timestamp(milliseconds: 1)),
                        .init(rule: "slow", at: Timestamp(milliseconds: 60_000)),
                    ], evaluatedAt: $0)
            }, false
        ),
        ("nobody knows", { _ in nil }, false),
        ("the service says nothing", { _ in Observation.Firings(alerts: [], evaluatedAt: nil) }, false),
        ("the service fell silent", { Observation.Firings(alerts: [], evaluatedAt: $0 - .minutes(3)) }, false),
    ]

    @Test(
        "a run that brings new alerts of its service is not verified, and neither is one of which that is not known",
        arguments: calm.indices)
    func newAlerts(index: Int) throws {
        let (name, firings, isVerified) = Self.calm[index]
        let look = Plan.Step(id: "look", action: .pause(.length(.minutes(1))), effect: .read)
        let verification = Verification(soak: .minutes(3), within: .minutes(10), calmService: "shop")
        var world = Simulation(RunSamples.plan(steps: [look, RunSamples.step("act")], verification: verification))
        world.observation = { _, world in
            Observation(firings: firings(Timestamp(milliseconds: world.now)))
        }
        try world.run()
        #expect((world.stored.status == .verified) == isVerified, "\(name)")
        guard name == "one that began with the first change" else { return }
        #expect(world.stored.ending?.reason?.contains("shop has a new alert: slow began to fire at") ?? false)
    }

    @Test("after a crash the soak begins anew, and the time for it does not")
    func crash() throws {
        var world = world { _ in View() }
        var isDead = false
        try world.run { place in
            guard place == 41, !isDead else { return false }
            isDead = true
            return true
        }
        #expect(world.crashes == 1)
        #expect(world.stored.status == .verified)
        #expect(world.now > TimeSpan.minutes(3).milliseconds)
        #expect(world.now <= TimeSpan.minutes(10).milliseconds)
    }
}
