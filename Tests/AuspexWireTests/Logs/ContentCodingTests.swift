import AuspexTesting
import AuspexWire
import Testing

@Suite("Compressed bodies") struct ContentCodingTests {
    private static let text = Array(String(repeating: "the same again and again; ", count: 200).utf8)

    @Test("gzip, of several members too, and raw deflate come out as they went in")
    func same() throws {
        let packed = gzipped(Self.text)
        #expect(try ContentCoding.decompress(packed, .gzip, limit: 10_000) == Self.text)
        #expect(try ContentCoding.decompress(packed + packed, .gzip, limit: 20_000) == Self.text + Self.text)
        // Without gzip's header of ten bytes and its check sum of eight.
        #expect(
            try ContentCoding.decompress(Array(packed.dropFirst(10).dropLast(8)), .deflate, limit: 10_000) == Self.text)
        // What zlib.compress of Python makes of "abc".
        let wrapped: [UInt8] = [0x78, 0x9c, 0x4b, 0x4c, 0x4a, 0x06, 0x00, 0x02, 0x4d, 0x01, 0x27]
        #expect(try ContentCoding.decompress(wrapped, .deflate, limit: 10) == Array("abc".utf8))
    }

    @Test("the limit is the last byte that is allowed")
    func limit() throws {
        let packed = gzipped(Self.text)
        #expect(try ContentCoding.decompress(packed, .gzip, limit: Self.text.count).count == Self.text.count)
        #expect(throws: LogWireError.bodyTooLarge(limit: Self.text.count - 1)) {
            try ContentCoding.decompress(packed, .gzip, limit: Self.text.count - 1)
        }
    }

    @Test("no cut and no mutation traps or gives more than the limit")
    func damage() {
        let packed = gzipped(Self.text)
        for length in 0..<packed.count {
            #expect(throws: LogWireError.self) {
                try ContentCoding.decompress(Array(packed.prefix(length)), .gzip, limit: 10_000)
            }
        }
        var mutator = Mutator(seed: 11)
        for _ in 0..<1_000 {
            let bytes = mutator.mutate(packed)
            for kind in [ContentCoding.Kind.gzip, .deflate] {
                let output = try? ContentCoding.decompress(bytes, kind, limit: 10_000)
                #expect(output?.count ?? 0 <= 10_000)
            }
        }
    }
}
