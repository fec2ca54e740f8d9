import AuspexSignals
import AuspexTesting
import Testing

@testable import AuspexLogs

@Suite struct StructuredLineTests {
    private func read(_ text: String) -> (line: StructuredLine?, fields: [(String, String)]) {
        let bytes = Array(text.utf8)
        var fields: [LineField] = []
        let line = StructuredLine(bytes.span, fields: &fields, reference: nil)
        func string(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
        return (line, fields.map { (string($0.name), string($0.value)) })
    }

    private func message(_ text: String) -> String? {
        read(text).line?.message.map { String(decoding: Array(text.utf8)[$0], as: UTF8.self) }
    }

    @Test(
        "the message is found by its name, in JSON and in logfmt",
        arguments: [
            (#"{"level":"info","msg":"started","port":8080}"#, "started"),
            (#"  { "ts" : 1772359200.5 , "message" : "a \"b\" c" }  "#, #"a \"b\" c"#),
            (#"{"event":{"id":1},"log":"deep [x]","n":[1,{"msg":"no"}]}"#, "deep [x]"),
            (#"level=info ts=2026-03-01T10:00:00Z msg="cache warm" dur=35ms"#, "cache warm"),
            (#"time=2026-03-01T10:00:00Z msg=started a=1 b="two words" rest"#, "started"),
            (#"msg="started up" a=1 b=2"#, "started up"),
        ])
    func messages(text: String, expected: String) {
        #expect(message(text) == expected)
    }

    @Test(
        "what is not whole, or not mostly pairs, is text",
        arguments: [
            #"{"msg":"started""#, #"{"msg":"started"} tail"#, "{not json}", "{", "[1,2]", #"{"a":}"#, #"{"a"}"#,
            "type=SYSCALL msg=audit(1364481363.243:24287): arch=c000003e success=no exit=-13",
            "user=bob said a lot of things in many words msg=x", "a=1 b=2 c=3", "a=1 msg=2", "", "=",
            "a=\"open b=2 msg=3",
            String(repeating: #"{"a":"#, count: 100) + "1" + String(repeating: "}", count: 100),
        ])
    func others(text: String) {
        #expect(read(text).line == nil || message(text) == nil)
    }

    @Test(
        "time and level are read from their fields",
        arguments: [
            (#"{"ts":1772359200.25,"level":"warn","msg":"x"}"#, 1_772_359_200_250, LogSeverity.warn),
            (#"{"time":1772359200123,"level":50,"msg":"x"}"#, 1_772_359_200_123, .error),
            (#"{"time":1772359200123456,"lvl":"DEBUG","msg":"x"}"#, 1_772_359_200_123, .debug),
            (#"{"time":1772359200123456789,"severity":"Fatal","msg":"x"}"#, 1_772_359_200_123, .fatal),
            (#"{"@timestamp":"2026-03-01T10:00:00.5Z","log.level":"error","message":"x"}"#, 1_772_359_200_500, .error),
            (#"ts=2026-03-01T10:00:00Z level=info msg=x a=b"#, 1_772_359_200_000, .info),
        ])
    func fields(text: String, time: Int64, level: LogSeverity) {
        let line = read(text).line
        #expect(line?.time == Timestamp(milliseconds: time))
        #expect(line?.severity == level)
    }

    @Test("JSON lines with the same message have one template, whatever else they say")
    func mining() {
        var stream = LogStream()
        let lines = [
            #"{"level":"info","msg":"request 12 took 5ms","path":"/a"}"#,
            #"{"msg":"request 13 took 7ms","level":"warn","user":{"id":4}}"#,
            #"2026-03-01T10:00:00Z INFO app: {"msg":"request 14 took 9ms"}"#,
            #"level=info ts=2026-03-01T10:00:00Z msg="request 15 took 1ms""#,
        ]
        let readings = lines.map { stream.update(Array($0.utf8).span) }
        #expect(Set(readings.map(\.template)) == ["request <*> took <*>"])
        #expect(readings.map(\.severity) == [.info, .warn, .info, .info])
        #expect(readings[3].time == Timestamp(milliseconds: 1_772_359_200_000))
    }

    @Test("JSON without a message is known by its names, in whatever order")
    func names() throws {
        var stream = LogStream()
        let lines = [#"{"b":1,"a":"x y"}"#, #"{"a":"z","b":{"c":2}}"#]
        let readings = lines.map { stream.update(Array($0.utf8).span) }
        #expect(Set(readings.map(\.template)) == [#"{"a":<*>,"b":<*>}"#])
        var run = try LogRun(.parse, format: .csv)
        var rows: [UInt8] = []
        run.feed(Array((lines.joined(separator: "\n") + "\n").utf8).span, into: &rows)
        let text = String(decoding: rows, as: UTF8.self)
        #expect(text.contains(#"[""x y"", ""1""]"#))
        #expect(text.contains(#"[""z"", ""{\""c\"":2}""]"#), "\(text)")
    }

    @Test("broken and cut JSON never crashes and is mined as text", arguments: 0..<8)
    func mutations(seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        let line = Array(#"{"level":"info","msg":"a \"b\" \\","n":[1,{"x":"y"}],"t":1772359200}"#.utf8)
        var stream = LogStream()
        for _ in 0..<500 {
            var changed = Array(line.prefix(Int.random(in: 0...line.count, using: &generator)))
            for _ in 0..<Int.random(in: 0...3, using: &generator) where !changed.isEmpty {
                changed[Int.random(in: 0..<changed.count, using: &generator)] = UInt8.random(
                    in: 0...255, using: &generator)
            }
            _ = stream.update(changed.span)
        }
        #expect(stream.miner.lineCount == 500)
    }
}
