import AuspexSignals
import AuspexTesting
import Testing

@testable import AuspexLogs

@Suite struct TemplateRateDetectorTests {
    private static let quick = TemplateRateDetector.Configuration(warmUpWindows: 24)

    private func minutes(_ count: Double) -> Timestamp { Timestamp(milliseconds: Int64(count * 60_000)) }

    /// A heartbeat each ten minutes beside a lively template.
    private func heartbeat(_ detector: inout TemplateRateDetector, until end: Int, stops: Int) -> [LogVerdict] {
        (0..<end).flatMap { minute in
            let lively = (0..<20).flatMap {
                detector.update(TemplateID(1), at: minutes(Double(minute) + Double($0) / 20))
            }
            let isDue = minute.isMultiple(of: 10) && minute < stops
            return lively + (isDue ? detector.update(TemplateID(2), at: minutes(Double(minute) + 0.99)) : [])
        }
    }

    @Test("a rare template that comes regularly is missed when it stops")
    func heartbeatStops() throws {
        var detector = try TemplateRateDetector(configuration: Self.quick)
        let verdicts = heartbeat(&detector, until: 3_000, stops: 2_000)
        let first = try #require(verdicts.first)
        #expect(first.kind == .templateSilence && first.subject == .template(TemplateID(2)))
        #expect(first.time > minutes(2_010) && first.time <= minutes(2_040))
        #expect(first.explanation.hasPrefix("no line for"))
        #expect(first.isAnomalous && first.pValue <= 1e-4 && first.anomalyScore >= 1)
        #expect(verdicts.allSatisfy { $0.subject == first.subject })
    }

    @Test("nothing is said of a template before it was seen for long enough")
    func warmUp() {
        var detector = TemplateRateDetector()
        for minute in 0..<200 { _ = detector.update(TemplateID(1), at: minutes(Double(minute))) }
        let verdict = detector.verdict(of: TemplateID(1))
        #expect(verdict?.readiness == .warmingUp(seen: 38, needed: 288))
        #expect(verdict?.anomalyScore == 0 && verdict?.pValue == 1)
        #expect(verdict?.explanation == "warming up, window 38 of 288")
        #expect(detector.verdict(of: TemplateID(2)) == nil)
    }

    @Test("a burst is reported with what was expected")
    func burst() throws {
        var detector = try TemplateRateDetector(configuration: Self.quick)
        var verdicts: [LogVerdict] = []
        for minute in 0..<700 {
            for line in 0..<(minute >= 600 && minute < 605 ? 40 : 4) {
                verdicts += detector.update(TemplateID(1), at: minutes(Double(minute) + Double(line) / 50))
            }
        }
        let first = try #require(verdicts.first)
        #expect(verdicts.count == 1)
        #expect(first.kind == .templateBurst && first.observed == 200 && first.time == minutes(605))
        #expect(first.expected.map { abs($0 - 20) < 1 } ?? false)
        #expect(first.explanation == "200 lines in 5m where about 20 were expected")
    }

    @Test("the silence of the whole stream is reported for the stream, and not for its templates")
    func streamSilence() throws {
        var detector = try TemplateRateDetector(configuration: Self.quick)
        for minute in 0..<600 {
            for line in 0..<30 {
                _ = detector.update(TemplateID(UInt64(line % 3)), at: minutes(Double(minute) + Double(line) / 40))
            }
        }
        let verdicts = detector.advance(to: minutes(630))
        #expect(!verdicts.isEmpty && verdicts.allSatisfy { $0.kind == .streamSilence && $0.subject == .stream })
        // Half a year away is no silence but an absence, after which windows are judged as before.
        #expect(detector.advance(to: minutes(300_000)).isEmpty)
        #expect(detector.update(TemplateID(1), at: minutes(300_001)).isEmpty)
    }

    @Test("a template that was merged is learnt anew")
    func merge() throws {
        var detector = try TemplateRateDetector(configuration: Self.quick)
        for minute in 0..<600 {
            for template in 1...2 { _ = detector.update(TemplateID(UInt64(template)), at: minutes(Double(minute))) }
        }
        detector.merge(TemplateAlias(old: TemplateID(2), new: TemplateID(1)))
        #expect(detector.templateCount == 1)
        var verdicts: [LogVerdict] = []
        for minute in 600..<900 {
            for _ in 1...2 { verdicts += detector.update(TemplateID(1), at: minutes(Double(minute))) }
        }
        #expect(verdicts.isEmpty)
    }

    @Test("the order of lines inside a window does not matter", arguments: 0..<3)
    func order(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var (one, other) = (TemplateRateDetector(), TemplateRateDetector())
        for window in 0..<400 {
            let lines = (0..<random.poisson(window == 300 ? 60 : 12)).map { _ in
                (template: random.next() % 5, minute: Double(window) * 5 + 5 * random.uniform())
            }
            let reversed = lines.sorted { $0.minute > $1.minute }
            var verdicts: [[LogVerdict]] = [[], []]
            for line in lines { verdicts[0] += one.update(TemplateID(line.template), at: minutes(line.minute)) }
            for line in reversed { verdicts[1] += other.update(TemplateID(line.template), at: minutes(line.minute)) }
            #expect(verdicts[0] == verdicts[1])
        }
        #expect(one == other)
        #expect(one.snapshot() == other.snapshot())
    }

    @Test("a snapshot in the middle gives the same rest")
    func snapshot() throws {
        var detector = try TemplateRateDetector(configuration: Self.quick)
        _ = heartbeat(&detector, until: 1_333, stops: 1_200)
        var restored = try TemplateRateDetector(restoring: detector.snapshot())
        #expect(restored == detector)
        for minute in 1_333..<1_600 {
            let time = minutes(Double(minute))
            #expect(restored.update(TemplateID(1), at: time) == detector.update(TemplateID(1), at: time))
        }
        #expect(restored.snapshot() == detector.snapshot())
        #expect(ResealedSnapshot.refuses(detector.snapshot()) { _ = try TemplateRateDetector(restoring: $0) })
    }

    @Test("a damaged snapshot is refused or does no harm", arguments: 0..<4)
    func hostileSnapshot(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var detector = try TemplateRateDetector(configuration: Self.quick)
        _ = heartbeat(&detector, until: 300, stops: 300)
        let whole = detector.snapshot()
        for _ in 0..<500 {
            guard var restored = try? TemplateRateDetector(restoring: ResealedSnapshot.damaged(whole, &random)) else {
                continue
            }
            for minute in 300..<320 {
                let verdicts = restored.update(TemplateID(1), at: minutes(Double(minute)))
                #expect(verdicts.allSatisfy { $0.pValue > 0 && $0.anomalyScore.isFinite })
            }
        }
    }

    @Test("a flood of templates is bounded and counted")
    func flood() throws {
        let configuration = TemplateRateDetector.Configuration(warmUpWindows: 24, maximumTemplates: 50)
        var detector = try TemplateRateDetector(configuration: configuration)
        for line in 0..<20_000 {
            _ = detector.update(TemplateID(UInt64(line)), at: minutes(Double(line) / 20))
            #expect(detector.templateCount <= 50)
        }
        #expect(detector.evictedTemplates > 0 && detector.uncountedLines > 0)
        #expect(detector.snapshot().count < 100_000)
    }

    @Test("settings out of range are refused")
    func configuration() {
        #expect(throws: LogConfigurationError.self) {
            _ = try TemplateRateDetector(configuration: .init(window: .zero))
        }
        #expect(throws: LogConfigurationError.self) { _ = try TemplateRateDetector(configuration: .init(alpha: 1)) }
    }

    struct Row: Sendable {
        var rate: Double
        var dispersion: Double
        var season: Double
    }

    // Seeds 101 and up are for tests and reports; settings were chosen on 1 to 9.
    @Test(
        "false alarms, bursts and silences of simulated templates are as promised",
        arguments: [
            Row(rate: 5, dispersion: 0, season: 0.8), Row(rate: 5, dispersion: 0.5, season: 0),
            Row(rate: 5, dispersion: 0.5, season: 0.8),
        ])
    func simulation(row: Row) throws {
        let result = try RateSimulation(
            rate: row.rate, dispersion: row.dispersion, season: row.season, templates: 6, seed: 101
        ).run()
        #expect(result.falseAlarmsPerDay <= 0.07, "\(result)")
        #expect(result.burstRecall >= 0.88, "\(result)")
        #expect(result.silenceRecall >= 0.95, "\(result)")
    }
}
