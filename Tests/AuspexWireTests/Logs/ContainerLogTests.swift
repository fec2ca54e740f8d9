import AuspexSignals
import AuspexTesting
import AuspexWire
import Testing

@Suite("Logs of containers") struct ContainerLogTests {
    private func lines(_ bytes: [UInt8], limit: Int = 1 << 20) -> [LogLineSplitter.Line] {
        var splitter = LogLineSplitter(limit: limit)
        var lines: [LogLineSplitter.Line] = []
        splitter.append(bytes) { lines.append($0) }
        splitter.finish { lines.append($0) }
        return lines
    }

    private func cri(_ bytes: [UInt8], limits: LogLimits = LogLimits()) -> DecodedLogs {
        var (log, logs) = (CRILog(limits: limits), DecodedLogs(limits: limits))
        for line in lines(bytes, limit: limits.bodyBytes) { log.read(line, into: &logs) }
        log.finish(into: &logs)
        return logs
    }

    private func docker(_ bytes: [UInt8], limits: LogLimits = LogLimits()) -> DecodedLogs {
        var (log, logs) = (DockerLog(limits: limits), DecodedLogs(limits: limits))
        for line in lines(bytes, limit: limits.bodyBytes) { log.read(line, into: &logs) }
        log.finish(into: &logs)
        return logs
    }

    @Test("Kubernetes' example", .enabled(if: LogCorpora.isHere, "\(PublicData.hint)"))
    func criExample() throws {
        let logs = cri(try LogCorpora.bytes("container/cri.log"))
        #expect(
            logs.records.map(\.body) == [
                "log content 1log content 2", "The content of the log entry 3", "message", "",
            ])
        #expect(logs.records.map { $0.attributes["log.iostream"] } == ["stdout", "stderr", "stdout", "stderr"])
        #expect(logs.records.first?.time == Timestamp(iso8601: "2016-10-06T00:17:09.669Z") && logs.rejected == 0)
    }

    @Test("Docker's example", .enabled(if: LogCorpora.isHere, "\(PublicData.hint)"))
    func dockerExample() throws {
        let logs = docker(try LogCorpora.bytes("container/docker-json-file.log"))
        #expect(
            logs.records.map(\.body) == [
                "hello", "partial without newline rest",
                "Exception in thread \"main\" java.lang.NullPointerException",
                "\tat com.example.Foo.bar(Foo.java:42)", "with attrs",
            ])
        #expect(logs.records.last?.attributes["service"] == "checkout" && logs.rejected == 0)
        #expect(logs.records[1].time == Timestamp(iso8601: "2024-05-01T12:00:00.200Z"))
    }

    @Test("parts are joined for each stream by itself, within limits")
    func parts() {
        let time = "2024-05-01T12:00:00Z"
        let text =
            "\(time) stdout P a\n\(time) stderr F other\n\(time) stdout P:x b\n\(time) stdout F c\n\(time) stdout P d\n"
        #expect(cri(Array(text.utf8)).records.map(\.body) == ["other", "abc", "d"])
        let many = String(repeating: "\(time) stdout P ab\n", count: 5)
        #expect(cri(Array(many.utf8), limits: LogLimits(joinedLines: 2)).records.map(\.body) == ["abab", "abab", "ab"])
        let long = String(repeating: "\(time) stdout P 0123456789012345678901234567890\n", count: 3)
        let cut = cri(Array(long.utf8), limits: LogLimits(bodyBytes: 70))
        #expect(cut.records.map(\.body.utf8.count) == [70] && cut.shortened == 1)
    }

    /// Lines of both formats: the second, the stream, the text, and whether it ends there.
    private static func logs(_ entries: [(second: Int, stream: String, text: String, isLast: Bool)]) -> [String] {
        let lines = entries.map { entry in
            let time = "2024-05-01T12:00:0\(entry.second).500Z"
            return (
                cri: "\(time) \(entry.stream) \(entry.isLast ? "F" : "P") \(entry.text)\n",
                docker:
                    #"{"log":"\#(entry.text)\#(entry.isLast ? "\\n" : "")","stream":"\#(entry.stream)","time":"\#(time)"}"#
                    + "\n"
            )
        }
        return [lines.map(\.cri).joined(), lines.map(\.docker).joined()]
    }

    @Test("a part does not wait longer than five seconds while the other stream goes on")
    func patience() {
        let logs = Self.logs([
            (0, "stdout", "part", false), (1, "stderr", "a", true), (5, "stderr", "b", true), (6, "stderr", "c", true),
            (6, "stdout", "rest", true),
        ])
        #expect(cri(Array(logs[0].utf8)).records.map(\.body) == ["a", "b", "part", "c", "rest"])
        #expect(docker(Array(logs[1].utf8)).records.map(\.body) == ["a", "b", "part", "c", "rest"])
        // Its own stream it waits for, and a clock that is set back gives it up too.
        let own = Self.logs([(0, "stdout", "part ", false), (9, "stdout", "rest", true)])
        #expect(cri(Array(own[0].utf8)).records.map(\.body) == ["part rest"])
        let back = Self.logs([(8, "stdout", "part", false), (1, "stderr", "a", true), (1, "stdout", "rest", true)])
        #expect(docker(Array(back[1].utf8)).records.map(\.body) == ["part", "a", "rest"])
    }

    @Test("what has been read is done with up to the earliest part that waits, though one always does")
    func restStart() {
        let text = Self.logs([
            (0, "stdout", "a", false), (0, "stderr", "b", false), (0, "stdout", "a", true), (0, "stdout", "c", false),
            (0, "stderr", "b", true), (0, "stdout", "c", true), (1, "stdout", "d", false), (7, "stderr", "e", true),
        ])
        let expected = [0, 0, 1, 1, 3, nil, 6, nil]
        let (base, limits) = (LogAttributes(), LogLimits())
        for first in [0, 1_000] as [Int64] {
            var (cri, docker, logs) = (
                CRILog(limits: limits, base: base), DockerLog(limits: limits, base: base), DecodedLogs()
            )
            for (index, text) in text.enumerated() {
                var splitter = LogLineSplitter(limit: 1_000, position: first)
                var lines: [LogLineSplitter.Line] = []
                splitter.append(Array(text.utf8)) { lines.append($0) }
                #expect(lines.map(\.start) == [first] + lines.dropLast().map(\.end))
                for (line, expected) in zip(lines, expected) {
                    if index == 0 { cri.read(line, into: &logs) } else { docker.read(line, into: &logs) }
                    let (start, hasRest) =
                        index == 0 ? (cri.restStart, cri.hasRest) : (docker.restStart, docker.hasRest)
                    #expect(start == expected.map { lines[$0].start } && hasRest == (start != nil))
                }
            }
            #expect(
                logs.records.map(\.body) == Array(repeating: ["aa", "bb", "cc", "d", "e"], count: 2).flatMap { $0 })
        }
    }

    @Test(
        "a broken line costs no more than itself, and is told of",
        arguments: ["x", "2024-05-01T12:00:00Z stdout", "yesterday stdout F x", "2024-05-01T12:00:00Z stdin F x"])
    func brokenCRI(line: String) {
        let good = "2024-05-01T12:00:00Z stdout F good\n"
        let logs = cri(Array((good + line + "\n" + good).utf8))
        #expect(logs.records.map(\.body) == ["good", "good"])
        #expect(logs.rejected == 1 && logs.rejections.first?.description.hasPrefix("line 2: expected") == true)
    }

    @Test(
        "a broken object costs no more than itself, and is told of",
        arguments: ["{", "[]", "{\"log\":1}", "{\"log\":\"x\"}", "{\"log\":\"x\\n\",\"time\":\"now\"}", "{} {}"])
    func brokenDocker(line: String) {
        let good = "{\"log\":\"good\\n\",\"stream\":\"stdout\",\"time\":\"2024-05-01T12:00:00Z\"}\n"
        let logs = docker(Array((good + line + "\n" + good).utf8))
        #expect(logs.records.map(\.body) == ["good", "good"] && logs.rejected == 1)
        #expect(logs.rejections.first?.place == "line 2")
    }

    @Test("lines of JSON give body, time and severity under the usual names, and the rest as attributes")
    func jsonLines() throws {
        var (log, logs) = (JSONLines(), DecodedLogs())
        let text = """
            {"msg":"no disk","level":"warning","ts":1700000000.5,"app":"shop","n":{"b":[1,true]}}
            {"message":"x","severity":"Error","timestamp":"2024-05-01T12:00:00Z"}
            {"level":50,"time":1700000000000,"msg":"pino"}
            {"a":1}
            not json
            """
        for line in lines(Array(text.utf8)) { log.read(line, received: arrival, into: &logs) }
        #expect(logs.records.map(\.body) == ["no disk", "x", "pino", "{\"a\":1}"])
        #expect(logs.records.map(\.severity) == ["WARN", "ERROR", "ERROR", ""])
        #expect(
            logs.records.map(\.time.milliseconds) == [
                1_700_000_000_500, 1_714_564_800_000, 1_700_000_000_000, arrival.milliseconds,
            ])
        #expect(logs.records[0].attributes.dictionary == ["app": "shop", "service": "shop", "n": "{\"b\":[1,true]}"])
        #expect(logs.rejected == 1)
    }

    @Test("lines are the same in pieces of any size; long ones are cut and counted")
    func splitting() {
        var mutator = Mutator(seed: 5)
        for _ in 0..<500 {
            let bytes = mutator.mutate(Array("a\nbb\r\n\n0123456789\r\nabcdefghijk\nlast".utf8))
            let whole = lines(bytes, limit: 10)
            var splitter = LogLineSplitter(limit: 10)
            var found: [LogLineSplitter.Line] = []
            for piece in mutator.pieces(bytes, upTo: 3) { splitter.append(piece) { found.append($0) } }
            splitter.finish { found.append($0) }
            #expect(found == whole && splitter.position == Int64(bytes.count))
        }
        let cut = lines(Array("0123456789\r\n0123456789\n01234567890\nx".utf8), limit: 10)
        #expect(cut.map(\.isCut) == [false, false, true, false])
        #expect(
            cut.map { String(decoding: $0.bytes, as: UTF8.self) } == ["0123456789", "0123456789", "0123456789", "x"])
    }

    @Test("no mutation traps, and no line gives more than one record")
    func mutations() {
        var mutator = Mutator(seed: 6)
        let time = "2024-05-01T12:00:00.5Z"
        let seeds = [
            "\(time) stdout P a\n\(time) stdout F b\n\(time) stderr F c\n",
            "{\"log\":\"a\\u00e9\",\"stream\":\"stdout\",\"time\":\"\(time)\",\"attrs\":{\"a\":\"b\"}}\n",
        ]
        for round in 0..<3_000 {
            let bytes = mutator.mutate(Array(seeds[round % 2].utf8))
            let count = lines(bytes).count
            var (json, logs) = (JSONLines(), DecodedLogs())
            for line in lines(bytes) { json.read(line, received: arrival, into: &logs) }
            for result in [cri(bytes), docker(bytes), logs] {
                #expect(result.records.count + result.rejected <= count)
            }
        }
    }
}
