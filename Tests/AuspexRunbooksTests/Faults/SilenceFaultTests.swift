import AuspexRunbookTesting
import AuspexRunbooks
import AuspexSignals
import AuspexTesting
import Testing

/// A source that falls silent after the remedy: that is no recovery.
@Suite(.timeLimit(.minutes(5))) struct SilenceFaultTests {
    private static let verification = Verification(
        readings: ["up": Verification.Selector(metric: "up")], condition: "up.all(r, r.value == 1.0)",
        clearAlerts: [Verification.AlertSelector(rule: "down")], soak: .minutes(3), within: .minutes(10))

    /// A world in which the last sample is of this moment, and whatever came until then was good.
    private func world(silentFrom end: Int64, alertsToo: Bool) -> Simulation {
        let page = Plan.Step(
            id: "page", action: .operation(.notify(Notification(channel: "ops", message: "it did not help"))),
            effect: .idempotent)
        var world = Simulation(RunSamples.plan(verification: Self.verification, onFailure: [page]))
        world.observation = { _, world in
            let last = Timestamp(milliseconds: min(world.now, end))
            return Observation(
                readings: [
                    "up": [
                        Observation.SeriesReading(
                            labels: Labels(["__name__": "up"]),
                            reading: Reading(time: last, value: 1, readiness: .ready))
                    ]
                ],
                alerts: [
                    Observation.AlertReading(
                        state: .clear, evaluatedAt: alertsToo ? last : Timestamp(milliseconds: world.now))
                ])
        }
        return world
    }

    static let ends: [Int64] = [-1, 0, 1, 10_000, 60_000, 120_000, 179_999]

    @Test("silent before the soak is over, it is not verified, and people are told", arguments: ends)
    func notVerified(end: Int64) throws {
        for alertsToo in [false, true] {
            var world = world(silentFrom: end, alertsToo: alertsToo)
            try world.run()
            #expect(world.stored.status == .failed)
            #expect(world.stored.ending?.reason?.contains("not verified within 10m") == true)
            #expect(world.effects["on_failure/page"] == 1)
            #expect(world.now == TimeSpan.minutes(10).milliseconds)
        }
    }

    @Test("silent only after the soak, it was verified by what was seen")
    func verified() throws {
        var world = world(silentFrom: TimeSpan.minutes(3).milliseconds, alertsToo: true)
        try world.run()
        #expect(world.stored.status == .verified)
        #expect(world.effects["on_failure/page"] == nil)
    }

    @Test("an engine that dies while the source is silent does not take the silence for good news either")
    func afterDeath() throws {
        var whole = world(silentFrom: 60_000, alertsToo: true)
        try whole.run()
        for place in FaultScale.choice(of: Array(0..<(2 * whole.actions)), short: 40) {
            var world = world(silentFrom: 60_000, alertsToo: true)
            try world.run { $0 == place }
            #expect(world.stored.status == .failed, "at \(place)")
            #expect(world.effects["on_failure/page"] ?? 0 >= 1, "at \(place)")
        }
    }
}
