import AuspexSignals
import AuspexTesting
import Foundation
import Testing

@testable import AuspexLogs

@Suite struct LogRunTests {
    private func rows(_ run: inout LogRun, _ text: String, pieces: Int = 7) -> String {
        var output: [UInt8] = []
        run.start(into: &output)
        let bytes = Array(text.utf8)
        for start in stride(from: 0, to: bytes.count, by: pieces) {
            let piece = bytes[start..<min(start + pieces, bytes.count)]
            run.feed(piece.span, into: &output)
        }
        run.finish(into: &output)
        return String(decoding: output, as: UTF8.self)
    }

    static let text = "user \"al,ice\" from 10.0.0.1\r\nuser \"bob\" from 10.0.0.2\n\ntick"

    @Test("parse writes the usual columns as CSV")
    func parseCSV() throws {
        var run = try LogRun(.parse, format: .csv)
        let lines = rows(&run, "2026-03-01T10:00:00Z INFO web: took 12 ms\nx=\"q\" 5").split(separator: "\n")
        #expect(lines.count == 3)
        #expect(lines[0] == "LineId,EventId,EventTemplate,ParameterList")
        let id = TemplateMiner.idOf("took 12 ms")
        #expect(lines[1] == "1,\(id),took <*> ms,\"[\"\"12\"\"]\"")
        let other = TemplateMiner.idOf("x=\"q\" 5")
        #expect(lines[2] == "2,\(other),\"x=\"\"q\"\" <*>\",\"[\"\"5\"\"]\"")
        #expect(
            run.summary
                == LogRun.Summary(
                    lines: 2, templates: 2, cutLines: 0, evictedTemplates: 0, anomalies: 0, joinedLines: 0,
                    freeTextLines: 0, linesWithoutText: 0,
                    escapedLines: 0))
    }

    @Test("parse writes one JSON object a line", arguments: [1, 3, 1_000])
    func parseJSON(pieces: Int) throws {
        var run = try LogRun(.parse, format: .ndjson)
        let objects = try rows(&run, Self.text, pieces: pieces).split(separator: "\n").map { line in
            try JSONValue(parsing: String(line))
        }
        #expect(objects.count == 4)
        #expect(objects[0]["LineId"]?.int == 1)
        #expect(objects[0]["EventTemplate"]?.string == "user \"al,ice\" from <*>")
        #expect(objects[0]["ParameterList"]?.array == [.string("10.0.0.1")])
        #expect(objects[2]["EventTemplate"]?.string == "" && objects[2]["ParameterList"]?.array == [])
        #expect(objects[3]["LineId"]?.int == 4 && objects[3]["EventTemplate"]?.string == "tick")
    }

    @Test("rows after learning have the final templates from the first line on")
    func learning() throws {
        let text = ["alice", "bob", "carol"].map { "user \($0) is here\n" }.joined()
        var streaming = try LogRun(.parse, format: .csv)
        #expect(rows(&streaming, text).contains("user alice is here"))
        var run = try LogRun(.parse, format: .csv)
        let bytes = Array(text.utf8)
        run.learn(bytes.span)
        run.finishLearning()
        let lines = rows(&run, text).split(separator: "\n").dropFirst()
        #expect(lines.allSatisfy { $0.contains("user <*> is here") })
        #expect(lines.first?.hasSuffix("\"[\"\"alice\"\"]\"") == true)
        #expect(run.summary.lines == 3)
        #expect(run.stream.miner.lineCount == 3)
    }

    @Test("score marks the line that was never seen before")
    func score() throws {
        let configuration = LogStream.Configuration(detector: .init(warmUpLines: 200))
        let text =
            (0..<300).map { "2026-03-01T10:00:00Z INFO tick \($0)\n" }.joined()
            + "2026-03-01T10:00:01Z ERROR disk, full\n"
        var run = try LogRun(.score, format: .csv, configuration: configuration)
        let lines = rows(&run, text).split(separator: "\n")
        #expect(lines.count == 302)
        #expect(lines[0].split(separator: ",").count == 12)
        let last = lines[301]
        #expect(last.hasPrefix("301,2026-03-01T10:00:01Z,ERROR,\(TemplateMiner.idOf("disk, full")),1,8.238"))
        #expect(last.contains(",1,new_template,\"disk, full\",a template that was never seen before in 300 lines"))
        #expect(lines[300].hasSuffix(",0,,tick <*>,"))
        #expect(run.summary.anomalies == 1)

        var json = try LogRun(.score, format: .ndjson, configuration: configuration)
        let object = try JSONValue(parsing: String(rows(&json, text).split(separator: "\n")[300]))
        #expect(object["anomaly"]?.int == 1 && object["severity"]?.string == "ERROR" && object["line"]?.int == 301)
        #expect(object["time"]?.string == "2026-03-01T10:00:01Z" && object["findings"]?.array?.count == 1)
        #expect(object["anomaly_score"]?.double ?? 0 > 1)
    }

    @Test("the lines of a trace have the template of the line before them, and no row of their own in a score run")
    func traces() throws {
        let log =
            "12:00:00 ERROR request 1 failed\n\tat a.b(C.java:1)\n\tat d.e(F.java:2)\n12:00:01 INFO request 2 done\n"
        var parse = try LogRun(.parse, format: .csv)
        var rows: [UInt8] = []
        parse.feed(Array(log.utf8).span, into: &rows)
        let lines = String(decoding: rows, as: UTF8.self).split(separator: "\n").map { $0.split(separator: ",") }
        #expect(lines.map { $0[0] } == ["1", "2", "3", "4"])
        #expect(lines[1][1] == lines[0][1] && lines[2][1] == lines[0][1] && lines[3][1] != lines[0][1])
        #expect(parse.summary.joinedLines == 2)
        var score = try LogRun(.score, format: .csv)
        rows = []
        score.feed(Array(log.utf8).span, into: &rows)
        #expect(String(decoding: rows, as: UTF8.self).split(separator: "\n").map { $0.prefix(2) } == ["1,", "4,"])
        var apart = try LogRun(.parse, format: .csv)
        apart.joinsLines = false
        rows = []
        apart.feed(Array(log.utf8).span, into: &rows)
        #expect(apart.summary.joinedLines == 0 && apart.stream.miner.lineCount == 4)
    }

    @Test("a record has OpenTelemetry's names for its template and parameters, and their types")
    func openTelemetry() throws {
        var run = try LogRun(.parse, format: .otel)
        let row = rows(&run, "2026-03-01T10:00:00Z WARN web: request 12 from 10.0.0.1 took 5ms\n")
        let object = try JSONValue(parsing: String(row.dropLast()))
        #expect(object["timestamp"]?.string == "2026-03-01T10:00:00Z")
        #expect(object["severity_text"]?.string == "WARN" && object["severity_number"]?.int == 13)
        #expect(object["body"]?.string?.hasSuffix("took 5ms") ?? false)
        let attributes = try #require(object["attributes"])
        #expect(attributes["log.record.template"]?.string == "request <*> from <*> took <*>")
        #expect(attributes["log.record.template.params"]?.array?.compactMap(\.string) == ["12", "10.0.0.1", "5ms"])
        #expect(
            attributes["log.record.template.param_types"]?.array?.compactMap(\.string) == ["number", "ip", "duration"])
        #expect(attributes["log.record.template.id"]?.string?.count == 16)
    }

    @Test("score tells of bursts, strange parameters and unusual sessions, and what they are about")
    func findings() throws {
        var text = ""
        func add(_ second: Int, _ message: String) {
            let (minute, hour) = (second / 60 % 60, second / 3_600)
            text +=
                "2026-03-0\(1 + hour / 24)T\(two(hour % 24)):\(two(minute)):\(two(second % 60))Z INFO web: \(message)\n"
        }
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        var generator = SplitMix64(seed: 4)
        // Two days of requests, a line every twenty seconds; then one that takes ten thousand times as long, and a burst.
        for line in 0..<8_640 {
            add(line * 20, "request req_\(line)a took \(Int.random(in: 20...60, using: &generator)) ms")
        }
        add(172_801, "request req_1b took 480000 ms")
        for line in 0..<600 { add(172_802 + line / 2, "request req_\(line)c took 30 ms") }
        add(174_000, "request req_1d took 30 ms")
        var run = try LogRun(.score, format: .ndjson)
        run.writesOnlyAnomalies = true
        let objects = try rows(&run, text).split(separator: "\n").map { try JSONValue(parsing: String($0)) }
        let kinds = objects.flatMap { $0["findings"]?.array ?? [] }.compactMap { $0["kind"]?.string }
        #expect(Set(["unusual_number", "template_burst"]).isSubset(of: kinds), "\(kinds)")
        #expect(kinds.count <= 8, "\(kinds)")
        #expect(objects.allSatisfy { $0["anomaly"]?.int == 1 })
        #expect(run.summary.anomalies == UInt64(objects.count))
    }

    @Test("a run over pieces that arrive one by one gives what a run over the whole gives")
    func asynchronous() async throws {
        var whole = try LogRun(.parse, format: .csv)
        let expected = rows(&whole, Self.text)
        var run = try LogRun(.parse, format: .csv)
        let chunks = AsyncStream { continuation in
            for byte in Self.text.utf8 { continuation.yield([byte]) }
            continuation.finish()
        }
        var output: [UInt8] = []
        try await run.run(chunks) { output += $0 }
        #expect(String(decoding: output, as: UTF8.self) == expected)
    }

    @Test("hostile bytes give valid CSV and JSON", arguments: 0..<10)
    func hostile(seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        let bytes = generator.bytes(2_000, from: Array(UInt8.min...UInt8.max) + Array("\n\",=\\".utf8))
        var run = try LogRun(.parse, format: .ndjson)
        var output: [UInt8] = []
        run.feed(bytes.span, into: &output)
        run.finish(into: &output)
        let lines = output.split(separator: 10)
        #expect(lines.count == Int(run.summary.lines))
        for line in lines { _ = try JSONValue(parsing: Data(line)) }
    }
}

extension TemplateMiner {
    /// The id that a message has in every miner.
    static func idOf(_ message: String) -> TemplateID {
        var miner = TemplateMiner()
        return miner.add(message).template
    }
}

@Suite struct TemplateListingTests {
    private var listing: TemplateListing {
        var stream = LogStream()
        for line in ["tick 1", "disk, full", "tick 2", "bell \u{7} rings"] {
            let bytes = Array(line.utf8)
            _ = stream.update(bytes.span)
        }
        return TemplateListing(stream)
    }

    @Test("templates are listed by count, then by first line")
    func order() {
        #expect(listing.templates.map(\.text) == ["tick <*>", "disk, full", "bell \u{7} rings"])
    }

    @Test("as CSV")
    func csv() {
        let lines = listing.text(.csv).split(separator: "\n")
        #expect(lines[0] == "EventId,count,first_line,last_line,first_time,last_time,parameters,example,EventTemplate")
        #expect(lines[1] == "\(TemplateMiner.idOf("tick 1")),2,1,3,,,number,tick 1,tick <*>")
        #expect(lines[2].hasSuffix(",1,2,2,,,,\"disk, full\",\"disk, full\""))
    }

    @Test("fields of CSV have no control characters but tabs")
    func controls() throws {
        var stream = LogStream()
        let line = Array("bell \u{7} and\t\u{1b}[31mred".utf8)
        _ = stream.update(line.span)
        let row = try #require(TemplateListing(stream).text(.csv).split(separator: "\n").last)
        #expect(row.contains(",bell \u{fffd} and\tred,") && !row.contains("\u{1b}"))
        for report in LogRun.Report.allCases {
            var run = try LogRun(report, format: .csv)
            var output: [UInt8] = []
            run.feed(message: line.span, into: &output)
            #expect(!output.contains(0x1b) && !output.contains(0x07))
        }
    }

    @Test("as JSON")
    func json() throws {
        let lines = listing.text(.ndjson).split(separator: "\n")
        let object = try JSONValue(parsing: String(lines[2]))
        #expect(object["EventTemplate"]?.string == "bell \u{7} rings" && object["count"]?.int == 1)
    }

    @Test("as a table, in columns and without control characters")
    func table() {
        let lines = listing.text(.table).split(separator: "\n")
        #expect(lines[0].hasPrefix("id                count   first    last  parameters  example"))
        #expect(lines[1].hasPrefix("\(TemplateMiner.idOf("tick 1"))      2  line 1  line 3  number      tick 1"))
        #expect(lines[3].hasSuffix("bell \u{fffd} rings"))
    }
}
