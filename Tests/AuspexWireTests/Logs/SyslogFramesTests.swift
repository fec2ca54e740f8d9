import AuspexSignals
import AuspexTesting
import AuspexWire
import Foundation
import Testing

@Suite("Syslog over streams") struct SyslogFramesTests {
    private func frames(
        _ pieces: [[UInt8]], style: SyslogFrames.Style = .lines, limit: Int = 1 << 20
    ) -> [SyslogFrames.Frame] {
        var splitter = SyslogFrames(limit: limit, style: style)
        var found: [SyslogFrames.Frame] = []
        for piece in pieces { splitter.append(piece) { found.append($0) } }
        splitter.finish { found.append($0) }
        #expect(!splitter.hasRest)
        return found
    }

    private func texts(_ text: String, style: SyslogFrames.Style = .lines, limit: Int = 1 << 20) -> [String] {
        frames([Array(text.utf8)], style: style, limit: limit).map { String(decoding: $0.bytes, as: UTF8.self) }
    }

    @Test("each message says by its beginning how it is framed")
    func framing() {
        #expect(texts("<1>a\n<2>b\r\n<3>c") == ["<1>a", "<2>b", "<3>c"])
        #expect(texts("4 <1>a5 <2>bb6 <3>\nc\n<4>d\n4 <5>e") == ["<1>a", "<2>bb", "<3>\nc", "<4>d", "<5>e"])
        #expect(texts("12 monkeys\n0 <1>a\n7\n\n\n<1>b\0\n") == ["12 monkeys", "0 <1>a", "7", "<1>b"])
        #expect(texts("999999999 <1>a\n") == ["999999999 <1>a"], "no message is as long as that")
        #expect(texts("30 <1>cut") == ["<1>cut"], "the connection ends in the middle")
        #expect(texts(" <181>01\n<181>02\n") == [" <181>01", "<181>02"])
    }

    @Test("a message may have several lines where that is asked for")
    func multiline() {
        let text = "<1>a\n b\n<test/>\n\n<2>c\n3 <4>\n5 <6>7\n8 <9>\n<"
        #expect(texts(text, style: .multiline) == ["<1>a\n b\n<test/>", "<2>c", "<4>", "<6>7", "<9>\n<"])
    }

    @Test("what is too long is cut, and what follows is not touched")
    func long() {
        let counted = frames([Array("8 <1>aaaaa4 <2>b".utf8)], limit: 6)
        #expect(counted.map { String(decoding: $0.bytes, as: UTF8.self) } == ["<1>aaa", "<2>b"])
        #expect(counted.map(\.isCut) == [true, false])
        let lines = frames([Array("<1>aaaaa\n<2>b\n".utf8)], limit: 6)
        #expect(lines.map { String(decoding: $0.bytes, as: UTF8.self) } == ["<1>aaa", "<2>b"])
        #expect(lines.map(\.isCut) == [true, false])
        let multiline = frames([Array("<1>a\nbbbb\n<2>b\n".utf8)], style: .multiline, limit: 6)
        #expect(multiline.map { String(decoding: $0.bytes, as: UTF8.self) } == ["<1>a\nb", "<2>b"])
    }

    private static let files = [
        "imptcp_framing_regex-oversize.testdata", "imptcp_framing_regex.testdata", "imptcp_multi_line.testdata",
        "imtcp-multiline.testdata",
    ]

    @Test(
        "rsyslog's messages of several lines", .enabled(if: LogCorpora.isHere, "\(PublicData.hint)"), arguments: files)
    func rsyslogMultiline(file: String) throws {
        let bytes = try LogCorpora.bytes("syslog/rsyslog/\(file)")
        // The naive twin: a message begins at a line that begins with a priority.
        var expected: [String] = []
        for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false) {
            if line.firstMatch(of: /^<\d{1,3}>/) != nil || expected.isEmpty {
                expected.append(String(line))
            } else {
                expected[expected.count - 1] += "\n" + line
            }
        }
        expected = expected.map { text in String(text.reversed().drop { $0 == "\n" }.reversed()) }
        let found = frames([bytes], style: .multiline).map { String(decoding: $0.bytes, as: UTF8.self) }
        #expect(found == expected && found.count > 1)
    }

    @Test(
        "rsyslog's lines that look like counts, and those behind a blank",
        .enabled(if: LogCorpora.isHere, "\(PublicData.hint)"))
    func rsyslogLines() throws {
        for (file, first) in [("no_octet_counted", "0"), ("spframingfix", "00")] {
            let bytes = try LogCorpora.bytes("syslog/rsyslog/\(file).testdata")
            let found = frames([bytes]).map { SyslogMessage.read($0.bytes).message }
            #expect(found.count == bytes.count { $0 == 10 } && found.first == first)
        }
    }

    @Test("pieces of any size give the same messages", arguments: [SyslogFrames.Style.lines, .multiline])
    func pieces(style: SyslogFrames.Style) {
        var mutator = Mutator(seed: 2)
        let text = "<1>a\n12 <2>counted\n<3>b\n\n12 monkeys\n <4>c\r\n<test/>\n6 <5>d\n\n5 <6>\n\n<34>Oct 11 e\0\n<77"
        for _ in 0..<500 {
            let bytes = mutator.mutate(Array(text.utf8))
            for limit in [9, 1 << 20] {
                let whole = frames([bytes], style: style, limit: limit)
                #expect(frames(mutator.pieces(bytes, upTo: 4), style: style, limit: limit) == whole)
                #expect(whole.allSatisfy { $0.bytes.count <= limit })
            }
        }
    }

    @Test("a broken message costs no more than itself")
    func survival() {
        var mutator = Mutator(seed: 3)
        let before = "<1>before\n"
        for _ in 0..<500 {
            let broken = mutator.mutate(Array("<2>broken\n".utf8)).filter { $0 != 10 }
            // A count would swallow what follows: that is what it says.
            guard broken.first.map({ $0 == UInt8(ascii: "<") }) ?? true else { continue }
            let found = frames([Array(before.utf8) + broken + Array("\n<3>after\n".utf8)])
            #expect(found.first?.bytes == Array("<1>before".utf8) && found.last?.bytes == Array("<3>after".utf8))
        }
    }
}
