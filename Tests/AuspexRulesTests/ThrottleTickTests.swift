import AuspexSignals
import AuspexTesting
import Testing

@testable import AuspexRules

/// The same facts with time passing in other leaps. Each tick says that all facts up to it are in, and there is one between
/// two facts of a series: what is over by the time at which it would be decided is history, and not told. Of alerts that are
/// let go at one moment the order may differ.
@Suite("What a throttle tells does not depend on when time is said to pass")
struct ThrottleTickTests {
    private static let throttles = [
        "{once_within: 40s, per: []}", "{once_within: 2m, per: [service]}", "{once_after: 15s, per: [service]}",
        "{once_after: 45s, per: []}", "{once_after: 45s}", "{accumulate_within: 1m, threshold: 3, per: []}",
        "{accumulate_within: 40s, threshold: 2, per: [service]}",
    ]
    private static let conditions = [
        "{c: {source: metric, where: 'm.value > 1.0', for: 25s, keep_firing_for: 30s}}",
        "{c: {source: metric, where: 'm.value > 1.0', for: 20s}}", "{c: {source: metric, where: 'm.value > 1.0'}}",
        "{c: {source: metric, where: 'm.value > 1.0', for: 7s, count: {gte: 1}}}",
    ]

    private func rules(_ when: String, _ throttle: String) throws -> RuleSet {
        try RuleLoader.load(
            text: """
                kind: rule
                id: r
                title: T
                severity: warning
                group_by: [service, instance]
                when: \(when)
                throttle: \(throttle)
                then: [{runbook: look, mode: propose}]
                """, file: "r.yaml")
    }

    /// What is told, with the moment that each alert is about.
    private func told(_ events: [RuleEvent]) -> [String] {
        let told = events.compactMap { event -> String? in
            switch event {
            case .request(let request): return "run \(request.alertID) \(request.firedAt)"
            case .alert(let alert):
                guard alert.state == .firing, alert.heldBack == nil else { return nil }
                return "tell \(alert.group) \(alert.startedAt) for \(alert.standsFor ?? 1)"
            }
        }
        return told.sorted()
    }

    /// Scrapes every ten seconds, the series of each in their order.
    private func scrapes(_ generator: inout SplitMix64) -> [[Fact]] {
        var isHigh = Array(repeating: false, count: 6)
        return (0..<90).map { scrape in
            isHigh.indices.map { number in
                if Int.random(in: 0..<5, using: &generator) == 0 { isHigh[number].toggle() }
                let labels = load("\(number)", service: "s\(number % 2)")
                return reading(labels, Int64(scrape) * 10, isHigh[number] ? 2 : 0)
            }
        }
    }

    /// What is told when there are ticks at the given milliseconds after each scrape.
    private func run(_ rules: RuleSet, _ scrapes: [[Fact]], _ ticks: (Int) -> [Int64]) -> [String] {
        var engine = RuleEngine(rules)
        var events: [RuleEvent] = []
        for (number, facts) in scrapes.enumerated() {
            for fact in facts { events += engine.handle(fact, now: fact.time) }
            for tick in ticks(number) {
                events += engine.advance(to: second(Int64(number) * 10) + TimeSpan(milliseconds: tick))
            }
        }
        return told(events + engine.advance(to: second(Int64(scrapes.count) * 10 + 600)))
    }

    @Test("all forms, with and without for", arguments: conditions, throttles)
    func ticks(when: String, throttle: String) throws {
        let rules = try rules(when, throttle)
        var generator = SplitMix64(seed: 21)
        var toldAtAll = 0
        for _ in 0..<6 {
            let scrapes = scrapes(&generator)
            let expected = run(rules, scrapes) { _ in Array(stride(from: 0, to: 10_000, by: 500)) }
            toldAtAll += expected.count
            #expect(Set(expected).count == expected.count, "something is told twice")
            for _ in 0..<6 {
                let moments = scrapes.map { _ in
                    (0..<Int.random(in: 1...3, using: &generator))
                        .map { _ in Int64.random(in: 0..<10_000, using: &generator) }.sorted()
                }
                #expect(run(rules, scrapes) { moments[$0] } == expected)
            }
        }
        #expect(toldAtAll > 20)
    }
}
