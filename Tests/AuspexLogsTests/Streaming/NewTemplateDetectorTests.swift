import AuspexSignals
import AuspexTesting
import Testing

@testable import AuspexLogs

@Suite struct NewTemplateDetectorTests {
    private func match(_ id: UInt64, isNew: Bool) -> LogMatch {
        LogMatch(template: TemplateID(id), version: 1, isNew: isNew, isChanged: false)
    }

    private func seconds(_ count: Int64) -> Timestamp { Timestamp(milliseconds: count * 1_000) }

    private func warm(_ configuration: NewTemplateDetector.Configuration = .init()) throws -> NewTemplateDetector {
        var detector = try NewTemplateDetector(configuration: configuration)
        for _ in 0..<configuration.warmUpLines { _ = detector.update(match(1, isNew: false)) }
        return detector
    }

    @Test("nothing is anomalous while it warms up, and the count is shown")
    func warmUp() throws {
        var detector = try NewTemplateDetector(configuration: .init(warmUpLines: 3))
        for seen in 1...3 {
            let verdict = detector.update(match(UInt64(seen), isNew: true))
            #expect(verdict.readiness == .warmingUp(seen: seen, needed: 3))
            #expect(verdict.anomalyScore == 0 && verdict.pValue == 1)
        }
        #expect(detector.update(match(9, isNew: false)).readiness == .ready)
    }

    @Test("the warm-up also lasts the time that it should")
    func warmUpTime() throws {
        var detector = try NewTemplateDetector(configuration: .init(warmUpLines: 1, warmUpTime: .seconds(100)))
        #expect(detector.update(match(1, isNew: true), at: seconds(1_000)).readiness == .warmingUp(seen: 1, needed: 1))
        let half = detector.update(match(1, isNew: false), at: seconds(1_050))
        #expect(half.readiness == .warmingUp(seen: 2, needed: 4))
        #expect(detector.update(match(2, isNew: true), at: seconds(1_099)).anomalyScore == 0)
        #expect(detector.update(match(3, isNew: true), at: seconds(1_100)).readiness == .ready)
    }

    @Test("a new template after the warm-up is anomalous once, with the p-value of the rule of succession")
    func newTemplate() throws {
        var detector = try warm()
        #expect(detector.update(match(1, isNew: false)).anomalyScore == 0)
        let first = detector.update(match(2, isNew: true))
        // 500 lines of warm-up, faded by one line, and that line: 1 / (n + 1).
        let lines = 500 * 0.999_307_093 + 1
        #expect(abs(first.pValue - 1 / (lines + 1)) < 1e-9)
        #expect(abs(first.anomalyScore - 1.350) < 0.001)
        #expect(detector.update(match(2, isNew: false)).anomalyScore == 0)
    }

    @Test("of a storm of new templates only the first few are anomalous, and the next lone one is again")
    func storm() throws {
        var detector = try warm()
        let scores = (0..<400).map { detector.update(match(UInt64($0) + 10, isNew: true)).anomalyScore }
        let alerts = scores.prefix { $0 >= 1 }.count
        #expect((3...8).contains(alerts))
        #expect(scores.dropFirst(alerts).allSatisfy { $0 < 1 })
        #expect(zip(scores, scores.dropFirst()).allSatisfy { $0 >= $1 })
        for _ in 0..<8_000 { _ = detector.update(match(1, isNew: false)) }
        #expect(detector.update(match(9_999, isNew: true)).anomalyScore >= 1)
    }

    @Test(
        "in a stream that keeps inventing messages alerts are as rare as the budget says", arguments: [0.05, 0.2, 0.5])
    func noisyStream(share: Double) throws {
        var generator = SplitMix64(seed: 4)
        var detector = try warm()
        var alerts = 0
        for number in 0..<20_000 {
            let isNew = Double.random(in: 0..<1, using: &generator) < share
            if detector.update(match(UInt64(number) + 10, isNew: isNew)).anomalyScore >= 1 { alerts += 1 }
        }
        #expect(alerts <= 200)
    }

    @Test("with a minimum of lines a template is reported when it has them, within the window")
    func minimumLines() throws {
        let configuration = NewTemplateDetector.Configuration(warmUpLines: 500, minimumLines: 3)
        var detector = try warm(configuration)
        #expect(detector.update(match(2, isNew: true), at: seconds(0)).anomalyScore == 0)
        #expect(detector.update(match(2, isNew: false), at: seconds(10)).anomalyScore == 0)
        #expect(detector.update(match(2, isNew: false), at: seconds(20)).anomalyScore > 1)
        #expect(detector.update(match(2, isNew: false), at: seconds(21)).anomalyScore == 0)

        var slow = try warm(configuration)
        let scores = [0, 20, 40, 60, 80].map { second in
            slow.update(match(2, isNew: second == 0), at: seconds(second)).anomalyScore
        }
        #expect(scores.dropLast().allSatisfy { $0 == 0 })
        #expect(slow.update(match(2, isNew: false), at: seconds(81)).anomalyScore >= 0)
    }

    @Test("a severe new template is reported at its first line")
    func urgent() throws {
        var detector = try warm(.init(warmUpLines: 500, minimumLines: 5))
        #expect(detector.update(match(2, isNew: true), severity: .info).anomalyScore == 0)
        #expect(detector.update(match(3, isNew: true), severity: .error).anomalyScore > 1)
        #expect(detector.update(match(3, isNew: false), severity: .error).anomalyScore == 0)
    }

    @Test("new templates that wait for their lines are bounded")
    func waiting() throws {
        var detector = try warm(.init(warmUpLines: 10, minimumLines: 2))
        for number in 0..<3_000 { _ = detector.update(match(UInt64(number) + 10, isNew: true)) }
        #expect(detector.candidates.count == NewTemplateDetector.maximumCandidates)
        #expect(detector.candidates[TemplateID(10)] == nil && detector.candidates[TemplateID(3_009)] != nil)
    }

    @Test(
        "a setting out of its range is refused by name",
        arguments: [
            (NewTemplateDetector.Configuration(warmUpLines: -1), "warmUpLines"), (.init(alpha: 0), "alpha"),
            (.init(alpha: .nan), "alpha"), (.init(alpha: 1), "alpha"), (.init(halfLife: 0), "halfLife"),
            (.init(minimumLines: 0), "minimumLines"), (.init(burstWindow: .seconds(-1)), "burstWindow"),
            (.init(warmUpTime: .seconds(-1)), "warmUpTime"),
        ])
    func configuration(configuration: NewTemplateDetector.Configuration, option: String) {
        let error = #expect(throws: LogConfigurationError.self) {
            try NewTemplateDetector(configuration: configuration)
        }
        #expect(error?.option == option)
    }
}
