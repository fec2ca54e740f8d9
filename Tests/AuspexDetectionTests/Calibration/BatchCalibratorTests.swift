import AuspexDetection
import AuspexTesting
import Foundation
import Testing

@Suite struct BatchCalibratorTests {
    private func scores(_ count: Int, seed: UInt64 = 1) -> [Double] {
        var random = SplitMix64(seed: seed)
        return (0..<count).map { _ in -log(1 - random.uniform()) }
    }

    @Test("in the body p is the rank, in the tail it is near the truth")
    func exponential() throws {
        let reference = scores(20_000)
        let calibrator = try BatchCalibrator(reference: reference)
        for score in [0.1, 0.5, 1, 2] {
            let rank = Double(reference.count { $0 >= score } + 1) / 20_001
            #expect(calibrator.calibrated(score).pValue == rank)
        }
        for score in [4.0, 7, 10] {
            let ratio = calibrator.calibrated(score).pValue / exp(-score)
            #expect((0.5...2).contains(ratio), "score \(score): \(ratio)")
        }
    }

    @Test("the line of 1 is where p is alpha", arguments: [0.1, 0.01, 0.001, 1e-6])
    func alertLine(alpha: Double) throws {
        let calibrator = try BatchCalibrator(reference: scores(5_000), alpha: alpha)
        for score in stride(from: 0.0, to: 40, by: 0.25) {
            let calibrated = calibrator.calibrated(score)
            #expect((calibrated.anomalyScore >= 1) == (calibrated.pValue <= alpha * (1 + 1e-12)))
            #expect(isClose(calibrated.anomalyScore, log(calibrated.pValue) / log(alpha), within: 1e-12))
        }
    }

    @Test("a higher score never has a higher p")
    func monotone() throws {
        for count in [0, 1, 7, 8, 9, 30, 100, 5_000] {
            let calibrator = try BatchCalibrator(reference: scores(count) + [0, 0, 0])
            let steps = stride(from: 0.0, to: 50, by: 0.01).map { calibrator.calibrated($0).pValue }
            #expect(zip(steps, steps.dropFirst()).allSatisfy { $0 >= $1 }, "\(count) scores")
            #expect(steps.allSatisfy { $0 > 0 && $0 <= 1 })
        }
    }

    @Test("an incident of a twentieth of the rows does not hide itself")
    func contamination() throws {
        let normal = scores(2_000)
        let incident = [Double](repeating: 30, count: 100)
        let calibrated = try BatchCalibrator(reference: normal + incident).calibrated(normal + incident)
        #expect(calibrated.suffix(100).allSatisfy { $0.anomalyScore > 1 })
        #expect(calibrated.prefix(2_000).count { $0.anomalyScore >= 1 } < 4)
    }

    @Test("incidents that are smeared over windows do not hide themselves, once the calibrator knows of the smear")
    func smear() throws {
        let normal = scores(1_000, seed: 9)
        // Two incidents, each over a window of 80 rows: an eighth of all scores.
        let smeared = [Double](repeating: 30, count: 160)
        let all = normal + smeared
        let blind = try BatchCalibrator(reference: all).calibrated(all)
        #expect(blind.allSatisfy { $0.anomalyScore < 1 })
        let calibrated = try BatchCalibrator(reference: all, reach: 80).calibrated(all)
        #expect(calibrated.suffix(160).allSatisfy { $0.anomalyScore > 1 })
        #expect(calibrated.prefix(1_000).count { $0.anomalyScore >= 1 } < 6)
    }

    @Test("without a tail no p is under 1/(n + 1)")
    func rankOnly() throws {
        var reference = [Double](repeating: 0, count: 500)
        reference[20] = 1e9
        let calibrator = try BatchCalibrator(reference: reference)
        #expect(calibrator.calibrated(1e9).pValue == 2.0 / 501)
        #expect(calibrator.calibrated(2e9).pValue == 1.0 / 501)
        #expect(calibrator.calibrated(0).pValue == 1)
        #expect(calibrator.calibrated(0).anomalyScore == 0)
        #expect(try BatchCalibrator(reference: []).calibrated(5).pValue == 1)
    }

    @Test("equal scores, extreme scores and such that are none have an answer")
    func edges() throws {
        let equal = try BatchCalibrator(reference: [Double](repeating: 3, count: 1_000))
        #expect(equal.calibrated(3).pValue == 1)
        #expect(equal.calibrated(3.5).pValue == 1.0 / 1_001)
        let huge = try BatchCalibrator(reference: scores(1_000) + [.greatestFiniteMagnitude, .infinity, .nan])
        for score in [.greatestFiniteMagnitude, .nan, .infinity, -1, .leastNonzeroMagnitude] {
            let calibrated = huge.calibrated(score)
            #expect(calibrated.pValue > 0 && calibrated.pValue <= 1 && calibrated.anomalyScore.isFinite)
        }
        #expect(throws: DetectorError.invalidAlpha(value: 0)) { try BatchCalibrator(reference: [], alpha: 0) }
        #expect(throws: DetectorError.invalidAlpha(value: 1)) { try BatchCalibrator(reference: [], alpha: 1) }
    }
}
