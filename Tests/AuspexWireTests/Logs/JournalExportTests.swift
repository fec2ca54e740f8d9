import AuspexSignals
import AuspexTesting
import AuspexWire
import Testing

@Suite("The journal's export format") struct JournalExportTests {
    private func read(_ pieces: [[UInt8]], limits: LogLimits = LogLimits()) -> DecodedLogs {
        var logs = DecodedLogs(limits: limits)
        var journal = JournalExport(limits: limits)
        for piece in pieces { journal.append(piece, received: arrival, into: &logs) }
        journal.finish(received: arrival, into: &logs)
        return logs
    }

    private static func binary(_ name: String, _ value: String) -> [UInt8] {
        let length = (0..<8).map { UInt8(truncatingIfNeeded: value.utf8.count >> (8 * $0)) }
        return Array("\(name)\n".utf8) + length + Array("\(value)\n".utf8)
    }

    @Test("systemd's own example", .enabled(if: LogCorpora.isHere, "\(PublicData.hint)"))
    func example() throws {
        let logs = read([try LogCorpora.bytes("journald/two_entries.export")])
        try #require(logs.records.count == 2 && logs.rejected == 0)
        let first = logs.records[0]
        #expect(first.time == Timestamp(milliseconds: 1_342_540_861_416))
        #expect(first.severity == "WARN" && first.body == "AccountsService: Could not (null): invalid user")
        #expect(
            first.attributes.dictionary == [
                "service.name": "gdm-password", "service": "gdm-password", "process.pid": "587",
                "journald.boot_id": "6c7c6013a26343b29e964691ff25d04c", "journald.transport": "syslog",
            ])
        #expect(logs.records[1].body == "foo\nbar\nstack line 2" && logs.records[1].severity == "INFO")
    }

    @Test("fields that occur twice keep both values; an entry without a time has that of its arrival")
    func repeated() throws {
        let logs = read([Array("OBJECT_PID=1\nOBJECT_PID=2\nMESSAGE=x\nSYSLOG_FACILITY=3\n_PID=7\n".utf8)])
        let record = try #require(logs.records.first)
        #expect(record.attributes["journald.object_pid"] == "[\"1\",\"2\"]")
        #expect(record.attributes["syslog.facility"] == "daemon" && record.time == arrival && record.severity == "")
    }

    @Test("a broken entry costs no more than itself, and is told of")
    func broken() {
        let good = "MESSAGE=good\n\n"
        for bad in ["no equals sign\n\n", "lower=1\n\n", "=1\n\n", "MESSAGE\n\u{1}\0\0\0\0\0\0\u{7f}x\n\n"] {
            let logs = read([Array((good + bad + good).utf8)])
            #expect(logs.records.map(\.body) == ["good", "good"] && logs.rejected == 1, "\(bad)")
            #expect(logs.rejections.first?.place == "entry 2")
        }
        let cut = read([Array(good.utf8) + Self.binary("MESSAGE", "abc").dropLast(2)])
        #expect(cut.records.map(\.body) == ["good"] && cut.rejected == 1)
    }

    @Test("long values are cut and counted")
    func long() {
        let limits = LogLimits(bodyBytes: 10)
        let logs = read(
            [Array("MESSAGE=0123456789abc\n\n".utf8) + Self.binary("MESSAGE", "0123456789abc") + [10]], limits: limits)
        #expect(logs.records.map(\.body) == ["0123456789", "0123456789"] && logs.shortened == 2)
    }

    @Test("pieces of any size give the same records, and no mutation traps")
    func pieces() {
        var mutator = Mutator(seed: 4)
        let seed =
            Array("__REALTIME_TIMESTAMP=1342540861416409\nMESSAGE=a\nPRIORITY=3\n\n".utf8)
            + Self.binary("MESSAGE", "b\nc\n\nd") + Array("_PID=1\n\nMESSAGE=e\n\n".utf8)
        #expect(read([seed]).records.count == 3)
        for _ in 0..<1_000 {
            let bytes = mutator.mutate(seed)
            let whole = read([bytes])
            #expect(read(mutator.pieces(bytes, upTo: 5)) == whole)
            #expect(whole.records.count + whole.rejected <= 8)
        }
    }
}
