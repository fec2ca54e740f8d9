import AuspexTesting
import Testing

@testable import AuspexLogs

@Suite struct LineTextTests {
    @Test(
        "sequences that steer a terminal are taken out",
        arguments: [
            ("\u{1b}[31mred\u{1b}[0m text", "red text"), ("\u{1b}]0;title\u{7}x", "x"),
            ("\u{1b}]0;title\u{1b}\\x", "x"),
            ("\u{1b}[38;5;196mred", "red"), ("a\u{1b}", "a"), ("a\u{1b}[", "a"), ("a\u{1b}[31", "a"),
            ("\u{1b}(Bx", "Bx"),
            ("plain", "plain"), ("", ""),
        ])
    func escapes(text: String, expected: String) {
        #expect(String(decoding: LineText.withoutEscapes(Array(text.utf8).span), as: UTF8.self) == expected)
    }

    @Test("NULs and broken UTF-8 are noticed, text of any script is not")
    func noText() {
        #expect(LineText.inspect(Array("naïve ☃ text".utf8).span) == [])
        #expect(LineText.inspect([0x61, 0x00].span) == .noText)
        #expect(LineText.inspect([0x61, 0xff].span) == .noText)
        #expect(LineText.inspect([0x61, 0x1b, 0x5b].span) == .escapes)
    }

    @Test("coloured lines have the templates of plain ones, and are counted")
    func coloured() throws {
        var run = try LogRun(.parse, format: .csv)
        var rows: [UInt8] = []
        let log =
            "\u{1b}[32m2026-03-01T10:00:00Z\u{1b}[0m INFO took 12 ms\r\n2026-03-01T10:00:01Z INFO took 13 ms\n\u{0}\n"
        run.feed(Array(log.utf8).span, into: &rows)
        run.finish(into: &rows)
        #expect(run.stream.miner.templates().first?.count == 2)
        #expect(run.summary.escapedLines == 1 && run.summary.linesWithoutText == 1 && run.summary.lines == 3)
    }

    @Test("bytes of every kind, in pieces of every size, never stop a run", arguments: 0..<6 as Range<UInt64>)
    func garbage(seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        var parse = try LogRun(.parse, format: .otel)
        var score = try LogRun(.score, format: .ndjson)
        var rows: [UInt8] = []
        for _ in 0..<200 {
            let piece = generator.bytes(Int.random(in: 0...300, using: &generator), from: Array(UInt8.min...UInt8.max))
            parse.feed(piece.span, into: &rows)
            score.feed(piece.span, into: &rows)
            rows = []
        }
        parse.finish(into: &rows)
        score.finish(into: &rows)
        #expect(parse.summary.lines == score.summary.lines && parse.summary.lines > 0)
    }
}
