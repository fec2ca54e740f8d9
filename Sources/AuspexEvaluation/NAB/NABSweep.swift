import Foundation

/// The scoring of the Numenta Anomaly Benchmark (Lavin and Ahmad 2015; `nab/sweeper.py`).
///
/// A row counts as a detection when its score reaches the threshold. Rows of the probation at the beginning of a file are
/// ignored. A window earns the best of its detections, the earlier the better; without one it costs. A detection outside
/// of windows costs, less when it is soon after one. All thresholds are tried by going down the sorted scores once.
struct NABSweep {
    /// The share of a file that is probation, and the length of file beyond which it grows no more.
    private static let probationShare = 0.15
    private static let probationCap = 5_000.0
    /// How steeply a detection's worth falls with its distance, and the distance beyond which it is a plain mistake.
    private static let steepness = 5.0
    private static let farOff = 3.0

    private struct Point {
        var score: Double
        /// From 1 at a window's beginning through 0 at its end to -1 far behind it.
        var worth: Double
        /// The window that the row lies in.
        var window: Int?
    }

    private let points: [Point]
    private let windowCount: Int

    init(_ files: [NABFile]) {
        var points: [Point] = []
        var windowCount = 0
        for file in files {
            points += Self.points(of: file, firstWindow: windowCount)
            windowCount += file.windows.count
        }
        self.points = points.sorted { $0.score > $1.score }
        self.windowCount = windowCount
    }

    /// The score with the best threshold, normalised so that silence gives 0 and perfection 100; nil without windows.
    ///
    /// - Complexity: O(n).
    func best(_ profile: NABProfile) -> Double? {
        guard windowCount > 0 else { return nil }
        let silence = -profile.miss * Double(windowCount)
        let perfection = profile.hit * Double(windowCount)
        var windows = [Double](repeating: -profile.miss, count: windowCount)
        var total = silence
        var best = silence
        for (index, point) in points.enumerated() {
            if let window = point.window {
                let earned = point.worth * profile.hit
                if earned > windows[window] {
                    total += earned - windows[window]
                    windows[window] = earned
                }
            } else {
                total += point.worth * profile.falseAlarm
            }
            // Rows of one score are detected together.
            let isLastOfScore = index + 1 == points.count || points[index + 1].score < point.score
            if isLastOfScore { best = max(best, total) }
        }
        return 100 * (best - silence) / (perfection - silence)
    }

    private static func points(of file: NABFile, firstWindow: Int) -> [Point] {
        let probation = Int(min(Double(file.scores.count), probationCap) * probationShare)
        var window = 0
        var points: [Point] = []
        points.reserveCapacity(max(0, file.scores.count - probation))
        for (row, score) in file.scores.enumerated() {
            while window < file.windows.count, row > file.windows[window].upperBound { window += 1 }
            guard row >= probation else { continue }
            if window < file.windows.count, row >= file.windows[window].lowerBound {
                let range = file.windows[window]
                let position = -Double(range.upperBound - row + 1) / Double(range.count)
                points.append(Point(score: score, worth: worth(position) / worth(-1), window: firstWindow + window))
            } else if window > 0 {
                let last = file.windows[window - 1]
                let position = Double(row - last.upperBound) / Double(max(last.count - 1, 1))
                points.append(Point(score: score, worth: worth(position)))
            } else {
                points.append(Point(score: score, worth: -1))
            }
        }
        return points
    }

    /// The worth of a detection by its place: -1 at a window's beginning, 0 at its end.
    private static func worth(_ position: Double) -> Double {
        position > farOff ? -1 : 2 / (1 + exp(steepness * position)) - 1
    }
}
