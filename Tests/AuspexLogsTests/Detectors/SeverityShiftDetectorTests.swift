import AuspexSignals
import AuspexTesting
import Testing

@testable import AuspexLogs

@Suite struct SeverityShiftDetectorTests {
    private func lines(
        _ detector: inout SeverityShiftDetector, _ minutes: Range<Int>, errors: Int
    ) -> [LogVerdict] {
        minutes.flatMap { minute in
            (0..<50).flatMap { line in
                detector.update(
                    line < errors ? .error : .info,
                    at: Timestamp(milliseconds: Int64(minute) * 60_000 + Int64(line) * 1_000))
            }
        }
    }

    @Test("a rise is reported with both shares")
    func rise() throws {
        var detector = try SeverityShiftDetector(configuration: .init(warmUpWindows: 24))
        #expect(lines(&detector, 0..<400, errors: 1).isEmpty)
        let verdicts = lines(&detector, 400..<410, errors: 20)
        let first = try #require(verdicts.first)
        #expect(first.kind == .severityRise && first.observed == 0.4 && first.isAnomalous)
        #expect(first.expected.map { abs($0 - 0.02) < 0.002 } ?? false)
        #expect(first.explanation == "100 of 250 lines in 5m are WARN or worse, 40 % where 2 % is usual")
    }

    @Test("a small rise is seen over a quarter of an hour, and nothing is said after its end")
    func smallRise() throws {
        var detector = SeverityShiftDetector()
        #expect(lines(&detector, 0..<1_500, errors: 1).isEmpty)
        let verdicts = lines(&detector, 1_500..<1_515, errors: 4) + lines(&detector, 1_515..<1_600, errors: 1)
        #expect(!verdicts.isEmpty)
        #expect(verdicts.allSatisfy { $0.time <= Timestamp(milliseconds: 1_515 * 60_000) })
        #expect(verdicts.contains { $0.explanation.contains("in 15m") })
    }

    @Test("nothing is said before enough windows were seen")
    func warmUp() {
        var detector = SeverityShiftDetector()
        #expect(lines(&detector, 0..<100, errors: 0).isEmpty)
        #expect(lines(&detector, 100..<120, errors: 50).isEmpty)
        #expect(detector.readiness == .warmingUp(seen: 23, needed: 288))
    }

    @Test("chances of huge windows are found quickly")
    func hugeWindows() {
        var share = SeverityShare()
        for _ in 0..<100 { share.learn(10_000_000, among: 1_000_000_000_000, wasReported: false) }
        #expect(share.chance(of: 9_000_000, among: 1_000_000_000_000) == 1)
        #expect(share.chance(of: 900_000_000_000, among: 1_000_000_000_000) < 1e-10)
    }

    // Seeds 101 and up are for tests and reports; settings were chosen on 1 to 9.
    @Test(
        "simulated errors raise few false alarms, and rises are found",
        arguments: [(0.01, 0.0, 0.75), (0.1, 0.01, 0.9)])
    func simulation(share: Double, correlation: Double, floor: Double) throws {
        let result = try SeveritySimulation(rate: 100, share: share, correlation: correlation, seed: 101).run()
        #expect(result.falseAlarmsPerDay <= 0.07, "\(result)")
        #expect(result.recall >= floor, "\(result)")
    }

    @Test("a snapshot in the middle gives the same rest, and a damaged one does no harm")
    func snapshot() throws {
        var random = SplitMix64(seed: 7)
        var detector = try SeverityShiftDetector(configuration: .init(warmUpWindows: 24))
        _ = lines(&detector, 0..<302, errors: 1)
        let whole = detector.snapshot()
        var restored = try SeverityShiftDetector(restoring: whole)
        #expect(restored == detector)
        #expect(lines(&restored, 302..<330, errors: 30) == lines(&detector, 302..<330, errors: 30))
        #expect(restored.snapshot() == detector.snapshot())
        #expect(ResealedSnapshot.refuses(whole) { _ = try SeverityShiftDetector(restoring: $0) })
        for _ in 0..<2_000 {
            let bytes = ResealedSnapshot.damaged(whole, &random)
            guard var hostile = try? SeverityShiftDetector(restoring: bytes) else { continue }
            #expect(lines(&hostile, 302..<312, errors: 9).allSatisfy { $0.anomalyScore.isFinite })
        }
    }
}
