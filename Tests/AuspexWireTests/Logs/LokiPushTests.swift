import AuspexSignals
import AuspexTesting
import Foundation
import Testing

@testable import AuspexWire

@Suite("Loki's push API") struct LokiPushTests {
    private func json(_ text: String) throws -> DecodedLogs {
        try LokiPush.decode(Array(text.utf8), contentType: "application/json", contentEncoding: nil)
    }

    @Test(
        "Loki's own cases", .enabled(if: LogCorpora.isHere, "\(PublicData.hint)"),
        arguments: LogCorpora.cases("loki/push_test_cases.jsonl"))
    func cases(entry: JSONValue) throws {
        var body = Array(try #require(entry["body"]?.string).utf8)
        switch entry["body_transform"]?.string {
        case "gzipString": body = gzipped(body)
        // Without gzip's header of ten bytes and its check sum of eight.
        case "deflateString": body = Array(gzipped(body).dropFirst(10).dropLast(8))
        default: break
        }
        let isValid =
            (try? LokiPush.decode(
                body, contentType: entry["content_type"]?.string, contentEncoding: entry["content_encoding"]?.string))
            .map { $0.rejected == 0 && !$0.records.isEmpty } ?? false
        #expect(isValid == entry["valid"]?.bool)
    }

    @Test(
        "the same push in JSON, protobuf and every compression", .enabled(if: LogCorpora.isHere, "\(PublicData.hint)"))
    func encodings() throws {
        let logs = try json(String(decoding: try LogCorpora.bytes("loki/push_ok.json"), as: UTF8.self))
        let message = try LogCorpora.bytes("loki/push_ok.pb")
        let block = try LogCorpora.bytes("loki/push_ok.pb.snappy")
        #expect(try LokiPush.decodeMessage(message) == logs)
        for (type, encoding) in [(nil, nil), ("", ""), ("application/x-protobuf", "snappy")] as [(String?, String?)] {
            #expect(try LokiPush.decode(block, contentType: type, contentEncoding: encoding) == logs)
        }
        #expect(try LokiPush.decode(gzipped(block), contentType: nil, contentEncoding: "gzip") == logs)
        try #require(logs.records.count == 3)
        #expect(
            logs.records[0].time == Timestamp(milliseconds: 1_570_818_238_000) && logs.records[0].body == "fizzbuzz")
        #expect(logs.records[1].severity == "ERROR")
        #expect(
            logs.records[1].attributes.dictionary == [
                "app": "checkout", "service": "checkout", "level": "error", "trace_id": "0242ac120002",
                "user_id": "superUser123",
            ])
    }

    @Test("other files", .enabled(if: LogCorpora.isHere, "\(PublicData.hint)"))
    func files() throws {
        let good = try json(String(decoding: try LogCorpora.bytes("loki/push.json"), as: UTF8.self))
        #expect(good.records.count == 2 && good.records[0].attributes["service"] == "checkout")
        let bad = try json(
            String(decoding: try LogCorpora.bytes("loki/push-bad-numeric-timestamp.json"), as: UTF8.self))
        #expect(bad.records.isEmpty && bad.rejected == 1)
        #expect(bad.rejections.first?.description.contains("must be a string of nanoseconds") == true)
    }

    @Test(
        "a broken entry costs no more than itself, and is told of",
        arguments: [
            #"["1"]"#, #"[1,"x"]"#, #"["1",{}]"#, #"["1","x",{"a":1}]"#, #"["1","x",{},1]"#, "{}", #"["x","x"]"#,
        ])
    func broken(entry: String) throws {
        let logs = try json(#"{"streams":[{"values":[["1","good"],\#(entry),["2","good"]],"stream":{"a":"b"}}]}"#)
        #expect(logs.records.map(\.body) == ["good", "good"] && logs.rejected == 1)
        #expect(logs.records.allSatisfy { $0.attributes["a"] == "b" })
        #expect(logs.rejections.first?.place == "streams[0].values[1]")
    }

    @Test("labels are read as Go quotes them")
    func labels() throws {
        let pairs = try LokiLabels.read(#" {a="b", _c1 = 'd' ,e=`f\n`, g="\"\\\t\x41\u00e9\101",} "#)
        #expect(pairs.map(\.name) == ["a", "_c1", "e", "g"])
        #expect(pairs.map(\.value) == ["b", "d", "f\\n", "\"\\\tAéA"])
        #expect(try LokiLabels.read("{}").isEmpty)
        for text in [
            "", "{", "a=\"b\"", "{a}", "{a=}", "{a=\"b}", "{a=\"b\"} x", "{1=\"b\"}", "{a=\"b\" c=\"d\"}", "{,}",
            "{a=\"\\q\"}",
        ] {
            #expect(throws: LokiLabels.Mistake.self, "\(text)") { _ = try LokiLabels.read(text) }
        }
    }

    @Test("labels that are none cost the stream, not the others")
    func badLabels() throws {
        func stream(_ labels: String) -> [UInt8] {
            let content = [0x0a, UInt8(labels.utf8.count)] + Array(labels.utf8) + [0x12, 3, 0x12, 1, 0x78]
            return [0x0a, UInt8(content.count)] + content
        }
        let logs = try LokiPush.decodeMessage(stream("{a=\"b\"}") + stream("nonsense") + stream("{}"))
        #expect(logs.records.count == 2 && logs.rejected == 1)
        #expect(logs.rejections.first?.place == "streams[1].entries[0]")
    }

    @Test("labels that would be copied to too many entries refuse the push")
    func amplification() {
        let entries = Array(repeating: #"["1","x"]"#, count: 50).joined(separator: ",")
        let text = #"{"streams":[{"stream":{"a":"\#(String(repeating: "b", count: 100))"},"values":[\#(entries)]}]}"#
        #expect(throws: LogWireError.recordsTooLarge(limit: 1_000)) {
            try LokiPush.decode(
                Array(text.utf8), contentType: "application/json", contentEncoding: nil,
                limits: LogLimits(recordBytes: 1_000))
        }
    }

    @Test("streams have a limit, with entries or without")
    func streams() throws {
        let limits = LogLimits(records: 3)
        let three = [[UInt8]](repeating: [0x0a, 0], count: 3).flatMap { $0 }
        #expect(try LokiPush.decodeMessage(three, limits: limits).records.isEmpty)
        #expect(throws: LogWireError.tooManyGroups(limit: 3)) {
            try LokiPush.decodeMessage(three + [0x0a, 0], limits: limits)
        }
        #expect(try LokiPush.decodeJSON(Array(#"{"streams":[{},{},{}]}"#.utf8), limits: limits).records.isEmpty)
        #expect(throws: LogWireError.tooManyGroups(limit: 3)) {
            try LokiPush.decodeJSON(Array(#"{"streams":[{},{},{},{}]}"#.utf8), limits: limits)
        }
    }

    @Test("what is no push at all is refused as a whole")
    func refused() {
        for text in ["{}", "[]", #"{"streams":{}}"#, #"{"streams":[{"stream":{"a":1}}]}"#, "x"] {
            #expect(throws: LogWireError.self, "\(text)") { try json(text) }
        }
        #expect(throws: LogWireError.self) {
            try LokiPush.decode([1], contentType: nil, contentEncoding: "br")
        }
        #expect(throws: LogWireError.bodyTooLarge(limit: 10)) {
            try LokiPush.decode(
                gzipped([UInt8](repeating: 0x20, count: 50)), contentType: "application/json", contentEncoding: "gzip",
                limits: LogLimits(uncompressedBytes: 10))
        }
    }

    @Test("no mutation of either encoding traps", .enabled(if: LogCorpora.isHere, "\(PublicData.hint)"))
    func mutations() throws {
        var mutator = Mutator(seed: 8)
        let message = try LogCorpora.bytes("loki/push_ok.pb")
        let text = try LogCorpora.bytes("loki/push_ok.json")
        for _ in 0..<1_500 {
            #expect((try? LokiPush.decodeMessage(mutator.mutate(message)))?.records.count ?? 0 <= 12)
            #expect((try? LokiPush.decodeJSON(mutator.mutate(text)))?.records.count ?? 0 <= 3)
        }
    }
}
