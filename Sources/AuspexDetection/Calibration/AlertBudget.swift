import AuspexSignals
import Foundation

/// Moves the alert line of a series so that it has as many false alerts as were asked for, whatever its p-values are worth.
///
/// Each alert raises the line, and each sample without one lets it sink a little, in such a proportion that the line stands
/// still when alerts come at the rate α. Alerts within ``episode`` samples are one, unless one is far worse. An alert far
/// beyond the line is hardly a false one, and is not paid from the budget.
struct AlertBudget: Sendable, Hashable {
    /// By how many powers of ten an alert raises the line.
    static let gain = 0.6
    /// How far the line may be moved.
    static let range = -1.0...4.0
    /// Alerts that are at most so many samples apart are one event.
    static let episode = 120
    /// So many powers of ten over the worst of its event an alert is another.
    static let escalation = 1.5
    /// Alerts further over the line are not paid for: 2.5 mean excesses of an exponential tail, which one false alert in
    /// twelve exceeds.
    static let spared = 2.5 / M_LN10

    /// −log₁₀ α.
    private var asked: Double
    /// The rate of false alerts a sample, between 0 and 1. Another one leaves the line moved by as much as it was.
    var alpha: Double {
        didSet { asked = -log10(alpha) }
    }
    private var correction = 0.0
    /// Samples since the line was last reached, at most ``episode`` + 1.
    private var quiet = episode + 1
    private var peak = 0.0

    /// - Parameter alpha: between 0 and 1.
    init(alpha: Double) {
        self.alpha = alpha
        asked = -log10(alpha)
    }

    /// Whether a sample of this rarity, in powers of ten, is beyond the line that α itself stands for.
    func isCensored(_ decades: Double) -> Bool { decades >= asked }

    /// Gives the reading of a sample of this rarity its p-value and anomaly score. Then moves the line.
    mutating func judge(_ reading: inout Reading, decades: Double) {
        reading.pValue = max(pow(10, -decades), CalibratedScore.smallestP)
        reading.anomalyScore = score(decades)
    }

    /// The anomaly score of a sample of this rarity: 1 at the line. Then moves the line.
    mutating func score(_ decades: Double) -> Double {
        let line = asked + correction
        let score = max(0, decades - correction) / asked
        var spends = false
        if decades >= line, decades > 0 {
            let isNew = quiet > Self.episode
            spends = (isNew || decades >= peak + Self.escalation) && decades - line <= Self.spared
            peak = isNew ? decades : max(peak, decades)
            quiet = 0
        } else {
            quiet = min(quiet + 1, Self.episode + 1)
        }
        let moved = correction + Self.gain * ((spends ? 1 : 0) - alpha)
        correction = min(max(moved, Self.range.lowerBound), Self.range.upperBound)
        return score
    }
}

extension AlertBudget {
    func write(to writer: inout SnapshotWriter) {
        writer.write(correction)
        writer.write(quiet)
        writer.write(peak)
    }

    init(alpha: Double, reading reader: inout SnapshotReader) throws(DetectorError) {
        self.init(alpha: alpha)
        correction = try reader.readDouble()
        quiet = try reader.readInteger(in: 0...Self.episode + 1)
        peak = try reader.readDouble()
        guard Self.range.contains(correction), peak.isFinite else {
            throw .invalidSnapshot(reason: "the budget's state cannot be")
        }
    }
}
