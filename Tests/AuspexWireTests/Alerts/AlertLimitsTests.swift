import AuspexSignals
import AuspexTesting
import Testing

@testable import AuspexWire

@Suite("Limits of requests with alerts")
struct AlertLimitsTests {
    private func decode(_ text: String, _ change: (inout AlertLimits) -> Void) throws -> DecodedAlerts {
        var limits = AlertLimits()
        change(&limits)
        return try AlertmanagerAlertsTests.decode(text, limits: limits)
    }

    @Test("bytes of the body")
    func bytes() throws {
        let body = #"[{"labels":{"a":"b"}}]"#
        #expect(try decode(body) { $0.bytes = body.utf8.count }.alerts.count == 1)
        #expect(throws: AlertWireError.bodyTooLarge(limit: body.utf8.count - 1)) {
            try decode(body) { $0.bytes = body.utf8.count - 1 }
        }
        #expect(AlertWireError.bodyTooLarge(limit: 1).status == 413)
    }

    @Test("alerts of a request, wrong ones too")
    func alerts() throws {
        #expect(try decode(#"[{"labels":{"a":"b"}},3]"#) { $0.alerts = 2 }.alerts.count == 1)
        #expect(throws: AlertWireError.tooManyAlerts(limit: 2)) { try decode("[1,2,3]") { $0.alerts = 2 } }
        #expect(AlertWireError.tooManyAlerts(limit: 1).status == 413)
    }

    @Test("labels: an alert with too many, or too long ones, is refused and not cut")
    func labels() throws {
        let two = #"[{"labels":{"a":"é","bc":"f","none":""}}]"#
        #expect(try decode(two) { $0.labels = 2 }.alerts.count == 1)
        #expect(try decode(two) { $0.labels = 1 }.refusals.map(\.reason) == ["'labels' has more than 1 labels"])
        #expect(try decode(two) { $0.valueBytes = 2 }.alerts.count == 1)
        #expect(
            try decode(two) { $0.valueBytes = 1 }.refusals.map(\.reason) == ["the label 'a' has more than 1 bytes"])
        #expect(try decode(two) { $0.nameBytes = 4 }.alerts.count == 1)
        #expect(
            try decode(two) { $0.nameBytes = 3 }.refusals.map(\.reason) == [
                "the name of the label 'none…' has more than 3 bytes"
            ])
    }

    @Test("annotations: what is too much is left out or cut, and counted")
    func annotations() throws {
        let body = #"[{"labels":{"x":"y"},"annotations":{"a":"éé","b":"f","a":"gé"}}]"#
        let whole = try decode(body) { $0.annotations = 2 }
        #expect(whole.alerts.first?.annotations == ["a": "gé", "b": "f"] && whole.shortened == 0)
        let fewer = try decode(body) { $0.annotations = 1 }
        #expect(fewer.alerts.first?.annotations == ["a": "gé"] && fewer.shortened == 1)
        let cut = try decode(body) { $0.annotationBytes = 2 }
        #expect(cut.alerts.first?.annotations == ["a": "g", "b": "f"] && cut.shortened == 1)
        let long = try decode(#"[{"labels":{"x":"y"},"annotations":{"name":"v"}}]"#) { $0.nameBytes = 3 }
        #expect(long.alerts.first?.annotations == [:] && long.shortened == 1)
    }

    @Test("an address that is too long is none")
    func address() throws {
        let body = #"[{"labels":{"x":"y"},"generatorURL":"http://a"}]"#
        #expect(try decode(body) { $0.annotationBytes = 8 }.alerts.first?.generatorURL == "http://a")
        let long = try decode(body) { $0.annotationBytes = 7 }
        #expect(long.alerts.first?.generatorURL == "" && long.shortened == 1)
    }

    @Test("depth, also of what is not read")
    func depth() throws {
        let body = #"[{"labels":{"a":"b"},"other":[[1]]}]"#
        #expect(try decode(body) { $0.depth = 4 }.alerts.count == 1)
        #expect(throws: AlertWireError.self) { try decode(body) { $0.depth = 3 } }
        let deep = String(repeating: "[", count: 1_000_000)
        #expect(throws: AlertWireError.self) { try decode(deep) { _ in } }
    }

    @Test("the first reasons are given, the others counted")
    func described() throws {
        let decoded = try decode(#"[1,2,3,{"labels":{"a":"b"}}]"#) { $0.describedRefusals = 2 }
        #expect(decoded.refusals.map(\.index) == [0, 1] && decoded.refused == 3)
        #expect(decoded.problem?.hasSuffix("; and 1 more") == true)
    }

    @Test("a reason shows a sender's text only in part")
    func shown() throws {
        let name = String(repeating: "x", count: 900)
        let reason = try decode(#"[{"labels":{"a\u0007\#(name)":7}}]"#) { _ in }.refusals.first?.reason ?? ""
        #expect(reason.utf8.count < 200 && !reason.contains("\u{7}"))
    }

    @Test("bytes at random, and requests with bytes changed, never do harm")
    func hostile() throws {
        var generator = SplitMix64(seed: 11)
        let request = Array(
            #"[{"labels":{"alertname":"A","é":"\u00e9\ud83d\ude00"},"startsAt":"2026-03-01T11:00:00Z"},{"labels":{}}]"#
                .utf8)
        let notification = Array(
            #"{"version":"4","alerts":[{"status":"firing","labels":{"a":"b"}}],"truncatedAlerts":1}"#.utf8)
        for _ in 0..<5_000 {
            for original in [request, notification] {
                var bytes = original
                for _ in 0..<Int.random(in: 1...4, using: &generator) {
                    let place = Int.random(in: bytes.indices, using: &generator)
                    switch Int.random(in: 0..<3, using: &generator) {
                    case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator)
                    case 1: bytes.remove(at: place)
                    default: bytes.insert(bytes[Int.random(in: bytes.indices, using: &generator)], at: place)
                    }
                }
                let now = AlertmanagerAlertsTests.noon
                if let decoded = try? AlertmanagerAlerts.decode(bytes, now: now) { check(decoded) }
                if let decoded = try? AlertmanagerWebhook.decode(bytes, now: now) { check(decoded.alerts) }
            }
        }
    }

    private func check(_ decoded: DecodedAlerts) {
        #expect(decoded.alerts.allSatisfy { $0.startsAt <= $0.endsAt && !$0.labels.pairs.isEmpty })
        #expect(decoded.refused == decoded.refusals.count)
    }
}
