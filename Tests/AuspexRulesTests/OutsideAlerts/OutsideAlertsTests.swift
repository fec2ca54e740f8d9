import AuspexRules
import AuspexSignals
import Foundation
import Testing

@Suite("The alerts of other systems")
struct OutsideAlertsTests {
    private var alerts = OutsideAlerts()

    @Test("an alert that begins is a fact with its name, severity and labels")
    mutating func begins() {
        let alert = sent(from: 10, to: 300, more: ["service": "shop"])
        let fact = Fact.alert(
            OutsideAlert(name: "A", labels: alert.labels, severity: "critical", state: .firing, time: second(10)))
        #expect(alerts.receive([alert], at: second(60)) == [fact])
        #expect(alerts.firing.map { .alert($0) } == [fact])
    }

    @Test("a beginning that lies ahead is that of the moment when it was told")
    mutating func ahead() {
        #expect(alerts.take(sent(from: 100, to: 300), at: 60) == ["firing A 60"])
    }

    @Test("saying it again says nothing new and puts the end off")
    mutating func repetition() {
        #expect(alerts.take(sent(from: 10, to: 300, assumed: true), at: 10) == ["firing A 10"])
        #expect(alerts.take(sent(from: 10, to: 360, assumed: true), at: 70) == [])
        #expect(alerts.take(sent(from: 10, to: 360, assumed: true), at: 70) == [])
        #expect(alerts.pass(to: 359) == [])
        #expect(alerts.pass(to: 360) == ["resolved A 360"])
        #expect(alerts.pass(to: 400) == [])
        #expect(alerts.names == [])
    }

    @Test("one that is not sent again is over for no other reason, and one of which the end is told is")
    mutating func notSentAgain() {
        _ = alerts.take(sent("A", from: 10, to: 300), at: 10)
        _ = alerts.take(sent("B", from: 10, to: 300), at: 10)
        func isUnheardOf(_ facts: [Fact]) -> [Bool?] {
            facts.compactMap { if case .alert(let alert) = $0 { alert } else { nil } }.map(\.isUnheardOf)
        }
        #expect(isUnheardOf(alerts.receive([sent("B", from: 10, to: 60)], at: second(60))) == [nil])
        #expect(isUnheardOf(alerts.advance(to: second(300))) == [true])
    }

    @Test("an end that is told is over at once, and counts from when it was")
    mutating func ends() {
        #expect(alerts.take(sent(from: 10, to: 300), at: 10) == ["firing A 10"])
        #expect(alerts.take(sent(from: 10, to: 50), at: 60) == ["resolved A 50"])
        #expect(alerts.take(sent(from: 10, to: 50), at: 120) == [])
    }

    @Test("after an end it fires again")
    mutating func again() {
        #expect(alerts.take(sent(from: 10, to: 300), at: 10) == ["firing A 10"])
        #expect(alerts.take(sent(from: 10, to: 50), at: 60) == ["resolved A 50"])
        #expect(alerts.take(sent(from: 70, to: 400), at: 80) == ["firing A 70"])
        #expect(alerts.pass(to: 500) == ["resolved A 400"])
    }

    @Test("one that was given up and is heard of again goes on where it was given up")
    mutating func givenUp() {
        #expect(alerts.take(sent(from: 10, to: 300), at: 10) == ["firing A 10"])
        #expect(alerts.take(sent(from: 10, to: 700), at: 400) == ["resolved A 300", "firing A 300"])
    }

    @Test("the end of a former time says nothing of the present one")
    mutating func formerEnd() {
        _ = alerts.take(sent(from: 10, to: 50), at: 60)
        #expect(alerts.take(sent(from: 70, to: 400), at: 80) == ["firing A 70"])
        #expect(alerts.take(sent(from: 10, to: 50), at: 90) == [])
        #expect(alerts.take(sent(from: 10, to: 60), at: 90) == [])
        #expect(alerts.names == ["A"] && alerts.statistics.outdated == 3)
        #expect(alerts.take(sent(from: 70, to: 90), at: 100) == ["resolved A 90"])
    }

    @Test("an end that comes again after the alert was given up and went on is no news either")
    mutating func sameEnd() {
        _ = alerts.take(sent(from: 10, to: 300), at: 10)
        #expect(alerts.take(sent(from: 10, to: 50), at: 60) == ["resolved A 50"])
        #expect(alerts.take(sent(from: 10, to: 400), at: 70) == ["firing A 50"])
        #expect(alerts.take(sent(from: 10, to: 50), at: 80) == [])
        #expect(alerts.take(sent(from: 10, to: 51), at: 80) == ["resolved A 51"])
    }

    @Test("an alert that is over before it is heard of is no fact, and a late beginning of it comes after its end")
    mutating func unheard() {
        #expect(alerts.take(sent(from: 10, to: 50), at: 60) == [])
        #expect(alerts.take(sent(from: 20, to: 55), at: 60) == [])
        #expect(alerts.count == 1)
        #expect(alerts.take(sent(from: 10, to: 400), at: 70) == ["firing A 55"])
    }

    @Test("a sender that saw it begin earlier changes no fact, but its end counts")
    mutating func twoSenders() {
        #expect(alerts.take(sent(from: 100, to: 300), at: 110) == ["firing A 100"])
        #expect(alerts.take(sent(from: 50, to: 300), at: 110) == [])
        // Whoever has heard of a beginning at 100 would take an end at 70 for that of a former time.
        #expect(alerts.take(sent(from: 50, to: 70), at: 120) == ["resolved A 100"])
    }

    static let merges: [(first: ReceivedAlert, second: ReceivedAlert, end: Int64)] = [
        (sent(from: 0, to: 300), sent(from: 0, to: 200), 300),
        (sent(from: 0, to: 300), sent(from: 0, to: 200, assumed: true), 300),
        (sent(from: 0, to: 300, assumed: true), sent(from: 0, to: 200), 200),
        (sent(from: 0, to: 300, assumed: true), sent(from: 0, to: 200, assumed: true), 200),
        (sent(from: 0, to: 200), sent(from: 0, to: 300), 300),
    ]

    @Test("of two ends yet to come a later one that was named stays", arguments: merges.indices)
    mutating func merged(index: Int) {
        let (first, news, end) = Self.merges[index]
        #expect(alerts.take(first, news, at: 10) == ["firing A 0"])
        #expect(alerts.pass(to: end - 1) == [])
        #expect(alerts.pass(to: end) == ["resolved A \(end)"])
    }

    @Test("alerts end in the order of their ends")
    mutating func order() {
        let sends = (0..<50).map { sent("\($0)", from: 0, to: Int64(100 + $0 * 37 % 50)) }
        #expect(alerts.receive(sends, at: second(1)).count == 50)
        let ends = alerts.advance(to: second(1_000))
        #expect(ends.count == 50 && ends.map(\.time) == ends.map(\.time).sorted())
    }

    @Test("labels tell alerts apart, annotations don't")
    mutating func identity() {
        var again = sent(from: 0, to: 100)
        again.annotations = ["summary": "now 97 percent"]
        #expect(alerts.take(sent(from: 0, to: 100), again, at: 1) == ["firing A 0"])
        #expect(alerts.take(sent(from: 0, to: 100, more: ["pod": "p"]), at: 1) == ["firing A 0"])
        #expect(alerts.count == 2)
    }

    @Test("what is over is forgotten, and what was over long ago not taken in")
    mutating func forgets() {
        let memory = OutsideAlerts.Limits().memory.milliseconds / 1_000
        _ = alerts.take(sent(from: 10, to: 100), at: 10)
        #expect(alerts.pass(to: 100) == ["resolved A 100"])
        #expect(alerts.pass(to: 100 + memory - 1) == [] && alerts.count == 1)
        #expect(alerts.pass(to: 100 + memory) == [] && alerts.count == 0)
        #expect(alerts.take(sent(from: 10, to: 100), at: 100 + memory) == [])
        #expect(alerts.count == 0 && alerts.statistics.outdated == 1)
    }

    @Test("an alert that fires is not forgotten, however long it does")
    mutating func lasts() {
        _ = alerts.take(sent(from: 0, to: 1_000_000), at: 10)
        #expect(alerts.pass(to: 999_999) == [] && alerts.names == ["A"])
    }

    @Test("too many are refused and counted, known ones go on")
    mutating func cap() {
        alerts.limits.alerts = 2
        #expect(alerts.take(sent("A", from: 0, to: 100), sent("B", from: 0, to: 90), at: 1).count == 2)
        #expect(alerts.take(sent("C", from: 0, to: 100), sent("A", from: 0, to: 200), at: 2) == [])
        #expect(alerts.statistics.refused == 1 && alerts.count == 2)
        #expect(alerts.take(sent("D", from: 0, to: 1), at: 3) == [] && alerts.count == 2)
        // The one that is over makes room.
        #expect(alerts.take(sent("C", from: 0, to: 200), at: 95) == ["resolved B 90", "firing C 0"])
        #expect(alerts.names == ["A", "C"] && alerts.statistics.refused == 1)
    }

    @Test("of those that are over the first one makes room first")
    mutating func firstOut() {
        alerts.limits.alerts = 3
        let (a, b, c) = (sent("A", from: 0, to: 30), sent("B", from: 0, to: 20), sent("C", from: 0, to: 40))
        _ = alerts.take(a, b, c, at: 1)
        _ = alerts.pass(to: 50)
        #expect(alerts.take(sent("D", from: 0, to: 90), at: 60) == ["firing D 0"])
        // B is not known any more, so that its beginning isn't held against its end; that of A is.
        #expect(alerts.take(sent("A", from: 0, to: 90), at: 60) == ["firing A 30"])
        #expect(alerts.take(sent("B", from: 0, to: 90), at: 60) == ["firing B 0"])
        #expect(alerts.names == ["A", "B", "D"])
    }

    @Test("ends that move to and fro take no more room")
    mutating func churn() {
        for turn in 0..<100_000 as Range<Int64> {
            let end = turn.isMultiple(of: 2) ? 1_000_000 : 900_000 - turn
            _ = alerts.take(sent(from: 0, to: end, assumed: true), at: 1)
        }
        #expect(alerts.pass(to: 800_000) == [])
        #expect(alerts.pass(to: 900_000) == ["resolved A 800001"])
    }

    @Test("after a time without listening, alerts get the time to be heard of again")
    mutating func resumes() {
        _ = alerts.take(sent("A", from: 0, to: 300), sent("B", from: 0, to: 5_000), at: 10)
        alerts.resume(at: second(1_000), grace: .minutes(2))
        #expect(alerts.take(sent("A", from: 0, to: 1_300), at: 1_060) == [])
        #expect(alerts.pass(to: 1_299) == [])
        #expect(alerts.pass(to: 5_000) == ["resolved A 1300", "resolved B 5000"])
    }

    @Test("times at the ends of what there is do no harm")
    mutating func extremes() {
        let (first, last) = (Timestamp(milliseconds: .min), Timestamp(milliseconds: .max))
        let labels = Labels(["alertname": "A"])
        let always = ReceivedAlert(labels: labels, startsAt: first, endsAt: last)
        #expect(alerts.receive([always], at: second(0)).map(\.time) == [first])
        #expect(alerts.receive([always], at: first) == [])
        alerts.resume(at: last)
        #expect(alerts.advance(to: last).map(\.time) == [last])
        #expect(alerts.receive([ReceivedAlert(labels: labels, startsAt: first, endsAt: first)], at: first) == [])
    }

    @Test("a snapshot goes on as the original does, and has the same bytes")
    mutating func snapshot() throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        _ = alerts.take(
            sent("A", from: 0, to: 300), sent("B", from: 0, to: 30, assumed: true), sent("C", from: 0, to: 5), at: 10)
        _ = alerts.take(sent("C", from: 0, to: 90), at: 40)
        let data = try encoder.encode(alerts)
        var restored = try JSONDecoder().decode(OutsideAlerts.self, from: data)
        #expect(restored == alerts)
        #expect(try encoder.encode(restored) == data)
        let ends = ["resolved C 90", "resolved A 300"]
        #expect(restored.pass(to: 400) == ends && alerts.pass(to: 400) == ends)
        #expect(restored == alerts)
    }
}
