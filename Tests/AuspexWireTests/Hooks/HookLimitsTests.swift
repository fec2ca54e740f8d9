import AuspexSignals
import AuspexTesting
import Foundation
import Testing

@testable import AuspexWire

@Suite struct HookLimitsTests {
    private func ping(_ body: String, limits: HookLimits = HookLimits()) throws -> HookDelivery {
        try HookSamples.decode(.github, body, HookSamples.gitHub("ping"), limits: limits)
    }

    @Test("bodies that are too long, nested too deeply or of too many values are refused")
    func limits() throws {
        #expect(throws: HookError.bodyTooLarge(bytes: 12, limit: 10)) {
            try ping(#"{"a":"12345"}"#.replacing("5", with: ""), limits: HookLimits(bytes: 10))
        }
        let deep = String(repeating: "[", count: 100_000) + String(repeating: "]", count: 100_000)
        let error = #expect(throws: HookError.self) { try ping(deep) }
        #expect(error?.status == 400)
        #expect(throws: HookError.tooManyValues(limit: 5)) {
            try ping(#"{"a":[1,2,3,4]}"#, limits: HookLimits(values: 5))
        }
        _ = try ping(#"{"a":[1,2,3]}"#, limits: HookLimits(values: 5))
        let events = "[" + Array(repeating: #"{"details":{"type":"build"}}"#, count: 3).joined(separator: ",") + "]"
        #expect(throws: HookError.self) { try HookSamples.decode(.spinnaker, events, limits: HookLimits(items: 2)) }
        #expect(try HookSamples.decode(.spinnaker, events).items.count == 3)
    }

    @Test("what is not JSON says where it stops being it", arguments: ["", "not json", "{", "{}x", "{\"a\":}"])
    func notJSON(body: String) {
        let error = #expect(throws: HookError.self) { try ping(body) }
        guard case .notJSON = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(error?.status == 400)
    }

    @Test("another content type than JSON is refused with the setting to change")
    func contentType() {
        let headers = [("Content-Type", "application/x-www-form-urlencoded")]
        let error = #expect(throws: HookError.self) {
            try HookReceiver.decode(
                .github, headers: HookHeaders(headers + HookSamples.gitHub("ping")), body: Data("payload=%7B".utf8),
                receivedAt: HookSamples.receivedAt)
        }
        #expect(error?.status == 415 && error?.description.contains("application/json") == true)
    }

    @Test("headers that GitHub always sends once must be there once")
    func headers() {
        func decode(_ headers: [(String, String)]) throws { _ = try HookSamples.decode(.github, "{}", headers) }
        #expect(throws: HookError.missingHeader("X-GitHub-Delivery")) { try decode([("X-GitHub-Event", "ping")]) }
        #expect(throws: HookError.missingHeader("X-GitHub-Event")) { try decode([("X-GitHub-Delivery", "d")]) }
        #expect(throws: HookError.duplicateHeader("X-GitHub-Event")) {
            try decode(HookSamples.gitHub("ping") + [("x-github-event", "push")])
        }
        #expect(throws: HookError.malformedHeader("X-GitHub-Event")) { try decode(HookSamples.gitHub("pi ng")) }
        #expect(throws: HookError.malformedHeader("X-GitHub-Delivery")) {
            try decode(HookSamples.gitHub("ping", String(repeating: "a", count: 201)))
        }
    }

    static let times: [(text: String, milliseconds: Int64?)] = [
        ("\"2026-03-01T12:00:00Z\"", 1_772_366_400_000), ("\"2026-03-01 12:00:00 UTC\"", 1_772_366_400_000),
        ("\"2026-03-01 13:00:00 +0100\"", 1_772_366_400_000), ("1772366400", 1_772_366_400_000),
        ("\"1772366400000\"", 1_772_366_400_000), ("1772366400000000", 1_772_366_400_000),
        ("1772366400000000000", 1_772_366_400_000), ("1772366400.5", 1_772_366_400_500), ("\"\"", nil), ("null", nil),
        ("0", nil), ("-5", nil), ("\"0001-01-01T00:00:00Z\"", nil),
    ]

    @Test("moments are read in every form in which senders write them", arguments: times.indices)
    func moments(index: Int) throws {
        let (text, milliseconds) = Self.times[index]
        let node = HookNode(try JSONValue(parsing: "{\"at\":\(text)}"))
        #expect(try node.time("at")?.milliseconds == milliseconds)
    }

    @Test("what is no moment says so", arguments: ["\"yesterday\"", "true", "{}", "1e300", "\"2026-02-30T00:00:00Z\""])
    func noMoments(text: String) throws {
        let node = HookNode(try JSONValue(parsing: "{\"at\":\(text)}"))
        let error = #expect(throws: HookError.self) { try node.time("at") }
        #expect(error?.description.hasPrefix("$.at: must be a time such as") == true)
    }

    @Test("repositories are found in their addresses")
    func repositories() {
        for url in [
            "https://github.com/acme/shop.git", "git@github.com:acme/shop.git", "ssh://git@host:2222/acme/shop.git/",
            "https://user@host/acme/shop?x=1#y",
        ] {
            #expect(RepositoryName.of(url) == "acme/shop", "\(url)")
        }
        for url in ["", "shop", "https://host", "https://host/shop", "@", "a@b"] {
            #expect(RepositoryName.of(url) == nil, "\(url)")
        }
    }

    @Test("damaged and cut deliveries are read or refused in words, never a crash", arguments: 0..<20)
    func damage(seed: Int) {
        var random = SplitMix64(seed: UInt64(seed))
        for (sender, headers, body) in HookSamples.all {
            for _ in 0..<60 {
                var bytes = Array(body.utf8)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes = Array(bytes.prefix(Int.random(in: 0...bytes.count, using: &random)))
                case 1:
                    bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
                case 2:
                    bytes.swapAt(
                        Int.random(in: 0..<bytes.count, using: &random), Int.random(in: 0..<bytes.count, using: &random)
                    )
                default: bytes = Self.replacingValue(in: body, &random)
                }
                do throws(HookError) {
                    let delivery = try HookReceiver.decode(
                        sender, headers: HookHeaders(HookSamples.json + headers), body: Data(bytes),
                        receivedAt: HookSamples.receivedAt)
                    #expect(!delivery.items.isEmpty && !delivery.id.isEmpty)
                    for case .change(let change) in delivery.items {
                        #expect(!change.id.isEmpty && !change.service.isEmpty)
                    }
                } catch {
                    #expect((400...422).contains(error.status) && !error.description.isEmpty)
                }
            }
        }
    }

    /// The body with one of its numbers, texts or the like put in the place of something else.
    private static func replacingValue(in body: String, _ random: inout SplitMix64) -> [UInt8] {
        let values = ["null", "[]", "{}", "-1", "1e400", "9223372036854775807", "\"\"", "true", "[[1]]", "\"\\u0000\""]
        let starts = body.indices.filter { body[$0] == ":" }
        guard let start = starts.randomElement(using: &random), let value = values.randomElement(using: &random),
            let end = body[start...].firstIndex(where: { $0 == "," || $0 == "}" })
        else { return Array(body.utf8) }
        return Array((body[...start] + value + body[end...]).utf8)
    }
}
