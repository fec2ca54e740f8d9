import AuspexSignals
import AuspexTesting
import Foundation
import Testing

@testable import AuspexRules

/// Alerts by an Alertmanager's own rules, with every one looked at each time.
private struct StraightAlerts {
    struct Known {
        var start: Int64
        var end: Int64
        var isAssumed: Bool
        /// The time of the last fact.
        var told: Int64
        /// The time of the fact that it began.
        var begun: Int64
        /// The time of the last fact when it began; nil when there was none.
        var before: Int64?
        var isFiring: Bool
    }

    var memory: Int64
    var known: [Labels: Known] = [:]

    var firing: Set<Labels> { Set(known.filter { $0.value.isFiring }.keys) }

    mutating func advance(to now: Int64) {
        for (labels, alert) in known where alert.isFiring && alert.end <= now {
            known[labels]?.isFiring = false
            known[labels]?.told = max(alert.end, alert.told)
        }
        known = known.filter { $0.value.isFiring || $0.value.told > now - memory }
    }

    mutating func put(_ sent: ReceivedAlert, _ now: Int64) {
        let (start, end) = (sent.startsAt.milliseconds, sent.endsAt.milliseconds)
        guard var alert = known[sent.labels] else {
            guard end > now - memory else { return }
            let told = end > now ? min(start, now) : end
            known[sent.labels] = Known(
                start: start, end: end, isAssumed: sent.isEndAssumed, told: told, begun: told, before: nil,
                isFiring: end > now)
            return
        }
        switch (alert.isFiring, end > now) {
        case (true, true):
            let overlaps = [start, end].contains { $0 > alert.start && $0 < alert.end }
            if overlaps {
                alert.start = min(alert.start, start)
                if alert.isAssumed || end > alert.end { alert.end = end }
            } else {
                (alert.start, alert.end) = (start, end)
            }
            alert.isAssumed = sent.isEndAssumed
        case (true, false):
            guard end >= min(alert.start, alert.begun), end > alert.before ?? .min else { return }
            alert.isFiring = false
            alert.told = max(end, alert.told)
        case (false, true):
            let told = max(min(start, now), alert.told)
            alert = Known(
                start: start, end: end, isAssumed: sent.isEndAssumed, told: told, begun: told, before: alert.told,
                isFiring: true)
        case (false, false):
            alert.told = max(end, alert.told)
        }
        known[sent.labels] = alert
    }
}

/// What facts say of alerts, and whether they may follow one another.
private struct Listener {
    /// Whether those of one alert are in order of time, which they are as long as it is not forgotten.
    private let isOrdered: Bool
    var firing: Set<Labels> = []
    private var latest: [Labels: Timestamp] = [:]

    init(isOrdered: Bool) { self.isOrdered = isOrdered }

    mutating func hear(_ facts: [Fact], at now: Timestamp) {
        for case .alert(let alert) in facts {
            #expect(alert.time <= now && (!isOrdered || alert.time >= latest[alert.labels] ?? alert.time))
            latest[alert.labels] = alert.time
            switch alert.state {
            case .firing: #expect(firing.insert(alert.labels).inserted)
            case .resolved: #expect(firing.remove(alert.labels) != nil)
            }
        }
    }
}

@Suite("The alerts of other systems, in sequences at random")
struct OutsideAlertsPropertyTests {
    /// Beginnings lie no farther back, so that none comes before an end that is forgotten.
    private static let memory = TimeSpan.seconds(120)

    private func random(_ now: Int64, _ generator: inout SplitMix64) -> ReceivedAlert {
        let name = "\(Int.random(in: 0..<6, using: &generator))"
        let start = now + Int64.random(in: -119...20, using: &generator)
        let isOver = Int.random(in: 0..<3, using: &generator) == 0
        let end =
            isOver
            ? min(start + .random(in: 0...60, using: &generator), now) : now + .random(in: 1...90, using: &generator)
        return sent(name, from: min(start, end), to: end, assumed: !isOver && Bool.random(using: &generator))
    }

    @Test(
        "they fire as every rule says when each is looked at each time, and facts follow one another", arguments: 0..<40
    )
    func model(seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        var alerts = OutsideAlerts(limits: .init(memory: Self.memory))
        var model = StraightAlerts(memory: Self.memory.milliseconds)
        var listener = Listener(isOrdered: true)
        var now: Int64 = 0
        var begun = 0
        for step in 0..<500 {
            now += .random(in: 0...15, using: &generator)
            model.advance(to: now * 1_000)
            let sends = (0..<Int.random(in: 0...3, using: &generator)).map { _ in random(now, &generator) }
            for alert in sends { model.put(alert, now * 1_000) }
            let facts =
                sends.isEmpty ? alerts.advance(to: second(now)) : alerts.receive(sends, at: second(now))
            begun += facts.count { $0.brief.hasPrefix("firing") }
            listener.hear(facts, at: second(now))
            #expect(listener.firing == model.firing)
            #expect(Set(alerts.firing.map(\.labels)) == model.firing)
            #expect(Set(alerts.standings.keys) == Set(model.known.keys))
            if step.isMultiple(of: 50) {
                let restored = try JSONDecoder().decode(OutsideAlerts.self, from: try JSONEncoder().encode(alerts))
                #expect(restored == alerts)
                alerts = restored
            }
        }
        #expect(begun > 50)
    }

    @Test("there are never more than the limit, and what is refused is counted", arguments: 0..<10)
    func bounded(seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        var alerts = OutsideAlerts(limits: .init(alerts: 3, memory: Self.memory))
        var listener = Listener(isOrdered: false)
        var now: Int64 = 0
        for _ in 0..<500 {
            now += .random(in: 0...15, using: &generator)
            let known = Set(alerts.firing.map(\.labels))
            let sends = [random(now, &generator)]
            let refused = alerts.statistics.refused
            let facts = alerts.receive(sends, at: second(now))
            listener.hear(facts, at: second(now))
            #expect(alerts.count <= 3)
            #expect(Set(alerts.firing.map(\.labels)) == listener.firing)
            // Only when all that are known fire is there no room.
            let isRefused = alerts.statistics.refused > refused
            #expect(isRefused == (sends[0].endsAt > second(now) && !listener.firing.contains(sends[0].labels)))
            if isRefused { #expect(known.count == 3 && !known.contains(sends[0].labels)) }
        }
        #expect(alerts.statistics.refused > 0)
    }

    @Test("the same calls give the same facts and the same snapshot")
    func deterministic() throws {
        func run() throws -> ([Fact], Data) {
            var generator = SplitMix64(seed: 5)
            var alerts = OutsideAlerts(limits: .init(alerts: 4, memory: Self.memory))
            var facts: [Fact] = []
            for now in 0..<500 as Range<Int64> {
                facts += alerts.receive([random(now, &generator), random(now, &generator)], at: second(now))
            }
            let encoder = JSONEncoder()
            encoder.outputFormatting = .sortedKeys
            return (facts, try encoder.encode(alerts))
        }
        let (one, other) = (try run(), try run())
        #expect(one == other)
    }
}
