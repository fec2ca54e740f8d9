import AuspexDetection
import AuspexTesting
import Foundation
import Testing

@Suite struct StreamingCalibratorTests {
    /// Raw scores of a few kinds of noise, light-tailed to heavy.
    private static func scores(_ kind: String, _ count: Int, seed: UInt64) -> [Double] {
        var random = SplitMix64(seed: seed)
        return (0..<count).map { _ in
            switch kind {
            case "exponential": return -log(1 - random.uniform())
            case "lognormal": return exp(random.gaussian())
            case "student":
                let spread = (0..<3).reduce(0.0) { sum, _ in sum + pow(random.gaussian(), 2) }
                return abs(random.gaussian()) / (spread / 3).squareRoot()
            case "sparse": return random.uniform() < 0.3 ? -log(1 - random.uniform()) : 0
            default: return abs(random.gaussian())
            }
        }
    }

    @Test(
        "alerts come about as often as asked, whatever the tail",
        arguments: ["gaussian", "exponential", "lognormal", "student", "sparse"], [0.01, 0.001])
    func rate(kind: String, alpha: Double) throws {
        var alerts = 0
        var total = 0
        for seed in 1...10 as ClosedRange<UInt64> {
            var calibrator = try StreamingCalibrator(alpha: alpha)
            for score in Self.scores(kind, 20_000, seed: seed) {
                let isReady = calibrator.isReady
                let calibrated = calibrator.update(rawScore: score)
                guard isReady else { continue }
                total += 1
                if calibrated.anomalyScore >= 1 { alerts += 1 }
            }
        }
        let ratio = Double(alerts) / Double(total) / alpha
        #expect((0.2...2).contains(ratio), "\(kind) at \(alpha): \(ratio) times as often as asked")
    }

    @Test("nothing is reported in the warm-up")
    func warmUp() throws {
        var calibrator = try StreamingCalibrator()
        for (index, score) in Self.scores("gaussian", 200, seed: 1).enumerated() {
            let calibrated = calibrator.update(rawScore: index == 150 ? 1e9 : score)
            #expect(calibrated == .normal)
        }
        #expect(calibrator.isReady)
        #expect(calibrator.update(rawScore: 1e12).anomalyScore > 1)
    }

    @Test("the first change after n quiet samples has p = 1/(n + 1)", arguments: [200, 999, 5_000])
    func firstChange(quiet: Int) throws {
        var calibrator = try StreamingCalibrator()
        for _ in 0..<quiet { #expect(calibrator.update(rawScore: 0) == .normal) }
        #expect(calibrator.update(rawScore: 1).pValue == 1 / Double(quiet + 1))
    }

    @Test("the unit of the scores does not matter")
    func unit() throws {
        var plain = try StreamingCalibrator()
        var scaled = plain
        for score in Self.scores("exponential", 3_000, seed: 3) {
            let left = plain.update(rawScore: score).pValue
            let right = scaled.update(rawScore: score * 0x1p40).pValue
            #expect(isClose(log(left), log(right), within: 1e-9))
        }
    }

    @Test("a long excursion alerts, is not learned at first, and in the end becomes normal")
    func excursion() throws {
        var calibrator = try StreamingCalibrator()
        let scores = Self.scores("exponential", 20_000, seed: 4)
        for score in scores[..<5_000] { _ = calibrator.update(rawScore: score) }
        let learned = calibrator.seen
        for _ in 0..<120 { #expect(calibrator.update(rawScore: 1_000).anomalyScore > 1) }
        #expect(calibrator.seen == learned)
        for _ in 0..<5_000 { _ = calibrator.update(rawScore: 1_000) }
        #expect(calibrator.update(rawScore: 1_000).anomalyScore < 1)
    }

    @Test("an hour's incident leaves the line nearly where it was")
    func incident() throws {
        var calibrator = try StreamingCalibrator()
        for score in Self.scores("exponential", 5_000, seed: 5) { _ = calibrator.update(rawScore: score) }
        var before = calibrator
        for _ in 0..<60 { _ = calibrator.update(rawScore: 500) }
        #expect(calibrator.update(rawScore: 12).anomalyScore == before.update(rawScore: 12).anomalyScore)
    }

    @Test("extreme scores and such that are none have an answer, and break nothing")
    func edges() throws {
        var calibrator = try StreamingCalibrator()
        let odd = [Double.nan, .infinity, -.infinity, -1, 0, .leastNonzeroMagnitude, .greatestFiniteMagnitude, 1e-300]
        for round in 0..<1_000 {
            for score in odd + [Double(round)] {
                let calibrated = calibrator.update(rawScore: score)
                #expect(calibrated.pValue > 0 && calibrated.pValue <= 1 && calibrated.anomalyScore.isFinite)
            }
        }
    }

    @Test("a snapshot of a very long stream changes nothing to the last bit")
    func longStream() throws {
        // After some forty halvings the counts have more bits than their sum keeps.
        let scores = Self.scores("lognormal", 1_000_000, seed: 7)
        var calibrator = try StreamingCalibrator()
        for score in scores { _ = calibrator.update(rawScore: score) }
        var restored = try StreamingCalibrator(restoring: calibrator.snapshot())
        #expect(restored == calibrator)
        for score in scores[..<1_000] {
            #expect(calibrator.update(rawScore: score) == restored.update(rawScore: score))
        }
    }

    /// A snapshot in which the value at one place is another. The places are those of the numbers behind kind and version.
    private func snapshot(seen: Int = 3, early: [Double] = [1, 2], excesses: Int = 0, excursion: Int = 0) -> [UInt8] {
        var writer = SnapshotWriter(kind: "streaming-calibrator", version: 2)
        writer.write(0.001)
        writer.write(seen)
        writer.write(2)
        writer.write(early)
        writer.write(0)
        writer.write([] as [Double])
        writer.write(0.0)
        writer.write(false)
        writer.write(0.0)
        writer.write(0.0)
        writer.write(excesses)
        writer.write(excursion)
        return writer.finished()
    }

    @Test("counts that no stream reaches and early scores that are none are refused")
    func impossibleState() throws {
        _ = try StreamingCalibrator(restoring: snapshot())
        for bytes in [
            snapshot(seen: .max), snapshot(excesses: .max), snapshot(excursion: .max), snapshot(early: [1, .nan]),
            snapshot(early: [-1, 1]), snapshot(early: [0, 1]),
        ] {
            #expect(throws: DetectorError.self) { try StreamingCalibrator(restoring: bytes) }
        }
        var largest = try StreamingCalibrator(restoring: snapshot(seen: 1 << 53, excesses: 1 << 53, excursion: 1 << 53))
        #expect(largest.update(rawScore: 1).anomalyScore.isFinite)
    }

    @Test("a snapshot at any point changes nothing", arguments: [0, 1, 150, 199, 200, 201, 2_500, 40_000])
    func snapshot(point: Int) throws {
        let scores = Self.scores("sparse", point + 500, seed: 6)
        var calibrator = try StreamingCalibrator(alpha: 0.01)
        for score in scores[..<point] { _ = calibrator.update(rawScore: score) }
        var restored = try StreamingCalibrator(restoring: calibrator.snapshot())
        #expect(restored == calibrator)
        for score in scores[point...] {
            #expect(calibrator.update(rawScore: score) == restored.update(rawScore: score))
        }
    }
}
