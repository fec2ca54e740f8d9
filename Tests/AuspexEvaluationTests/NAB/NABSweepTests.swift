import AuspexTesting
import Foundation
import Testing

@testable import AuspexEvaluation

@Suite("Scores on the Numenta Anomaly Benchmark") struct NABSweepTests {
    /// Two files of 200 rows with three windows.
    private static let windows = [[40...59, 120...150], [100...109]]

    private func scores(_ detections: [Set<Int>]) throws -> NABScores {
        let files = zip(detections, Self.windows).map { detections, windows in
            NABFile(scores: (0..<200).map { detections.contains($0) ? 1 : 0 }, windows: windows)
        }
        return try #require(NABScores(files))
    }

    @Test("silence is 0, finding every window at once and nothing else is 100")
    func ends() throws {
        let silence = try #require(
            NABScores(Self.windows.map { NABFile(scores: Array(repeating: 0, count: 200), windows: $0) }))
        // With one score for all rows the only thresholds are all and none.
        #expect(silence.standard == 0 && silence.lowFalsePositives == 0 && silence.lowFalseNegatives == 0)
        let perfect = try scores([[40, 120], [100]])
        #expect(abs(perfect.standard - 100) < 1e-9 && abs(perfect.lowFalseNegatives - 100) < 1e-9)
    }

    @Test("late is worth less, false alarms cost less soon after a window")
    func worth() throws {
        let early = try scores([[40, 120], [100]]).standard
        let late = try scores([[55, 120], [100]]).standard
        let missed = try scores([[120], [100]]).standard
        #expect(early > late && late > missed)
        // A false alarm far off costs 0.11 of three windows' range of 6, which is normalised to 100.
        let alarm = try scores([[40, 120], [100, 35]]).standard
        #expect(abs(early - alarm - 100 * 0.11 / 6) < 1e-9)
        let soon = try scores([[40, 61, 120], [100]]).standard
        let later = try scores([[40, 110, 120], [100]]).standard
        #expect(early > soon && soon > later)
    }

    @Test("rows of the probation do not count")
    func probation() throws {
        #expect(try scores([[0, 29, 40, 120], [100, 5]]) == scores([[40, 120], [100]]))
        #expect(try scores([[30, 40, 120], [100]]).standard < scores([[40, 120], [100]]).standard)
    }

    @Test("without windows there is no score")
    func noWindows() {
        #expect(NABScores([NABFile(scores: [1, 2], windows: [])]) == nil && NABScores([]) == nil)
    }

    @Test("going down the scores once finds what trying every threshold finds", arguments: 0..<25)
    func naive(seed: Int) throws {
        var generator = SplitMix64(seed: UInt64(seed))
        let files = (0..<3).map { _ -> NABFile in
            let rows = Int.random(in: 60...160, using: &generator)
            let first = Int.random(in: 5...25, using: &generator)
            let second = Int.random(in: first + 10...50, using: &generator)
            return NABFile(
                scores: (0..<rows).map { _ in Double(Int.random(in: 0..<12, using: &generator)) },
                windows: Bool.random(using: &generator) ? [first...first + 6, second...second + 9] : [])
        }
        guard let scores = NABScores(files) else { return }
        #expect(abs(scores.standard - Self.best(files, .standard)) < 1e-9)
        #expect(abs(scores.lowFalsePositives - Self.best(files, .lowFalsePositives)) < 1e-9)
        #expect(abs(scores.lowFalseNegatives - Self.best(files, .lowFalseNegatives)) < 1e-9)
    }

    /// The best over all thresholds, each scored by itself from the definition.
    private static func best(_ files: [NABFile], _ profile: NABProfile) -> Double {
        let thresholds = Set(files.flatMap(\.scores)).union([1e9])
        let count = Double(files.reduce(0) { $0 + $1.windows.count })
        let raw = thresholds.map { threshold in files.reduce(0.0) { $0 + score($1, threshold, profile) } }
        let silence = -profile.miss * count
        return 100 * ((raw.max() ?? silence) - silence) / (profile.hit * count - silence)
    }

    private static func score(_ file: NABFile, _ threshold: Double, _ profile: NABProfile) -> Double {
        let sigmoid = { (y: Double) in y > 3 ? -1 : 2 * (1 / (1 + exp(5 * y))) - 1 }
        let probation = min(Int(0.15 * Double(file.scores.count)), 750)
        let detections = file.scores.indices.filter { $0 >= probation && file.scores[$0] >= threshold }
        var total = 0.0
        for window in file.windows {
            let hits = detections.filter(window.contains).map { row -> Double in
                let y = -Double(window.upperBound - row + 1) / Double(window.count)
                return sigmoid(y) * profile.hit / sigmoid(-1)
            }
            total += hits.max() ?? -profile.miss
        }
        for row in detections where !file.windows.contains(where: { $0.contains(row) }) {
            if let last = file.windows.last(where: { $0.upperBound < row }) {
                total += sigmoid(Double(row - last.upperBound) / Double(last.count - 1)) * profile.falseAlarm
            } else {
                total -= profile.falseAlarm
            }
        }
        return total
    }
}
