import AuspexTesting
import Testing

@testable import AuspexLogs

@Suite struct LineSplitterTests {
    private func split(_ bytes: [UInt8], pieces: Int, bound: Int = 65_536) -> (lines: [[UInt8]], cut: UInt64) {
        var splitter = LineSplitter(maximumLineBytes: bound)
        var lines: [[UInt8]] = []
        for start in stride(from: 0, to: bytes.count, by: pieces) {
            let piece = bytes[start..<min(start + pieces, bytes.count)]
            splitter.feed(piece.span) { lines.append($0.array(0..<$0.count)) }
        }
        splitter.finish { lines.append($0.array(0..<$0.count)) }
        return (lines, splitter.cutLines)
    }

    /// The lines by the standard library, for comparison.
    private func naive(_ bytes: [UInt8], bound: Int) -> [[UInt8]] {
        var rest = bytes[...]
        var lines = rest.split(separator: 10, omittingEmptySubsequences: false).map(Array.init)
        rest = []
        if lines.last?.isEmpty == true { lines.removeLast() }
        if lines.first?.starts(with: [0xef, 0xbb, 0xbf]) == true { lines[0].removeFirst(3) }
        return lines.map { line in Array((line.last == 13 ? line.dropLast() : line[...]).prefix(bound)) }
    }

    @Test(
        "lines are found whatever ends them",
        arguments: [
            ("", [String]()), ("a", ["a"]), ("a\n", ["a"]), ("a\r\nb", ["a", "b"]), ("\n\n", ["", ""]),
            ("a\n\nb\n", ["a", "", "b"]), ("\u{feff}a\n\u{feff}b", ["a", "\u{feff}b"]), ("a\rb\n", ["a\rb"]),
            ("a\0b\n\0", ["a\0b", "\0"]), ("\r\n", [""]),
        ])
    func lineEnds(text: String, expected: [String]) {
        for pieces in 1...5 {
            let lines = split(Array(text.utf8), pieces: pieces).lines
            #expect(lines.map { String(decoding: $0, as: UTF8.self) } == expected, "pieces of \(pieces)")
        }
    }

    @Test("the size of the pieces changes nothing", arguments: 0..<40)
    func pieces(seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        let bytes = generator.bytes(300, from: [10, 10, 13, 65, 66, 0, 0xff, 0xc3])
        let expected = naive(bytes, bound: 65_536)
        for pieces in [1, 2, 3, 7, 64, 300] { #expect(split(bytes, pieces: pieces).lines == expected) }
    }

    @Test("a line over the bound is cut and counted, and the next one is whole", arguments: [1, 3, 8, 100])
    func longLines(pieces: Int) {
        let text = "12345678\n123456789\n12345678\r\n123456789\r\nshort\n" + String(repeating: "x", count: 50)
        let (lines, cut) = split(Array(text.utf8), pieces: pieces, bound: 8)
        #expect(
            lines.map { String(decoding: $0, as: UTF8.self) }
                == ["12345678", "12345678", "12345678", "12345678", "short", "xxxxxxxx"])
        #expect(cut == 3)
    }

    @Test("a line that never ends takes no more memory than the bound")
    func endlessLine() {
        var splitter = LineSplitter(maximumLineBytes: 1_000)
        let piece = [UInt8](repeating: 65, count: 65_536)
        var lines = 0
        for _ in 0..<200 { splitter.feed(piece.span) { _ in lines += 1 } }
        #expect(lines == 0)
        splitter.finish { line in
            lines += 1
            #expect(line.count == 1_000)
        }
        #expect(lines == 1 && splitter.cutLines == 1)
    }

    @Test("an error of the caller comes out")
    func callersError() {
        struct Stop: Error {}
        var splitter = LineSplitter()
        let bytes = Array("a\nb\n".utf8)
        #expect(throws: Stop.self) { try splitter.feed(bytes.span) { _ in throw Stop() } }
    }
}
