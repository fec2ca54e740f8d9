import AuspexLogs
import AuspexRules
import AuspexSignals
import AuspexTesting
import Testing

@testable import AuspexEngine

@Suite struct LogStageTests {
    private func record(_ second: Int, _ body: String, service: String = "shop", severity: String = "INFO") -> LogRecord
    {
        LogRecord(
            time: Timestamp(milliseconds: Int64(second) * 1_000), severity: severity, body: body,
            attributes: Labels(["service": service, "pid": "\(second)", "environment": "production"]))
    }

    private func anomalies(_ facts: [Fact]) -> [LogAnomalyFact] {
        facts.compactMap { if case .logAnomaly(let anomaly) = $0 { anomaly } else { nil } }
    }

    @Test(
        "a record whose source has no place for a severity gets the one that its line names",
        arguments: [
            ("", "2026-03-01 12:00:00 ERROR shop: no disk", "ERROR"), ("", "no disk", ""),
            ("DEBUG", "2026-03-01 12:00:00 ERROR shop: no disk", "DEBUG"),
        ])
    func severity(sent: String, body: String, expected: String) throws {
        var stage = LogStage()
        let facts = stage.facts(LogRecord(time: Timestamp(milliseconds: 0), severity: sent, body: body))
        guard case .log(let fact)? = facts.first else {
            Issue.record("no record among \(facts)")
            return
        }
        #expect(fact.record.severity == expected)
    }

    @Test("what is unusual comes after its record, with the service but not what only that record has")
    func news() {
        var stage = LogStage()
        for second in 0..<700 { #expect(stage.facts(record(second, "request \(second) took 3 ms")).count == 1) }
        let facts = stage.facts(record(700, "disk /dev/sda1 is full", severity: "ERROR"))
        #expect(facts.count == 2)
        let news = anomalies(facts)
        #expect(news.first?.kind == "new_template" && news.first?.template == "disk <*> is full")
        #expect(news.first?.labels == Labels(["service": "shop", "environment": "production"]))
        #expect(news.first?.severity == "ERROR" && news.first?.anomalyScore ?? 0 >= 1)
        #expect(news.first?.explanation.contains("never seen before") ?? false)
    }

    @Test("each service is judged by its own past")
    func services() {
        var stage = LogStage()
        for second in 0..<700 {
            _ = stage.facts(record(second, "request \(second) took 3 ms"))
            _ = stage.facts(record(second, "disk /dev/sda1 is full", service: "storage"))
        }
        #expect(anomalies(stage.facts(record(700, "disk /dev/sda1 is full"))).map(\.kind) == ["new_template"])
        #expect(anomalies(stage.facts(record(700, "disk /dev/sda1 is full", service: "storage"))).isEmpty)
    }

    @Test("a service that says nothing any more is noticed though no record comes")
    func silence() {
        var stage = LogStage()
        for second in stride(from: 0, to: 2 * 86_400, by: 20) {
            _ = stage.facts(record(second, "request \(second) took 3 ms"))
        }
        let end = 2 * 86_400
        var found: [LogAnomalyFact] = []
        for minute in 1...90 {
            found += anomalies(stage.advance(to: Timestamp(milliseconds: Int64(end + minute * 60) * 1_000)))
        }
        #expect(
            found.contains { $0.kind == "stream_silence" && $0.labels["service"] == "shop" }, "\(found.map(\.kind))")
    }

    @Test("of too many services the one that was silent for longest is forgotten")
    func bound() {
        var stage = LogStage()
        for number in 0..<LogStage.mostStreams + 5 { _ = stage.facts(record(number, "hello", service: "s\(number)")) }
        #expect(stage.forgotten == 5)
    }

    @Test("a stage that is interrupted goes on as one that is not")
    func snapshot() throws {
        var whole = LogStage()
        var resumed = LogStage()
        var generator = SplitMix64(seed: 9)
        for second in 0..<1_500 {
            let service = Bool.random(using: &generator) ? "shop" : "web"
            let body = "request \(second) of kind\(Int.random(in: 0..<4, using: &generator)) took \(second % 9) ms"
            let record = record(second, second == 1_400 ? "something else entirely" : body, service: service)
            if second % 311 == 300 {
                var next = LogStage()
                try next.restore(resumed.snapshot())
                resumed = next
            }
            #expect(whole.facts(record) == resumed.facts(record), "second \(second)")
        }
        #expect(whole.snapshot() == resumed.snapshot())
        var other = try LogStage(
            {
                var settings = EngineConfiguration.Logs()
                settings.masks = ["kind[0-9]"]
                return settings
            }())
        try other.restore(whole.snapshot())
        #expect(other.templateCount == 0, "streams that were mined in another way begin anew")
        #expect(throws: (any Error).self) { try other.restore([1, 2, 3]) }
    }

    @Test("sessions are watched where the configuration says what one is")
    func sessions() throws {
        var settings = EngineConfiguration.Logs()
        settings.sessionKey = .parameter(prefix: "job_")
        settings.sessionIdle = .seconds(30)
        var stage = try LogStage(settings)
        var second = 0
        func session(_ id: Int, _ steps: [String]) -> [LogAnomalyFact] {
            var found: [LogAnomalyFact] = []
            for step in steps {
                second += 1
                found += anomalies(stage.facts(record(second, "job_\(id)0 \(step)")))
            }
            return found
        }
        for id in 0..<200 { _ = session(id, ["is accepted", "is read from disk", "is sent to the peer", "is done"]) }
        _ = session(900, ["is accepted", "is sent to the peer", "is sent to the peer", "is sent to the peer"])
        second += 100
        let found = session(901, ["is accepted"])
        #expect(found.contains { $0.kind == "unusual_session" && $0.subject == "9000" }, "\(found.map(\.subject))")
    }
}
