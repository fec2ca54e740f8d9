import AuspexLogs
import AuspexRules
import AuspexSignals
import AuspexTesting
import Testing

@testable import AuspexEngine

extension LogStage {
    /// Takes a record when it was written.
    fileprivate mutating func facts(_ record: LogRecord) -> [Fact] { facts(record, now: record.time) }
}

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
        let facts = stage.facts(
            LogRecord(time: Timestamp(milliseconds: 0), severity: sent, body: body), now: Timestamp(milliseconds: 0))
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
            found += anomalies(stage.advance(now: Timestamp(milliseconds: Int64(end + minute * 60) * 1_000)))
        }
        #expect(
            found.contains { $0.kind == "stream_silence" && $0.labels["service"] == "shop" }, "\(found.map(\.kind))")
    }

    @Test("of too many services the one that was silent for longest is forgotten")
    func bound() {
        var stage = LogStage()
        for number in 0..<LogStage.mostStreams + 5 { _ = stage.facts(record(number, "hello", service: "s\(number)")) }
        #expect(stage.takeForgotten() == 5 && stage.takeForgotten() == 0)
    }

    @Test("a stage that is interrupted goes on as one that is not")
    func snapshot() throws {
        var whole = LogStage()
        var resumed = LogStage()
        var states: [String: [UInt8]] = [:]
        var generator = SplitMix64(seed: 9)
        for second in 0..<1_500 {
            let service = Bool.random(using: &generator) ? "shop" : "web"
            let body = "request \(second) of kind\(Int.random(in: 0..<4, using: &generator)) took \(second % 9) ms"
            let record = record(second, second == 1_400 ? "something else entirely" : body, service: service)
            if second % 311 == 300 {
                states.merge(try resumed.takeChangedSnapshots().mapValues { try $0() }) { $1 }
                resumed = LogStage()
                #expect(resumed.restore(states, now: record.time).isEmpty)
            }
            #expect(whole.facts(record) == resumed.facts(record), "second \(second)")
        }
        #expect(whole.takeChangedSnapshots().keys.sorted() == ["logs/shop", "logs/web"])
        #expect(whole.takeChangedSnapshots().isEmpty, "what has not changed is not written again")
        var settings = EngineConfiguration.Logs()
        settings.masks = ["kind[0-9]"]
        var other = try LogStage(settings)
        _ = other.restore(states, now: Timestamp(milliseconds: 0))
        #expect(other.templateCount == 0, "streams that were mined in another way begin anew")
        #expect(other.restore(["logs/x": [1, 2, 3]], now: Timestamp(milliseconds: 0)).count == 1)
    }

    @Test("after a restart the service that was silent for longest is still the one that is forgotten")
    func recency() throws {
        var stage = LogStage()
        let names = (0..<LogStage.mostStreams).map { "s\(99 - $0)" }
        for (second, name) in names.enumerated() { _ = stage.facts(record(second, "hello", service: name)) }
        var restored = LogStage()
        let stored = try stage.takeChangedSnapshots().mapValues { try $0() }
        #expect(restored.restore(stored, now: Timestamp(milliseconds: 100_000)).isEmpty)
        _ = restored.facts(record(200, "hello", service: "new"))
        let states = try restored.takeChangedSnapshots().mapValues { try $0() }
        #expect(states["logs/s99"] == [] && states["logs/new"]?.isEmpty == false)
        #expect(states.count == 2)
    }

    @Test("a service whose clock runs ahead ends no windows of another")
    func clocks() {
        var stage = LogStage()
        var found: [LogAnomalyFact] = []
        for second in stride(from: 0, to: 2 * 86_400, by: 20) {
            let now = Timestamp(milliseconds: Int64(second) * 1_000)
            let ahead = record(second + 540, "request \(second) took 3 ms", service: "ahead")
            found += anomalies(stage.facts(ahead, now: now))
            found += anomalies(stage.facts(record(second, "request \(second) took 3 ms"), now: now))
            found += anomalies(stage.advance(now: now))
        }
        #expect(found.isEmpty, "\(found.map(\.kind))")
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
