import AuspexTesting
import Testing

@testable import AuspexLogs

@Suite struct LineScannerTests {
    @Test(
        "a word is classed by its form",
        arguments: [
            // Numbers
            ("42", "NUM(42)"), ("-1", "NUM(-1)"), ("+12.5e3", "NUM(+12.5e3)"), (".5", "NUM(.5)"), ("5.", "NUM(5) ."),
            ("1e", "ID(1e)"), ("1.2.3", "ID(1.2.3)"),
            // Addresses
            ("10.1.2.3", "IP(10.1.2.3)"), ("/10.1.2.3", "IP(/10.1.2.3)"), ("10.0.0.0/8", "IP(10.0.0.0/8)"),
            ("10.1.2.3:80", "IP(10.1.2.3) : NUM(80)"), ("1.2.3.4.5", "ID(1.2.3.4.5)"),
            ("fe80::1ff:fe23:4567:890a", "IP6(fe80::1ff:fe23:4567:890a)"), ("::1", "IP6(::1)"),
            ("2001:db8:0:0:0:0:0:1", "IP6(2001:db8:0:0:0:0:0:1)"), ("00:1a:2b:3c:4d:5e", "MAC(00:1a:2b:3c:4d:5e)"),
            ("00-1A-2B-3C-4D-5E", "MAC(00-1A-2B-3C-4D-5E)"), ("cafe:", "L(cafe) :"),
            // Hexadecimal
            ("0x7f3a", "HEX(0x7f3a)"), ("-0xFF", "HEX(-0xFF)"), ("0x", "ID(0x)"), ("a1b2c3d4e5", "HEX(a1b2c3d4e5)"),
            ("deadbeef", "L(deadbeef)"), ("a1b2c", "ID(a1b2c)"),
            ("550e8400-e29b-41d4-a716-446655440000", "UUID(550e8400-e29b-41d4-a716-446655440000)"),
            // Durations and sizes
            ("12ms", "DUR(12ms)"), ("1.5s", "DUR(1.5s)"), ("2m3s", "DUR(2m3s)"), ("1h2m3s", "DUR(1h2m3s)"),
            ("3days", "DUR(3days)"), ("5µs", "DUR(5µs)"), ("12q", "ID(12q)"), ("10MB", "SIZE(10MB)"),
            ("1.5GiB/s", "SIZE(1.5GiB/s)"), ("99%", "SIZE(99%)"), ("12kbps", "SIZE(12kbps)"), ("7B", "SIZE(7B)"),
            // Dates and times
            ("2026-03-01", "DATE(2026-03-01)"), ("17/06/09", "DATE(17/06/09)"), ("09:15", "CLOCK(09:15)"),
            ("10:00:00.123", "TIME(10:00:00.123)"), ("10:00:00+02:00", "TIME(10:00:00+02:00)"),
            ("10:00:00,", "TIME(10:00:00) ,"), ("10:00:0", "NUM(10) : NUM(00) : NUM(0)"),
            ("2026-03-01T10:00:00Z", "TS(2026-03-01T10:00:00Z)"),
            ("Mon Mar  2 10:00:00 2026", "TS(Mon Mar  2 10:00:00 2026)"), ("Mar 2 10:00:01", "TS(Mar 2 10:00:01)"),
            ("Mon, Mar 2 2026 10:00:00 CEST", "TS(Mon, Mar 2 2026 10:00:00 CEST)"),
            ("01/Mar/2026:10:00:03 +0000", "TS(01/Mar/2026:10:00:03 +0000)"), ("Mar 2 late", "L(Mar) NUM(2) L(late)"),
            // Names and places
            ("https://example.com/a?b=c", "URL(https://example.com/a?b=c)"), ("http://", "L(http) : PATH(//)"),
            ("ops@example.com", "EMAIL(ops@example.com)"), ("ops@host", "L(ops@host)"),
            ("/var/log/syslog", "PATH(/var/log/syslog)"), ("./run", "PATH(./run)"), ("a/b", "L(a/b)"),
            ("a/b/c", "PATH(a/b/c)"), ("a/1", "PATH(a/1)"), ("/", "/"), ("/v1/x?id=5", "PATH(/v1/x?id=5)"),
            ("C:\\Windows\\x.dll", "WPATH(C:\\Windows\\x.dll)"), ("\\\\srv\\share", "PATH(\\\\srv\\share)"),
            ("www.example.org", "HOST(www.example.org)"), ("db.internal", "HOST(db.internal)"),
            ("mail.localdomain", "HOST(mail.localdomain)"), ("node.x:9000", "HOST(node.x) : NUM(9000)"),
            ("java.lang.String", "L(java.lang.String)"), ("obj.com()", "L(obj.com) ( )"),
            // Truth values, words, identifiers
            ("true", "BOOL(true)"), ("None", "BOOL(None)"), ("nil", "BOOL(nil)"), ("tRue", "L(tRue)"),
            ("eth0", "W(eth0)"), ("ssh2", "W(ssh2)"), ("jk2_init()", "W(jk2_init) ( )"), ("blk_-12", "ID(blk_-12)"),
            ("node-246", "ID(node-246)"), ("x100", "ID(x100)"), ("x100(", "W(x100) ("), ("a1b2", "ID(a1b2)"),
            // Punctuation
            ("a - b", "L(a) - L(b)"), ("--", "--"), ("->", "- >"), ("a....0x1f", "L(a) .... HEX(0x1f)"),
            ("end.", "L(end) ."), ("key=value", "L(key) = L(value)"), ("[a|b]", "[ L(a) | L(b) ]"),
            ("naïve", "L(naïve)"), ("", ""), ("  \t ", ""),
        ])
    func classification(line: String, expected: String) {
        #expect(classes(line) == expected)
    }

    @Test("tokens are in order, do not overlap, are not empty and leave out nothing but white space", arguments: 0..<40)
    func tokensCoverTheLine(seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        let alphabet = Array("ab1 0:.-/=\"'[]()%@?\\,;_xXeT\t#é".utf8) + [0, 0xff, 0xc3]
        for _ in 0..<200 {
            let line = generator.bytes(Int.random(in: 0..<60, using: &generator), from: alphabet)
            var covered = 0
            for token in scan(line) {
                let gap = line[covered..<Int(token.start)]
                let isBlank = gap.allSatisfy { $0.isSpace }
                #expect(isBlank, "\(line)")
                #expect(token.isSpaced == !gap.isEmpty, "\(line)")
                #expect(token.count > 0, "\(line)")
                covered = Int(token.end)
            }
            let isRestBlank = line[covered...].allSatisfy { $0.isSpace }
            #expect(isRestBlank, "\(line)")
        }
    }

    /// The end of six or more pairs at `start`, by the definition alone.
    private func endOfPairs(_ line: [UInt8], _ start: Int) -> Int? {
        let isMark = { (index: Int) in index < line.count && (line[index] == 0x3a || line[index] == 0x2d) }
        let isPair = { (index: Int) in
            index + 1 < line.count && line[index].isHexDigit && line[index + 1].isHexDigit
        }
        var (end, pairs) = (start, 0)
        while isPair(end) {
            pairs += 1
            guard isMark(end + 2), isPair(end + 3) else { break }
            end += 3
        }
        end += 2
        return (6...32).contains(pairs) && !isMark(end) && (end == line.count || !line[end].isWord) ? end : nil
    }

    @Test("pairs of digits are one token where the definition says so, however many there are", arguments: 0..<40)
    func pairs(seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        for _ in 0..<300 {
            var line: [UInt8] = []
            for _ in 0..<Int.random(in: 1...40, using: &generator) {
                line += generator.bytes(Int.random(in: 0...9, using: &generator) > 0 ? 2 : 3, from: Array("abf".utf8))
                line += generator.bytes(1, from: Array("::::::::-- z".utf8))
            }
            for token in scan(line) {
                let start = Int(token.start)
                guard start == 0 || !line[start - 1].isWord else { continue }
                let end = endOfPairs(line, start)
                #expect((token.kind == .mac) == (end != nil), "\(line) at \(start)")
                if let end { #expect(Int(token.end) == end, "\(line) at \(start)") }
            }
        }
    }

    @Test("scanning stops at the limit")
    func limit() {
        let line = Array(String(repeating: "a ", count: 1_000).utf8)
        #expect(scan(line, limit: 7).count == 7)
    }

    @Test("every byte value alone is one token or white space", arguments: UInt8.min...UInt8.max)
    func singleBytes(byte: UInt8) {
        #expect(scan([byte]).count == (byte.isSpace ? 0 : 1))
    }
}
