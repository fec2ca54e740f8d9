import AuspexSignals
import AuspexTesting
import Testing

@testable import AuspexRules

@Suite("Inhibition")
struct InhibitionTests {
    private func index(_ rule: InhibitionRule, _ graph: ServiceGraph = ServiceGraph(), _ alerts: Alert...)
        -> InhibitionIndex
    {
        var index = InhibitionIndex(rule, graph: graph)
        for alert in alerts { index.update(alert) }
        return index
    }

    private static let upstream = InhibitionRule(
        topology: .init(direction: .upstream, depth: 2), longest: .minutes(10)
    ) { _ in true }

    /// `node` inhibits `errors` on the same cluster.
    private static let byLabels = InhibitionRule(
        labels: .init(equal: ["cluster"]) { $0.rule == "node" }, longest: .minutes(10)
    ) { $0.rule == "errors" }

    @Test("an alert on what a service depends on inhibits, up to the depth, and says why")
    func upstream() {
        let index = index(
            Self.upstream, dependencies("shop > api", "api > db", "db > disk"), alert("s", "shop", at: 10),
            alert("d", "db", at: 0), alert("k", "disk", at: 5))
        let inhibitions = index.inhibitions(now: second(20))
        #expect(inhibitions.map(\.target) == ["d", "s"])
        #expect(inhibitions.map(\.source) == ["k", "d"])
        #expect(inhibitions.last?.text == "inhibited by 'Alert d' (d): shop depends on api, api depends on db")
        #expect(inhibitions.last?.since == second(10))
        #expect(index.inhibition(of: "s", now: second(20)) == inhibitions.last)
        #expect(index.inhibition(of: "k", now: second(20)) == nil)
    }

    @Test("downstream goes the other way")
    func downstream() {
        let rule = InhibitionRule(topology: .init(direction: .downstream, depth: 1), longest: .minutes(1)) { _ in true }
        let index = index(rule, dependencies("shop > db"), alert("s", "shop", at: 1), alert("d", "db", at: 2))
        #expect(index.inhibitions(now: second(3)).map(\.text) == ["inhibited by 'Alert s' (s): shop depends on db"])
    }

    @Test("an inhibition ends by itself, and when its source is resolved")
    func ends() {
        var index = index(
            Self.byLabels, ServiceGraph(), alert("t", at: 100, labels: ["cluster": "a"]),
            alert("n", at: 60, rule: "node", labels: ["cluster": "a"]))
        #expect(index.inhibition(of: "t", now: second(699))?.until == second(700))
        #expect(
            index.inhibition(of: "t", now: second(699))?.text == "inhibited by 'Alert n' (n): the same {cluster=\"a\"}")
        #expect(index.inhibition(of: "t", now: second(700)) == nil)
        // Another source that begins while the first one fires does not prolong it.
        index.update(alert("o", at: 650, rule: "node", labels: ["cluster": "a"]))
        #expect(index.inhibition(of: "t", now: second(701)) == nil)
        index.update(alert("n", at: 60, until: 702, rule: "node", labels: ["cluster": "a"]))
        #expect(index.inhibition(of: "t", now: second(703))?.source == "o")
        index.update(alert("o", at: 650, until: 704, rule: "node", labels: ["cluster": "a"]))
        #expect(index.inhibition(of: "t", now: second(705)) == nil)
    }

    @Test("a missing label is equal to an empty one")
    func missingLabels() {
        let index = index(
            Self.byLabels, ServiceGraph(), alert("t", at: 0), alert("n", at: 0, rule: "node", labels: ["cluster": ""]),
            alert("u", at: 0, labels: ["cluster": "b"]))
        #expect(index.inhibitions(now: second(1)).map(\.target) == ["t"])
    }

    @Test("no alert inhibits itself, and two that match both sides don't inhibit one another")
    func bothSides() {
        let both = InhibitionRule(labels: .init(equal: ["cluster"]) { _ in true }) { _ in true }
        let index = index(both, ServiceGraph(), alert("a", at: 0), alert("b", at: 0))
        #expect(index.inhibitions(now: second(1)).isEmpty)
        let oneSided = InhibitionRule(labels: .init(equal: []) { _ in true }) { $0.id != "n" }
        let mixed = self.index(oneSided, ServiceGraph(), alert("a", at: 0), alert("b", at: 1), alert("n", at: 2))
        #expect(mixed.inhibitions(now: second(3)).map { "\($0.target) by \($0.source)" } == ["a by n", "b by n"])
    }

    @Test("services in a circle don't silence one another, but what lies outside of it is silenced")
    func circles() {
        let index = index(
            Self.upstream, dependencies("a > b", "b > c", "c > a", "d > a"), alert("1", "a", at: 0),
            alert("2", "b", at: 0), alert("3", "c", at: 0), alert("4", "d", at: 0))
        #expect(index.inhibitions(now: second(1)).map(\.target) == ["4"])
    }

    @Test("another graph takes effect on alerts that fire already")
    func graphChanges() {
        var index = index(Self.upstream, ServiceGraph(), alert("s", "shop", at: 0), alert("d", "db", at: 0))
        #expect(index.inhibitions(now: second(1)).isEmpty)
        index.use(dependencies("shop > db"))
        #expect(index.inhibitions(now: second(1)).map(\.target) == ["s"])
    }

    @Test("alerts beyond the bound are heard and counted")
    func bound() {
        var index = InhibitionIndex(Self.byLabels, graph: ServiceGraph())
        for number in 0...InhibitionIndex.mostAlerts { index.update(alert("\(number)", at: 0)) }
        #expect(index.count == InhibitionIndex.mostAlerts && index.refusedAlerts == 1)
    }

    // MARK: Compared with all pairs

    /// Everything that is inhibited, by comparing all alerts with all.
    private func naive(_ rule: InhibitionRule, _ graph: ServiceGraph, _ alerts: [Alert], _ now: Timestamp) -> [String] {
        func isSource(_ alert: Alert) -> Bool {
            (rule.labels?.isSource(alert) ?? false) || (rule.topology?.isSource(alert) ?? false)
        }
        func areMutual(_ one: String, _ other: String) -> Bool {
            graph.path(from: one, to: other) != nil && graph.path(from: other, to: one) != nil
        }
        let firing = alerts.filter { $0.state == .firing }.sorted { $0.id < $1.id }
        return firing.filter(rule.isTarget).compactMap { target in
            var found: [(firedAt: Timestamp, distance: Int, id: String)] = []
            for source in firing where source.id != target.id {
                let isBoth = isSource(target) && rule.isTarget(source)
                let firedAt = source.firedAt ?? source.startedAt
                if let labels = rule.labels, labels.isSource(source), !isBoth,
                    labels.equal.allSatisfy({ (source.labels[$0] ?? "") == (target.labels[$0] ?? "") })
                {
                    found.append((firedAt, 0, source.id))
                }
                guard let topology = rule.topology, topology.isSource(source), let from = graph.serviceName(of: target),
                    let to = graph.serviceName(of: source), from != to, !isBoth || !areMutual(from, to)
                else { continue }
                let ends = topology.direction == .upstream ? (from, to) : (to, from)
                if let path = graph.path(from: ends.0, to: ends.1), path.count - 1 <= topology.depth {
                    found.append((firedAt, path.count - 1, source.id))
                }
            }
            guard let first = found.min(by: { $0 < $1 }) else { return nil }
            let since = max(first.firedAt, target.firedAt ?? target.startedAt)
            return now < since + rule.longest ? "\(target.id) by \(first.id)" : nil
        }
    }

    @Test("alerts that come and go give what comparing all with all gives, and never a circle")
    func property() throws {
        var random = SplitMix64(seed: 5)
        for _ in 0..<150 {
            let services = (0..<7).map { "s\($0)" }
            var graph = ServiceGraph()
            for _ in 0..<Int.random(in: 0...12, using: &random) {
                let link = ServiceLink(
                    services.randomElement(using: &random) ?? "",
                    dependsOn: services.randomElement(using: &random) ?? "")
                _ = graph.tell([link], at: second(0))
            }
            let rules = ["r0", "r1", "r2"]
            let targets = Set(rules.filter { _ in Bool.random(using: &random) })
            let sources = Set(rules.filter { _ in Bool.random(using: &random) })
            let others = Set(rules.filter { _ in Bool.random(using: &random) })
            let kinds = Int.random(in: 0..<3, using: &random)
            let rule = InhibitionRule(
                labels: kinds == 0 ? nil : .init(equal: ["cluster"]) { sources.contains($0.rule) },
                topology: kinds == 1
                    ? nil
                    : .init(
                        direction: Bool.random(using: &random) ? .upstream : .downstream,
                        depth: Int.random(in: 1...3, using: &random)
                    ) { others.contains($0.rule) },
                longest: .seconds(Int64.random(in: 1...60, using: &random))
            ) { targets.contains($0.rule) }
            var index = InhibitionIndex(rule, graph: graph)
            var alerts: [String: Alert] = [:]
            for step in 0..<40 {
                let id = "a\(Int.random(in: 0..<15, using: &random))"
                var changed = alert(
                    id, services.randomElement(using: &random) ?? "", at: Int64(step),
                    rule: rules.randomElement(using: &random) ?? "",
                    labels: ["cluster": Bool.random(using: &random) ? "" : "x"])
                changed.state = [.firing, .firing, .resolved, .pending].randomElement(using: &random) ?? .firing
                alerts[id] = changed
                index.update(changed)
                let now = second(Int64(step) + Int64.random(in: 0...20, using: &random))
                let inhibitions = index.inhibitions(now: now)
                try #require(
                    inhibitions.map { "\($0.target) by \($0.source)" } == naive(rule, graph, Array(alerts.values), now))
                let sources = Dictionary(uniqueKeysWithValues: inhibitions.map { ($0.target, $0.source) })
                for inhibition in inhibitions {
                    try #require(index.inhibition(of: inhibition.target, now: now) == inhibition)
                    var (next, steps) = (inhibition.source, 0)
                    while let further = sources[next], steps <= sources.count { (next, steps) = (further, steps + 1) }
                    try #require(steps <= sources.count)
                }
            }
        }
    }
}
