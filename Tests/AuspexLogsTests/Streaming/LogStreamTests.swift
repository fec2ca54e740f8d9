import AuspexSignals
import AuspexTesting
import Testing

@testable import AuspexLogs

@Suite struct LogStreamTests {
    private func line(_ second: Int, _ rest: String) -> [UInt8] {
        Array("2026-03-01T10:\(10 + second / 60):\(10 + second % 50)Z \(rest)".utf8)
    }

    @Test("a line that was never seen before is found, once, with time, severity and reason")
    func neverSeenBefore() throws {
        var stream = try LogStream(configuration: .init(detector: .init(warmUpLines: 200)))
        for second in 0..<300 {
            let bytes = line(second, "INFO web: request \(second) took \(second % 7) ms")
            #expect(!stream.update(bytes.span).isAnomalous)
        }
        let bytes = line(300, "ERROR web: disk /dev/sda1 is full")
        let reading = stream.update(bytes.span)
        #expect(reading.isAnomalous && reading.isNew)
        #expect(reading.template == "disk <*> is full")
        #expect(reading.severity == .error)
        #expect(reading.time == Timestamp(iso8601: "2026-03-01T10:15:10Z"))
        #expect(reading.line == 301 && reading.count == 1)
        #expect(abs(reading.rawScore - 8.238) < 0.001)
        #expect(reading.explanation.hasPrefix("a template that was never seen before in 300 lines"))
        let again = stream.update(bytes.span)
        #expect(!again.isAnomalous && again.templateID == reading.templateID && again.count == 2)
        #expect(again.explanation == "seen 2 times in 302 lines")
        #expect(again.rawScore < reading.rawScore)
    }

    @Test("lines that differ in their header alone are of one template")
    func headersAreNotMined() {
        var stream = LogStream()
        let lines = [
            "Mar  1 10:00:02 db01 postgres[4121]: ready", "Mar 11 11:30:02 db02 postgres[9]: ready",
            "2026-03-01 10:00:04,551 WARN [worker-3] com.acme.Ledger: ready",
        ]
        let ids = lines.map { line in
            let bytes = Array(line.utf8)
            return stream.update(bytes.span).templateID
        }
        #expect(Set(ids).count == 1)
        #expect(stream.miner.templates().map(\.text) == ["ready"])
    }

    @Test("a record's own time and severity count before those of its body")
    func records() {
        var stream = LogStream()
        let time = Timestamp(milliseconds: 5_000)
        let reading = stream.update(LogRecord(time: time, severity: "WARN", body: "10:00:00 ERROR x: disk full"))
        #expect(reading.time == time && reading.severity == .warn && reading.template == "disk full")
        let other = stream.update(LogRecord(time: time, body: "10:00:00 ERROR x: disk full"))
        #expect(other.severity == .error)
    }

    @Test("without headers the whole line is the message")
    func withoutHeaders() throws {
        var stream = try LogStream(configuration: .init(readsHeaders: false))
        let bytes = line(0, "INFO ready")
        let reading = stream.update(bytes.span)
        #expect(reading.template == "<*>:<*>:<*> INFO ready" && reading.time == nil && reading.severity == nil)
    }

    @Test("scores are numbers, p-values are chances, whatever the lines are", arguments: 0..<5)
    func ranges(seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        var stream = try LogStream(configuration: .init(detector: .init(warmUpLines: 5, alpha: 0.1)))
        for _ in 0..<400 {
            let bytes = generator.bytes(Int.random(in: 0..<40, using: &generator), from: Array("ab 1:=[\n\u{0}é".utf8))
            let reading = stream.update(bytes.span)
            #expect(reading.rawScore >= 0 && reading.rawScore.isFinite)
            #expect(reading.pValue > 0 && reading.pValue <= 1)
            #expect(reading.anomalyScore >= 0 && reading.anomalyScore.isFinite)
        }
    }
}
