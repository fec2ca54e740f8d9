import AuspexSignals
import AuspexTesting
import AuspexWire
import Foundation
import Testing

@Suite("Logs by OpenTelemetry's protocol") struct OTLPLogsTests {
    private func json(_ records: String, limits: LogLimits = LogLimits()) throws -> DecodedLogs {
        let text = #"{"resourceLogs":[{"scopeLogs":[{"logRecords":[\#(records)]}]}]}"#
        return try OTLPLogs.decode(Array(text.utf8), .json, received: arrival, limits: limits)
    }

    @Test(
        "the protocol's own examples are the same in JSON, protobuf and gzip",
        .enabled(if: LogCorpora.isHere, "\(PublicData.hint)"), arguments: ["logs", "events"])
    func examples(name: String) throws {
        let json = try OTLPLogs.decode(try LogCorpora.bytes("otlp/\(name).json"), .json, received: arrival)
        let message = try OTLPLogs.decode(try LogCorpora.bytes("otlp/\(name).pb"), .protobuf, received: arrival)
        let packed = try OTLPLogs.decode(
            try LogCorpora.bytes("otlp/\(name).pb.gz"), .protobuf, contentEncoding: "gzip", received: arrival)
        #expect(json == message && message == packed && json.records.count == 1 && json.rejected == 0)
    }

    @Test("resource, scope and record give attributes", .enabled(if: LogCorpora.isHere, "\(PublicData.hint)"))
    func attributes() throws {
        let logs = try OTLPLogs.decode(try LogCorpora.bytes("otlp/logs.json"), .json, received: arrival)
        let record = try #require(logs.records.first)
        #expect(record.time == Timestamp(milliseconds: 1_544_712_660_300))
        #expect(record.severity == "INFO" && record.body == "Example log record")
        #expect(
            record.attributes.dictionary == [
                "service.name": "my.service", "service": "my.service", "otel.scope.name": "my.library",
                "otel.scope.version": "1.0.0", "my.scope.attribute": "some scope attribute",
                "string.attribute": "some string", "boolean.attribute": "true", "int.attribute": "10",
                "double.attribute": "637.704", "array.attribute": "[\"many\",\"values\"]",
                "map.attribute": "{\"some.map.key\":\"some value\"}",
                "trace_id": "5b8efff798038103d269b633813fc60c", "span_id": "eee19b7ec3c1b174",
            ])
    }

    @Test("a body of any kind becomes text")
    func bodies() throws {
        let bodies: [(String, String)] = [
            (#"{"stringValue":"a\u00e9\ud83d\ude00\n"}"#, "aé😀\n"), (#"{"boolValue":true}"#, "true"),
            (#"{"intValue":"-5"}"#, "-5"), (#"{"intValue":7}"#, "7"), (#"{"doubleValue":1.5}"#, "1.5"),
            (#"{"doubleValue":"NaN"}"#, "nan"), (#"{"bytesValue":"AQI="}"#, "AQI="),
            (#"{"arrayValue":{"values":[{"intValue":1},{}]}}"#, "[1,null]"),
            (
                #"{"kvlistValue":{"values":[{"key":"b","value":{"boolValue":false}},{"key":"a"}]}}"#,
                #"{"a":null,"b":false}"#
            ),
            ("{}", ""), ("null", ""),
        ]
        for (body, text) in bodies {
            #expect(try json(#"{"body":\#(body),"new":{"x":[]}}"#).records.map(\.body) == [text], "\(body)")
        }
    }

    @Test("what is null is not there")
    func nulls() throws {
        let text = #"""
            {"resourceLogs":[{"resource":null,"schemaUrl":null,"scopeLogs":[{"scope":{"name":null,"attributes":null},
            "logRecords":[{"timeUnixNano":null,"severityText":null,"body":{"stringValue":null},"attributes":null}]},
            {"logRecords":null}]},{"scopeLogs":null}]}
            """#
        let logs = try OTLPLogs.decode(Array(text.utf8), .json, received: arrival)
        #expect(logs.records == [LogRecord(time: arrival, body: "")] && logs.rejected == 0)
        #expect(try OTLPLogs.decode(Array(#"{"resourceLogs":null}"#.utf8), .json, received: arrival).records.isEmpty)
    }

    @Test("a time of zero gives way to the observed one, and that to the arrival")
    func times() throws {
        let logs = try json(
            #"{"timeUnixNano":"5000000","observedTimeUnixNano":7000000},{"timeUnixNano":0,"observedTimeUnixNano":"7000000"},{}"#
        )
        #expect(logs.records.map(\.time.milliseconds) == [5, 7, arrival.milliseconds])
    }

    @Test("a severity's number says what it is, else its text")
    func severities() throws {
        let logs = try json(
            #"{"severityNumber":17,"severityText":"Oops"},{"severityText":"Critical"},{"severityText":"odd"},{"severityNumber":99},{"severityNumber":9,"severityText":"INFO"}"#
        )
        #expect(logs.records.map(\.severity) == ["ERROR", "FATAL", "odd", "", "INFO"])
        #expect(logs.records.map { $0.attributes["severity_text"] } == ["Oops", nil, nil, nil, nil])
    }

    @Test(
        "a broken record costs no more than itself, and is told of",
        arguments: [
            #"{"traceId":"W47/95gDgQPSabYzgTX8YA=="}"#, #"{"spanId":"ab"}"#,
            #"{"severityNumber":"SEVERITY_NUMBER_INFO"}"#,
            #"{"timeUnixNano":"soon"}"#, #"{"body":"text"}"#, "[]", #"{"attributes":{"a":1}}"#, "7",
        ])
    func broken(record: String) throws {
        let good = #"{"body":{"stringValue":"good"}}"#
        let logs = try json("\(good),\(record),\(good)")
        #expect(logs.records.map(\.body) == ["good", "good"] && logs.rejected == 1)
        #expect(logs.rejections.first?.place == "resourceLogs[0].scopeLogs[0].logRecords[1]")
        #expect(logs.problem?.hasPrefix("1 records refused, 2 accepted: resourceLogs[0]") == true)
    }

    @Test("what is no request at all is refused as a whole")
    func refused() throws {
        for text in ["{", "[]", "{} x", #"{"resourceLogs":[}"#, #"{"a":tru}"#, "{\"a\":\"\u{1}\"}", #"{"a":"\x"}"#] {
            #expect(throws: LogWireError.self, "\(text)") {
                try OTLPLogs.decode(Array(text.utf8), .json, received: arrival)
            }
        }
        #expect(throws: LogWireError.truncated(offset: 1)) {
            try OTLPLogs.decode([0x0a, 0x05, 1], .protobuf, received: arrival)
        }
        #expect(throws: LogWireError.tooManyRecords(limit: 1)) { try json("{},{}", limits: LogLimits(records: 1)) }
        #expect(throws: LogWireError.bodyTooLarge(limit: 10)) {
            try OTLPLogs.decode(
                gzipped([UInt8](repeating: 0, count: 11)), .protobuf, contentEncoding: "gzip", received: arrival,
                limits: LogLimits(uncompressedBytes: 10))
        }
        #expect(throws: LogWireError.self) { try OTLPLogs.encoding(contentType: "text/plain") }
        #expect(try OTLPLogs.decode([], .json, received: arrival).records.isEmpty)
    }

    @Test("resources and scopes have a limit, with records or without")
    func groups() throws {
        let limits = LogLimits(records: 3)
        func decode(_ bytes: [UInt8], _ encoding: OTLPLogs.Encoding) throws -> DecodedLogs {
            try OTLPLogs.decode(bytes, encoding, received: arrival, limits: limits)
        }
        for (count, isGood) in [(3, true), (4, false)] {
            let resources = [[UInt8]](repeating: [0x0a, 0], count: count).flatMap { $0 }
            let scopes = [[UInt8]](repeating: [0x12, 0], count: count).flatMap { $0 }
            let split = [[UInt8]](repeating: [0x0a, 2, 0x12, 0], count: count).flatMap { $0 }
            let list = Array(repeating: "{}", count: count).joined(separator: ",")
            let texts = [
                #"{"resourceLogs":[\#(list)]}"#, #"{"resourceLogs":[{"scopeLogs":[\#(list)]}]}"#,
                #"{"resourceLogs":[{"scopeLogs":[{}]},{"scopeLogs":[\#(list.dropFirst(3))]}]}"#,
            ]
            for message in [resources, [0x0a, UInt8(scopes.count)] + scopes, split] {
                if isGood {
                    #expect(try decode(message, .protobuf).records.isEmpty)
                } else {
                    #expect(throws: LogWireError.tooManyGroups(limit: 3)) { try decode(message, .protobuf) }
                }
            }
            for text in texts {
                if isGood {
                    #expect(try decode(Array(text.utf8), .json).records.isEmpty)
                } else {
                    #expect(throws: LogWireError.tooManyGroups(limit: 3)) { try decode(Array(text.utf8), .json) }
                }
            }
        }
        #expect(LogWireError.tooManyGroups(limit: 3).status == 413)
    }

    @Test("a resource and a scope may follow what is theirs")
    func order() throws {
        func field(_ number: UInt8, _ contents: [UInt8]...) -> [UInt8] {
            let content = contents.flatMap { $0 }
            let head: [UInt8] = [number << 3 | 2, UInt8(content.count)]
            return head + content
        }
        func attribute(_ name: UInt8) -> [UInt8] { field(3, field(1, [name]), field(2, field(1, [name]))) }
        let record = field(2, field(5, field(1, [0x78])))
        let scope = field(1, field(1, [0x6c]), field(1, [0x6d]), attribute(0x73))
        var resource = attribute(0x72)
        resource[0] = 1 << 3 | 2
        let message = field(1, field(2, record, scope), field(1, resource))
        let logs = try OTLPLogs.decode(message, .protobuf, received: arrival)
        #expect(
            logs.records.map(\.attributes.dictionary) == [["otel.scope.name": "m", "r": "r", "s": "s"]]
                && logs.records.map(\.body) == ["x"])
    }

    @Test("a record and each attribute count beside their text")
    func recordBytes() throws {
        let pairs = (0..<128).map { #"{"key":"\#($0)","value":{"intValue":1}}"# }.joined(separator: ",")
        let records = Array(repeating: "{}", count: 100).joined(separator: ",")
        let text =
            #"{"resourceLogs":[{"resource":{"attributes":[\#(pairs)]},"scopeLogs":[{"logRecords":[\#(records)]}]}]}"#
        func decode(_ bytes: Int) throws -> DecodedLogs {
            try OTLPLogs.decode(Array(text.utf8), .json, received: arrival, limits: LogLimits(recordBytes: bytes))
        }
        // A record has 64 bytes, 32 for each attribute, a byte for each value and 274 of names.
        let all = 100 * (64 + 128 * (32 + 1) + 274)
        #expect(throws: LogWireError.recordsTooLarge(limit: all / 2)) { try decode(all / 2) }
        #expect(try decode(all).records.count == 100)
    }

    @Test("nesting and sizes have limits")
    func limits() throws {
        let deep = String(repeating: #"{"arrayValue":{"values":["#, count: 60) + String(repeating: "]}}", count: 60)
        #expect(throws: LogWireError.self) { try json(#"{"body":\#(deep)}"#) }
        let long = String(repeating: "é", count: 30)
        let limits = LogLimits(bodyBytes: 51, attributes: 2, attributeValueBytes: 5)
        let logs = try json(
            #"{"body":{"stringValue":"\#(long)"}},{"attributes":[{"key":"a","value":{"stringValue":"ééé"}},{"key":"b","value":{"intValue":1}},{"key":"c","value":{"intValue":2}}]}"#,
            limits: limits)
        #expect(logs.records[0].body.utf8.count == 50)
        #expect(logs.records[1].attributes.dictionary == ["a": "éé", "b": "1"] && logs.shortened == 2)
        let list = Array(repeating: #"{"intValue":1}"#, count: 10).joined(separator: ",")
        let nested = try json(#"{"body":{"arrayValue":{"values":[\#(list)]}}},{}"#, limits: limits)
        #expect(nested.records.count == 1 && nested.rejected == 1)
    }

    @Test("the answer is the protocol's own", .enabled(if: LogCorpora.isHere, "\(PublicData.hint)"))
    func responses() throws {
        #expect(OTLPLogs.response(rejected: 0, message: "", .protobuf) == [])
        #expect(OTLPLogs.response(rejected: 0, message: "", .json) == Array("{}".utf8))
        #expect(
            OTLPLogs.response(rejected: 3, message: "3 data points out of order", .protobuf)
                == (try LogCorpora.bytes("otlp/response-partial-success.pb")))
        #expect(
            String(decoding: OTLPLogs.response(rejected: 3, message: "why", .json), as: UTF8.self)
                == #"{"partialSuccess":{"errorMessage":"why","rejectedLogRecords":"3"}}"#)
    }

    @Test("no mutation of either encoding traps", .enabled(if: LogCorpora.isHere, "\(PublicData.hint)"))
    func mutations() throws {
        var mutator = Mutator(seed: 7)
        for (file, encoding) in [("logs.pb", OTLPLogs.Encoding.protobuf), ("logs.json", .json)] {
            let seed = try LogCorpora.bytes("otlp/\(file)")
            for _ in 0..<1_500 {
                let logs = try? OTLPLogs.decode(mutator.mutate(seed), encoding, received: arrival)
                #expect(logs?.records.count ?? 0 <= 1)
            }
        }
    }
}
