import AuspexSignals
import AuspexTesting
import Testing

@testable import AuspexRules

@Suite("What a source changes for others")
struct InhibitionPropertyTests {
    private static let services = (0..<8).map { "s\($0)" }

    /// Random dependencies, circles among them.
    private func graph(_ generator: inout SplitMix64) -> ServiceGraph {
        var links: Set<[String]> = []
        for _ in 0..<10 {
            let (from, to) = (Int.random(in: 0..<8, using: &generator), Int.random(in: 0..<8, using: &generator))
            if from != to { links.insert([Self.services[from], Self.services[to]]) }
        }
        var graph = ServiceGraph()
        graph.declare(
            ServiceDeclarations(
                services: Self.services.map { ServiceDescription(name: $0) },
                links: links.sorted { $0.lexicographicallyPrecedes($1) }.map { ServiceLink($0[0], dependsOn: $0[1]) }))
        return graph
    }

    private func alert(_ number: Int, _ step: Int64, _ generator: inout SplitMix64, fires: Bool) -> Alert {
        let labels = Labels([
            "service": Self.services[number % 8], "kind": ["down", "slow", "both"][number % 3],
            "zone": "z\(number % 2)",
        ])
        return Alert(
            id: "a\(number)", rule: "r", title: "T", severity: .info, owner: "", runbookURL: "", group: labels,
            labels: labels, state: fires ? .firing : .resolved, startedAt: second(step), firedAt: second(step),
            resolvedAt: nil, evidence: Evidence(.stale(labels, at: second(step))), related: nil, risk: nil,
            heldBack: nil, standsFor: nil, note: "")
    }

    @Test("every alert whose inhibition changes is among those that an update names", arguments: [1, 2, 3])
    func concerned(depth: Int) {
        var generator = SplitMix64(seed: UInt64(depth))
        var changes = 0
        var named = 0
        for round in 0..<40 {
            let rule = InhibitionRule(
                labels: round % 3 == 0 ? nil : .init(equal: ["zone"]) { $0.labels["kind"] == "down" },
                topology: round % 3 == 1
                    ? nil
                    : .init(direction: round % 2 == 0 ? .upstream : .downstream, depth: depth) {
                        $0.labels["kind"] != "slow"
                    },
                longest: .hours(10), isTarget: { $0.labels["kind"] != "down" })
            var index = InhibitionIndex(rule, graph: graph(&generator))
            var isFiring: Set<Int> = []
            for step in 0..<Int64(80) {
                let number = Int.random(in: 0..<24, using: &generator)
                let fires = isFiring.remove(number) == nil
                if fires { isFiring.insert(number) }
                let before = index.inhibitions(now: second(100))
                let alert = alert(number, step, &generator, fires: fires)
                let concerned = Set(index.update(alert).map(\.id))
                let after = index.inhibitions(now: second(100))
                let changed = Set(Set(before).symmetricDifference(after).map(\.target)).subtracting([alert.id])
                #expect(changed.isSubset(of: concerned))
                #expect(!concerned.contains(alert.id))
                changes += changed.count
                named += concerned.count
            }
        }
        #expect(changes > 500)
        // It is of use only when it names few others.
        #expect(named < 4 * changes)
    }

    @Test("an engine keeps quiet exactly what is inhibited when all alerts are held against one another")
    func engine() throws {
        var generator = SplitMix64(seed: 9)
        var quietAtAll = 0
        for inhibitedBy in [
            "{topology: {direction: upstream, depth: 2}}", "{alerts: {where: 'alert.rule == \"down\"', equal: [zone]}}",
            "{topology: {direction: downstream, depth: 1, where: 'alert.rule == \"down\"'}, max: 40s}",
        ] {
            let text = ["slow", "down"].map { name in
                """
                kind: rule
                id: \(name)
                title: \(name)
                severity: warning
                when: {c: {source: metric, where: 'm.name == "\(name)" && m.value > 0.0'}}
                group_by: [service, zone]
                \(name == "slow" ? "inhibited_by: \(inhibitedBy)" : "")
                """
            }
            let services = """
                kind: services
                services:
                  - {name: s0, depends_on: [s1, s2]}
                  - {name: s1, depends_on: [s3]}
                  - {name: s2, depends_on: [s3, s1]}
                  - {name: s3, depends_on: [s4]}
                  - {name: s4, depends_on: [s3]}
                """
            let rules = try RuleLoader.load(text: (text + [services]).joined(separator: "\n---\n"), file: "r.yaml")
            let inhibition = try #require(rules["slow"]?.inhibition)
            var graph = ServiceGraph()
            graph.declare(rules.services)
            var engine = RuleEngine(rules)
            for step in 0..<Int64(300) {
                for _ in 0..<Int.random(in: 1...3, using: &generator) {
                    let labels = Labels([
                        Labels.metricName: ["slow", "slow", "down"].randomElement(using: &generator) ?? "",
                        "service": "s\(Int.random(in: 0..<5, using: &generator))",
                        "zone": "z\(Int.random(in: 0..<2, using: &generator))",
                    ])
                    let value = Double(Int.random(in: 0...1, using: &generator))
                    _ = engine.handle(reading(labels, step, value), now: second(step))
                }
                _ = engine.advance(to: second(step))
                var index = InhibitionIndex(
                    inhibition.rule(about: "slow", rules.windows, ServiceReachMemo(graph)), graph: graph)
                let firing = engine.activeAlerts.filter { $0.state == .firing }
                for alert in firing { index.update(alert) }
                let quiet = Set(firing.filter { $0.heldBack != nil }.map(\.id))
                #expect(quiet == Set(index.inhibitions(now: second(step)).map(\.target)), "\(inhibitedBy) \(step)")
                quietAtAll += quiet.count
            }
        }
        #expect(quietAtAll > 500)
    }
}
