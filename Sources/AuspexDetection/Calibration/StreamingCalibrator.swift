import Foundation

/// Turns the raw scores of a stream into p-values and anomaly scores, in bounded memory (about 2 KB) and O(1) a score.
///
/// Below the running 98 % quantile of the positive scores p is a rank, read from a histogram of log scores; above it an
/// exponential tail of the *log* score speaks, which is a power law in the score: it holds the asked rate for light and
/// heavy tails alike. Until 200 positive scores have come p is the exact rank among
/// them, so that the first change of a series that was constant for n samples gets 1/(n+1). In the first ``warmUp``
/// scores nothing is reported. A score ten times rarer than the alert line is not learned, unless the excursion has lasted
/// longer than 120 scores: then it is the new normal.
///
/// Of the recipe "exponential peaks over threshold with a feedback controller and one alert an episode" this is the first
/// part alone: the realised rate follows the tail's fit, and every score is judged by itself. In ``CalibratedStream`` a
/// budget moves the line by the alerts that came; to alert once an episode is left to the rules.
public struct StreamingCalibrator: Sendable, Hashable {
    /// Scores before anything is reported.
    public static let warmUp = 200
    /// Positive scores before the tail is fitted.
    static let tailWarmUp = 200
    /// The share of positive scores above the tail's threshold.
    static let tailShare = 0.02
    /// Weight, in excesses, of the prior for the tail's scale, and the prior itself: what Laplacian scores have above
    /// their 98 % quantile.
    static let priorWeight = 3.0
    static let priorScale = 0.22
    /// How many times rarer than the alert line a score must be not to be learned. Censoring at the line itself would
    /// leave the tail too short, and so double the rate of alerts.
    static let censoring = 10.0
    /// Slowest steps of the running quantile (in units of the scale) and of the running mean excess.
    static let slowestThresholdStep = 0.01
    static let slowestScaleStep = 0.005
    /// How long scores that are not learned are taken for an anomaly; as long as alerts of one episode are in our
    /// streaming recipe.
    static let longestExcursion = 120

    /// The rate α of false alerts a score.
    public internal(set) var alpha: Double
    /// How many scores have been learned.
    public private(set) var seen = 0

    private var positives = 0
    private var early: [Double] = []
    private var histogram = ScoreHistogram()
    private var tail: ScoreTail?
    private var excesses = 0
    private var excursion = 0

    /// Creates a calibrator that has seen nothing.
    ///
    /// - Throws: ``DetectorError/invalidAlpha(value:)`` unless 0 < α < 1.
    public init(alpha: Double = CalibratedScore.defaultAlpha) throws(DetectorError) {
        self.alpha = try CalibratedScore.checked(alpha: alpha)
    }

    /// Whether the warm-up is over.
    public var isReady: Bool { seen >= Self.warmUp }

    /// The p-value and anomaly score of a raw score against those before it, which then learns it. Negative scores and
    /// such that are not finite count as 0.
    public mutating func update(rawScore: Double) -> CalibratedScore {
        let score = rawScore.isFinite ? max(rawScore, 0) : 0
        let p = pValue(score)
        let wasReady = isReady
        excursion = wasReady && p <= alpha / Self.censoring ? excursion + 1 : 0
        if excursion == 0 || excursion > Self.longestExcursion { learn(score) }
        return wasReady ? CalibratedScore(pValue: p, alpha: alpha) : .normal
    }

    /// The rarity of a raw score against those before it, in powers of ten; then learns it.
    mutating func decades(rawScore: Double) -> Double {
        // + 0 makes the zero of p = 1 positive.
        -log10(update(rawScore: rawScore).pValue) + 0
    }

    private func pValue(_ score: Double) -> Double {
        guard score > 0 else { return 1 }
        guard let tail else { return Double(early.count { $0 >= score } + 1) / Double(seen + 1) }
        let positiveShare = Double(positives + 1) / Double(seen + 1)
        let logScore = log(score)
        if logScore > tail.threshold { return positiveShare * tail.pValue(logScore) }
        return positiveShare * max(histogram.share(atLeast: score), tail.share)
    }

    private mutating func learn(_ score: Double) {
        seen += 1
        guard score > 0 else { return }
        positives += 1
        histogram.add(score)
        guard tail == nil else { return learnTail(log(score)) }
        early.append(score)
        if early.count == Self.tailWarmUp { fitTail() }
    }

    private mutating func fitTail() {
        let sorted = early.map { log($0) }.sorted()
        let count = max(1, Int(Self.tailShare * Double(sorted.count)))
        let threshold = sorted[sorted.count - count - 1]
        let sum = sorted.suffix(count).reduce(0) { $0 + ($1 - threshold) }
        let scale = (sum + Self.priorWeight * Self.priorScale) / (Double(count) + Self.priorWeight)
        tail = Self.tail(threshold: threshold, scale: scale)
        excesses = count
        early = []
    }

    private mutating func learnTail(_ logScore: Double) {
        guard var tail else { return }
        // The quantile is tracked by steps in units of the scale: 49 small ones down weigh one up.
        let step = max(1 / (Self.tailShare * Double(positives)), Self.slowestThresholdStep) * tail.effectiveScale / 2
        if logScore > tail.threshold {
            excesses += 1
            // A long excursion is learned, but no score of it weighs more than the line of censoring.
            let line = tail.value(pValue: min(alpha, Self.tailShare) / Self.censoring)
            let weight = max(1 / (Double(excesses) + Self.priorWeight), Self.slowestScaleStep)
            tail.scale += weight * (min(logScore, line) - tail.threshold - tail.scale)
            tail.threshold += step * (1 - Self.tailShare)
        } else {
            tail.threshold -= step * Self.tailShare
        }
        self.tail = tail
    }

    /// In the log domain a relative scale is an absolute one.
    private static func tail(threshold: Double, scale: Double) -> ScoreTail {
        ScoreTail(
            threshold: threshold, scale: scale, smallestScale: ScoreTail.smallestRelativeScale, share: tailShare)
    }
}

extension StreamingCalibrator {
    private static let snapshotKind = "streaming-calibrator"
    private static let snapshotVersion = 2

    /// The state as bytes with a format version.
    public func snapshot() -> [UInt8] {
        var writer = SnapshotWriter(kind: Self.snapshotKind, version: Self.snapshotVersion)
        writer.write(alpha)
        writer.write(seen)
        writer.write(positives)
        writer.write(early)
        writer.write(histogram.lowest)
        writer.write(histogram.counts)
        writer.write(histogram.total)
        writer.write(tail != nil)
        writer.write(tail?.threshold ?? 0)
        writer.write(tail?.scale ?? 0)
        writer.write(excesses)
        writer.write(excursion)
        return writer.finished()
    }

    /// Continues from a snapshot.
    ///
    /// - Throws: ``DetectorError/invalidSnapshot(reason:)``.
    public init(restoring bytes: [UInt8]) throws(DetectorError) {
        var reader = try SnapshotReader(bytes, kind: Self.snapshotKind, version: Self.snapshotVersion)
        try self.init(alpha: reader.readDouble())
        seen = try reader.readInteger(in: 0...SnapshotReader.mostSamples)
        positives = try reader.readInteger(in: 0...seen)
        early = try reader.readDoubles()
        histogram = try ScoreHistogram(
            lowest: reader.readInteger(), counts: reader.readDoubles(), total: reader.readDouble())
        let hasTail = try reader.readBool()
        let threshold = try reader.readDouble()
        let scale = try reader.readDouble()
        if hasTail { tail = Self.tail(threshold: threshold, scale: scale) }
        excesses = try reader.readInteger(in: 0...SnapshotReader.mostSamples)
        excursion = try reader.readInteger(in: 0...SnapshotReader.mostSamples)
        try reader.finish()
        guard early.count < Self.tailWarmUp, early.allSatisfy({ $0.isFinite && $0 > 0 }), threshold.isFinite,
            scale.isFinite
        else {
            throw .invalidSnapshot(reason: "the calibrator's state cannot be")
        }
    }
}
