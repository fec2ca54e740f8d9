import AuspexSignals
import AuspexWire
import Foundation
import Testing

@Suite struct ArchiveTests {
    private let time = Timestamp(milliseconds: 1_767_225_600_000)

    private func archive(_ files: [(String, [UInt8])]) throws -> [UInt8] {
        var archive = TarArchive()
        for (name, bytes) in files { try archive.add(name, bytes, changed: time) }
        return archive.bytes
    }

    @Test("an archive is made of whole blocks, with the header of POSIX and its sum")
    func header() throws {
        let bytes = try archive([("a/b.txt", Array("hello".utf8))])
        #expect(bytes.count == 4 * 512)
        #expect(String(decoding: bytes[0..<7], as: UTF8.self) == "a/b.txt")
        #expect(String(decoding: bytes[100..<107], as: UTF8.self) == "0000600")
        #expect(String(decoding: bytes[124..<135], as: UTF8.self) == "00000000005")
        #expect(String(decoding: bytes[136..<147], as: UTF8.self) == String(1_767_225_600, radix: 8))
        #expect(bytes[156] == UInt8(ascii: "0"))
        #expect(Array(bytes[257..<265]) == Array("ustar\u{0}00".utf8))
        #expect(String(decoding: bytes[512..<517], as: UTF8.self) == "hello")
        let sum = bytes[0..<512].enumerated().reduce(0) {
            $0 + ((148..<156).contains($1.offset) ? 32 : Int($1.element))
        }
        #expect(
            String(decoding: bytes[148..<154], as: UTF8.self) == String(String(sum + (1 << 18), radix: 8).suffix(6)))
        #expect(bytes.suffix(1_024).allSatisfy { $0 == 0 })
    }

    @Test("a file of whole blocks gets no padding, an empty one no block")
    func sizes() throws {
        #expect(try archive([("a", [UInt8](repeating: 1, count: 512))]).count == 512 * 4)
        #expect(try archive([("a", [])]).count == 512 * 3)
        #expect(try archive([]).count == 1_024)
    }

    @Test(
        "a name that leads out, or that the form does not have, is refused",
        arguments: [
            "", "/etc/passwd", "../a", "a/../b", "a//b", "a/", "./a", "a b", "ä", String(repeating: "x", count: 101),
        ])
    func names(name: String) {
        #expect(throws: TarArchive.Problem.self) { try archive([(name, [])]) }
    }

    @Test("what is compressed comes back, and the same gives the same")
    func gzip() throws {
        for count in [0, 1, 1_000, 300_000] {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7 ^ ($0 >> 8)) }
            let compressed = try Gzip.compressed(bytes)
            #expect(compressed.starts(with: [0x1f, 0x8b]))
            #expect(try Gzip.compressed(bytes) == compressed)
            #expect(try ContentCoding.decompress(compressed, .gzip, limit: 1 << 20) == bytes)
        }
    }
}
