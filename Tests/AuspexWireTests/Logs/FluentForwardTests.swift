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

    private static let files: [(name: String, bodies: [String])] = [
        ("message_inttime", ["fizzbuzz"]), ("message_eventtime_ack", ["fizzbuzz"]), ("forward", ["fizzbuzz", "again"]),
        ("packed_forward", ["fizzbuzz", "again"]), ("compressed_packed_forward", ["fizzbuzz", "again"]),
        ("heartbeat_nil", []), ("stream_mixed", ["{\"m\":\"x\"}", "{\"m\":\"y\"}"]),
    ]

    @Test(
        "every mode of the protocol", .enabled(if: LogCorpora.isHere, "\(PublicData.hint)"), arguments: files.indices)
    func modes(index: Int) throws {
        let (name, bodies) = Self.files[index]
        let messages = try read([try LogCorpora.bytes("fluent_forward/\(name).msgpack")])
        let records = messages.flatMap(\.logs.records)
        #expect(records.map(\.body) == bodies)
        #expect(messages.allSatisfy { $0.logs.rejected == 0 })
        #expect(
            records.allSatisfy { $0.time == Timestamp(milliseconds: 1_570_818_238_000) } || name != "message_inttime")
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
