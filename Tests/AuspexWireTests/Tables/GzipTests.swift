import AuspexSignals
import AuspexWire
import Testing

@Suite("Compressed tables") struct GzipTests {
    private static let text = "a\n" + (0..<5_000).map { "\($0 &* 7_919 % 10_007)" }.joined(separator: "\n") + "\n"

    @Test("compressed and plain give the same table")
    func same() throws {
        #expect(try read(gzipped(Array(Self.text.utf8))) == read(Self.text))
    }

    @Test("members and padding follow one another")
    func members() throws {
        let head = gzipped(Array("a\n1\n".utf8))
        let tail = gzipped(Array("2\n".utf8))
        #expect(try read(head + tail + [0, 0, 0]).series.first?.columns == [[1, 2]])
    }

    @Test("no cut of the data goes unnoticed", arguments: 2..<40)
    func cut(length: Int) {
        let whole = gzipped(Array("a\n1\n2\n3\n".utf8))
        guard length < whole.count else { return }
        let message = failure(Array(whole[..<length]))
        #expect(message?.hasPrefix("t: damaged gzip data: the data ends too early") == true)
    }

    @Test("a changed byte is noticed")
    func damage() {
        var bytes = gzipped(Array(Self.text.utf8))
        bytes[bytes.count / 2] ^= 0x55
        #expect(failure(bytes)?.contains("damaged gzip data") == true)
    }

    @Test("what follows the data must be gzip")
    func trailing() {
        let bytes = gzipped(Array("a\n1\n".utf8)) + Array("hello".utf8)
        #expect(failure(bytes)?.contains("something else follows the compressed data") == true)
    }

    @Test("a bomb is refused before it bursts")
    func bomb() {
        let zeros = gzipped(Array("a\n".utf8) + Array(repeating: UInt8(ascii: "0"), count: 4_000_000), level: 9)
        let message = failure(zeros) { $0.limits.expansionAllowance = 1 << 20 }
        #expect(
            message == "t: expands more than 200-fold, as only an attack does; decompress it yourself if you trust it")
    }
}
