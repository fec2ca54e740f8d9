import AuspexSignals
import AuspexTesting
import Foundation
import Testing

@testable import AuspexRules

@Suite("Silences")
struct SilenceTests {
    private func silence(
        _ id: String, _ matchers: String = #"service="shop""#, from start: Int64 = 10, to end: Int64 = 20,
        comment: String = "moving house"
    ) throws -> Silence {
        try Silence(
            id: id, matchers: try LabelMatchers(parsing: matchers), startsAt: second(start), endsAt: second(end),
            createdBy: "ann", comment: comment)
    }

    private let shop = Labels(["service": "shop"])

    @Test("are pending, then active, then expired; the end does not belong to them")
    func states() throws {
        let silence = try silence("a")
        let states = [9, 10, 19, 20].map { silence.state(at: second($0)) }
        #expect(states == [.pending, .active, .active, .expired])
        #expect([9, 10, 19, 20].map { silence.silences(shop, at: second($0)) } == [false, true, true, false])
        #expect(!silence.silences(Labels(["service": "till"]), at: second(10)))
    }

    @Test("say why, who, and until when")
    func checks() throws {
        #expect(throws: SilenceError.endsBeforeItStarts(startsAt: second(10), endsAt: second(10))) {
            try silence("a", to: 10)
        }
        #expect(throws: SilenceError.empty("comment")) { try silence("a", comment: " \n") }
        #expect(throws: SilenceError.empty("id")) { try silence("") }
        let error = try #require(throws: SilenceError.self) {
            try silence("a", comment: String(repeating: "x", count: 4_097))
        }
        #expect(error.description == "'comment' has 4097 bytes; at most 4096 are accepted")
    }

    @Test("one can be ended early, also before it began, but once")
    func expiry() throws {
        var set = SilenceSet()
        try set.add(silence("a"), at: second(0))
        try set.add(silence("b"), at: second(0))
        try set.expire("a", at: second(15))
        #expect(set["a"]?.endsAt == second(15))
        #expect(set.matching(shop, at: second(14)) == ["b"])
        #expect(set.matching(shop, at: second(15)) == ["b"])
        try set.expire("b", at: second(5))
        #expect(set["b"]?.state(at: second(12)) == .expired)
        #expect(set.matching(shop, at: second(12)).isEmpty)
        #expect(throws: SilenceError.expired("a")) { try set.expire("a", at: second(16)) }
        #expect(throws: SilenceError.unknown("c")) { try set.expire("c", at: second(16)) }
    }

    @Test("an edit ends the old one and makes another, or does neither")
    func edits() throws {
        var set = SilenceSet()
        try set.add(silence("a"), at: second(0))
        #expect(throws: SilenceError.endsInThePast(endsAt: second(11), now: second(12))) {
            try set.edit("a", as: silence("b", to: 11), at: second(12))
        }
        #expect(throws: SilenceError.taken("a")) { try set.edit("a", as: silence("a", to: 50), at: second(12)) }
        #expect(set["a"]?.endsAt == second(20))
        let new = try set.edit("a", as: silence("b", #"service="till""#, to: 50), at: second(12))
        #expect(new.startsAt == second(12))
        #expect(set["a"]?.endsAt == second(12))
        #expect(set.silences.map(\.id) == ["a", "b"])
        #expect(set.matching(shop, at: second(12)).isEmpty)
        #expect(set.matching(Labels(["service": "till"]), at: second(12)) == ["b"])
        try set.edit("a", as: silence("c", to: 60), at: second(30))
        #expect(set["a"]?.endsAt == second(12))
    }

    @Test("a full set forgets what is over before it refuses")
    func capacity() throws {
        var set = SilenceSet(limit: 2)
        try set.add(silence("a", to: 20), at: second(0))
        try set.add(silence("b", to: 30), at: second(0))
        #expect(throws: SilenceError.full(limit: 2)) { try set.add(silence("c", to: 40), at: second(19)) }
        try set.add(silence("c", to: 40), at: second(20))
        #expect(set.silences.map(\.id) == ["b", "c"])
        #expect(set.statistics.refused == 1)
        #expect(set.statistics.forgotten == 1)
        try set.edit("c", as: silence("d", to: 50), at: second(21))
        #expect(set.silences.map(\.id) == ["b", "d"])
        set.forget(expiredBefore: second(30))
        #expect(set.silences.map(\.id) == ["d"])
    }

    @Test("a preview says which alerts it would silence, and which matchers fit nothing")
    func preview() throws {
        let alerts = ["shop", "till", "shop"].enumerated().map { number, service in alert("\(number)", service) }
        let preview = SilencePreview(
            try LabelMatchers(parsing: #"service="shop", severity=~"warn.*", alertname="high-load""#), among: alerts)
        #expect(preview.silenced.map(\.id) == ["0", "2"])
        #expect(preview.examined == 3)
        #expect(preview.idleMatchers.isEmpty)
        let idle = SilencePreview(try LabelMatchers(parsing: "service=shop, severity=waring"), among: alerts)
        #expect(idle.silenced.isEmpty)
        #expect(idle.idleMatchers.map(\.description) == [#"severity="waring""#])
    }

    private func alert(_ id: String, _ service: String) -> Alert {
        let labels = Labels(["service": service])
        return Alert(
            id: id, rule: "high-load", title: "", severity: .warning, owner: "", runbookURL: "", group: labels,
            labels: labels, state: .firing, startedAt: second(0), firedAt: second(0), resolvedAt: nil,
            evidence: Evidence(reading(labels, 0, 1)), note: "")
    }

    @Test("a label of the alert's own goes before what is known of its rule")
    func matchedLabels() {
        var alert = alert("a", "shop")
        #expect(alert.matchedLabels == Labels(["service": "shop", "severity": "warning", "alertname": "high-load"]))
        alert.labels = Labels(["severity": "page"])
        #expect(alert.matchedLabels == Labels(["severity": "page", "alertname": "high-load"]))
    }

    @Test("a snapshot goes on where it was left, and one that is wrong is refused")
    func snapshot() throws {
        var set = SilenceSet(limit: 3)
        try set.add(silence("a"), at: second(0))
        try set.add(silence("b", #"service=~"s.*""#), at: second(0))
        try set.expire("b", at: second(5))
        let data = try JSONEncoder().encode(set)
        let copy = try JSONDecoder().decode(SilenceSet.self, from: data)
        #expect(copy.silences == set.silences)
        #expect(copy.matching(shop, at: second(12)) == ["a"])
        let text = try #require(String(data: data, encoding: .utf8))
        let broken = text.replacingOccurrences(of: "\"createdBy\":\"ann\"", with: "\"createdBy\":\"\"")
        #expect(broken != text)
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(SilenceSet.self, from: Data(broken.utf8))
        }
    }

    // MARK: Many

    @Test("the set says what trying every silence says")
    func equivalence() throws {
        var generator = SplitMix64(seed: 11)
        func any(_ texts: [String]) -> String { texts.randomElement(using: &generator) ?? "" }
        func matcher() -> String {
            let name = any(["a", "b", "c"])
            return any([
                "\(name)=\(any(["x", "y"]))", "\(name)=~\"x|\(any(["y", "z", "x"]))\"", "\(name)!=x", "\(name)=~\".+\"",
                "\(name)=~\"xy?\"", "\(name)=~\"xy+\"", "\(name)=~\"x[yz]\"", "\(name)=~\"[xy].*\"", "\(name)=~\"y.*\"",
                "\(name)=~\"xy.*\"", "\(name)=~\"x.*\"", "\(name)!~\"y|z\"",
                "\(name)=\"\"", "\(name)=~\"|x\"", "\(name)!=\"\"",
            ])
        }
        for _ in 0..<40 {
            var set = SilenceSet(limit: 30)
            var naive: [Silence] = []
            for step in 0..<Int64(80) {
                let now = second(step)
                if Int.random(in: 0..<4, using: &generator) == 0, let victim = naive.randomElement(using: &generator) {
                    _ = try? set.expire(victim.id, at: now)
                } else {
                    let text = (0...Int.random(in: 0...2, using: &generator)).map { _ in matcher() }
                    guard let matchers = try? LabelMatchers(parsing: text.joined(separator: ",")) else { continue }
                    let start = step + .random(in: -5...5, using: &generator)
                    let silence = try Silence(
                        id: "s\(step)", matchers: matchers, startsAt: second(start),
                        endsAt: second(start + .random(in: 1...40, using: &generator)), createdBy: "b", comment: "c")
                    _ = try? set.add(silence, at: now)
                }
                naive = set.silences
                let labels = Labels(
                    Dictionary(uniqueKeysWithValues: ["a", "b", "c"].map { ($0, any(["", "x", "xy", "y", "z"])) }))
                let fitting = naive.filter { $0.silences(labels, at: now) }.map(\.id).sorted()
                #expect(set.matching(labels, at: now) == fitting)
                let changes = naive.flatMap { [$0.startsAt, $0.endsAt] }.filter { $0 > now }
                #expect(set.nextChange(after: now) == changes.min())
                #expect(set.count <= 30)
            }
        }
    }

    @Test("an alert is held against the silences about it only")
    func selection() throws {
        var set = SilenceSet()
        for number in 0..<1_000 {
            try set.add(
                silence("s\(number)", "env=prod, service=~\"shop-\(number)|till-\(number)\""), at: second(0))
        }
        #expect(set.candidates(for: Labels(["env": "prod", "service": "shop-7"])) <= 2)
        #expect(set.matching(Labels(["env": "prod", "service": "till-7"]), at: second(10)) == ["s7"])
        #expect(set.candidates(for: Labels(["service": "other"])) == 0)
        for number in 0..<1_000 { try set.add(silence("p\(number)", "host=~\"db-\(number)x.*\""), at: second(0)) }
        #expect(set.candidates(for: Labels(["host": "db-7x1"])) == 1)
        #expect(set.matching(Labels(["host": "db-7x1"]), at: second(10)) == ["p7"])
        #expect(set.candidates(for: Labels(["host": "web-7"])) == 0)
        for silence in set.silences { try set.expire(silence.id, at: second(1)) }
        #expect(set.candidates(for: Labels(["env": "prod", "host": "db-7x1", "service": "shop-7"])) == 0)
    }
}
