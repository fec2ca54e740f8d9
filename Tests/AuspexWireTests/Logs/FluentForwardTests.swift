import AuspexSignals
import AuspexTesting
import AuspexWire
import Testing

@Suite("Fluent's forward protocol") struct FluentForwardTests {
    private func read(
        _ pieces: [[UInt8]], limits: LogLimits = LogLimits()
    ) throws -> [FluentForward.Message] {
        var stream = FluentForward(limits: limits)
        var messages: [FluentForward.Message] = []
        for piece in pieces { try stream.append(piece, received: arrival) { messages.append($0) } }
        return messages
    }

    /// The second of `0x5da0c8be`, and the next one.
    private static let second: Int64 = 1_570_818_238_000
    private static let next = second + 1_000

    private static let files: [(name: String, bodies: [String], times: [Int64])] = [
        ("message_inttime", ["fizzbuzz"], [second]), ("message_eventtime_ack", ["fizzbuzz"], [second]),
        ("forward", ["fizzbuzz", "again"], [second, next]), ("packed_forward", ["fizzbuzz", "again"], [second, next]),
        ("compressed_packed_forward", ["fizzbuzz", "again"], [second, next]), ("heartbeat_nil", [], []),
        ("stream_mixed", ["{\"m\":\"x\"}", "{\"m\":\"y\"}"], [1_000, second]),
    ]

    @Test(
        "every mode of the protocol", .enabled(if: LogCorpora.isHere, "\(PublicData.hint)"), arguments: files.indices)
    func modes(index: Int) throws {
        let (name, bodies, times) = Self.files[index]
        let messages = try read([try LogCorpora.bytes("fluent_forward/\(name).msgpack")])
        let records = messages.flatMap(\.logs.records)
        #expect(records.map(\.body) == bodies)
        #expect(messages.allSatisfy { $0.logs.rejected == 0 })
        #expect(records.map(\.time.milliseconds) == times)
        if let first = records.first, name.hasPrefix("message") {
            #expect(first.severity == "INFO" && first.attributes.dictionary == ["fluent.tag": "app.web"])
        }
    }

    @Test("what asks for an acknowledgement gets it", .enabled(if: LogCorpora.isHere, "\(PublicData.hint)"))
    func acknowledgements() throws {
        let expected = try LogCorpora.bytes("fluent_forward/ack_response.msgpack")
        let packed = try read([try LogCorpora.bytes("fluent_forward/packed_forward.msgpack")])
        #expect(packed.map(\.acknowledgement) == [expected])
        let plain = try read([try LogCorpora.bytes("fluent_forward/forward.msgpack")])
        #expect(plain.map(\.acknowledgement) == [nil])
    }

    @Test("pieces of any size give the same messages", .enabled(if: LogCorpora.isHere, "\(PublicData.hint)"))
    func pieces() throws {
        var mutator = Mutator(seed: 9)
        let all = try Self.files.flatMap { try LogCorpora.bytes("fluent_forward/\($0.name).msgpack") }
        let whole = try read([all]).map(\.logs)
        #expect(whole.count == 7)
        for longest in [1, 3, 50] { #expect(try read(mutator.pieces(all, upTo: longest)).map(\.logs) == whole) }
    }

    /// `["t", time, record]`
    private static func message(_ time: [UInt8], _ record: [UInt8]) -> [UInt8] { [0x93, 0xa1, 0x74] + time + record }

    @Test(
        "seconds and nanoseconds become milliseconds, and a time of zero the arrival",
        arguments: [
            ([0xce, 0x5d, 0xa0, 0xc8, 0xbe], second), ([0xcb, 0x41, 0xd7, 0x68, 0x32, 0x2f, 0x90, 0, 0], second + 250),
            ([0xd7, 0, 0x5d, 0xa0, 0xc8, 0xbe, 0, 0x5b, 0x8d, 0x7f], second + 5),
            ([0xd7, 0, 0x5d, 0xa0, 0xc8, 0xbe, 0x3b, 0x9a, 0xc9, 0xff], second + 999),
            ([0xc7, 8, 0, 0x5d, 0xa0, 0xc8, 0xbe, 0x1d, 0xcd, 0x65, 0x00], second + 500),
            ([0x00], arrival.milliseconds),
        ] as [([UInt8], Int64)])
    func times(time: [UInt8], milliseconds: Int64) throws {
        let messages = try read([Self.message(time, [0x81, 0xa3, 0x6c, 0x6f, 0x67, 0xa1, 0x78])])
        #expect(messages.first?.logs.records.map(\.time.milliseconds) == [milliseconds])
    }

    @Test("a map's key is one value; one with values in it costs the entry", arguments: [1, 2, 20])
    func nestedKeys(depth: Int) throws {
        // {{…{"\"": 0}…: 0}: 0}
        let map = [UInt8](repeating: 0x81, count: depth + 1) + [0xa1, 0x22] + [UInt8](repeating: 0, count: depth + 1)
        let good: [UInt8] = [0x92, 0x05, 0x81, 0x05, 0xa1, 0x78]
        for bad in [map, [0x81, 0x91, 0x05, 0xa1, 0x78]] {
            let logs = try #require(
                try read([[0x92, 0xa1, 0x74, 0x93] + good + [0x92, 0x05] + bad + good]).first?.logs)
            #expect(logs.records.map(\.body) == ["{\"5\":\"x\"}", "{\"5\":\"x\"}"])
            #expect(logs.rejections.map(\.place) == ["entry 1"])
        }
        #expect(throws: LogWireError.self) { try read([[0x94, 0xa1, 0x74, 0x05, 0x80] + map]) }
    }

    @Test("nested values may not have more text than a record, however few bytes they are sent in")
    func nestedText() throws {
        let limits = LogLimits(bodyBytes: 100)
        func logs(_ count: UInt8, nested: Bool) throws -> DecodedLogs? {
            let text = [0xc4, count] + [UInt8](repeating: 1, count: Int(count))
            let record = [0x82, 0xa3, 0x6c, 0x6f, 0x67, 0xa1, 0x78, 0xa1, 0x61] + (nested ? [0x91] : []) + text
            return try read([Self.message([0x05], record)], limits: limits).first?.logs
        }
        // Each of these bytes is `\u0001` in JSON.
        #expect(try logs(30, nested: true)?.records.count == 1)
        let refused = try logs(40, nested: true)
        #expect(refused?.records.isEmpty == true && refused?.rejections.first?.reason.contains("200 bytes") == true)
        #expect(try logs(40, nested: false)?.records.first?.attributes["a"]?.utf8.count == 40)
    }

    @Test("options are a small map, or none")
    func options() throws {
        func message(_ options: [UInt8]) -> [UInt8] {
            [0x94, 0xa1, 0x74, 0x05, 0x81, 0xa3, 0x6c, 0x6f, 0x67, 0xa1, 0x78] + options
        }
        func named(_ count: Int) -> [UInt8] {
            [0x81, 0xa1, 0x78, 0xc6, 0, UInt8(count >> 16), UInt8(count >> 8 & 0xff), UInt8(count & 0xff)]
                + [UInt8](repeating: 0x78, count: count)
        }
        for good in [[0x80], [0xc0], named((64 << 10) - 8)] {
            #expect(try read([message(good)]).map(\.logs.records.count) == [1])
        }
        for bad in [[0x05], [0x90], [0xa1, 0x78], named((64 << 10) - 7)] as [[UInt8]] {
            #expect(throws: LogWireError.self) { try read([message(bad)]) }
        }
    }

    @Test("a broken entry costs no more than itself, and is told of")
    func broken() throws {
        let good: [UInt8] = [0x92, 0x05, 0x81, 0xa3, 0x6c, 0x6f, 0x67, 0xa1, 0x78]
        for bad in [[0x05], [0x91, 0x05], [0x92, 0xa1, 0x78, 0x80], [0x92, 0x05, 0x05], [0xc0]] as [[UInt8]] {
            let messages = try read([[0x92, 0xa1, 0x74, 0x93] + good + bad + good])
            #expect(messages.first?.logs.records.map(\.body) == ["x", "x"], "\(bad)")
            #expect(messages.first?.logs.rejections.map(\.place) == ["entry 1"])
        }
        let record = try read([Self.message([0x05], [0xc0])])
        #expect(record.first?.logs.rejected == 1)
    }

    @Test("a container's metadata has OpenTelemetry's names")
    func kubernetes() throws {
        func text(_ text: String) -> [UInt8] { [0xa0 | UInt8(text.utf8.count)] + Array(text.utf8) }
        let metadata = [0x82] + text("pod_name") + text("p1") + text("container_name") + text("shop")
        let record =
            [0x83] + text("log") + text("x\n") + text("stream") + text("stderr") + text("kubernetes") + metadata
        let logs = try #require(try read([Self.message([0xcb, 0x40, 0x59, 0x20, 0, 0, 0, 0, 0], record)]).first?.logs)
        #expect(logs.records.first?.time == Timestamp(milliseconds: 100_500) && logs.records.first?.body == "x")
        #expect(
            logs.records.first?.attributes.dictionary == [
                "fluent.tag": "t", "log.iostream": "stderr", "k8s.pod.name": "p1", "k8s.container.name": "shop",
                "service": "shop",
            ])
    }

    @Test("what is no message ends the stream")
    func refused() {
        let deep = [UInt8](repeating: 0x91, count: 100) + [0xc0]
        for bytes in [[0xc1], [0x05], [0x91, 0xa1, 0x74], [0x92, 0x05, 0x90], deep, [0xdb, 0xff, 0xff, 0xff, 0xff]]
            as [[UInt8]]
        {
            #expect(throws: LogWireError.self, "\(bytes)") { try read([bytes]) }
        }
        #expect(throws: LogWireError.bodyTooLarge(limit: 20)) {
            try read([[0x93, 0xa1, 0x74, 0x05, 0xda, 0x00, 0x20]], limits: LogLimits(compressedBytes: 20))
        }
        let option: [UInt8] = [0x81, 0xaa] + Array("compressed".utf8) + [0xa4] + Array("gzip".utf8)
        let bomb = gzipped([UInt8](repeating: 0xc0, count: 2_000))
        #expect(throws: LogWireError.bodyTooLarge(limit: 1_000)) {
            try read(
                [[0x93, 0xa1, 0x74, 0xc4, UInt8(bomb.count)] + bomb + option],
                limits: LogLimits(uncompressedBytes: 1_000))
        }
    }

    @Test("no mutation traps, whole or in pieces", .enabled(if: LogCorpora.isHere, "\(PublicData.hint)"))
    func mutations() throws {
        var mutator = Mutator(seed: 10)
        let seeds = try Self.files.map { try LogCorpora.bytes("fluent_forward/\($0.name).msgpack") }
        for round in 0..<3_000 {
            let bytes = mutator.mutate(seeds[round % seeds.count])
            let whole = try? read([bytes]).map(\.logs)
            let pieces = try? read(mutator.pieces(bytes, upTo: 3)).map(\.logs)
            #expect(whole == pieces)
        }
    }
}
