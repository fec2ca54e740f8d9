import Foundation

/// Controls the share of false alarms among those of related series, at each tick and once an episode.
///
/// Of series that are watched together many are strange by chance at any time; p-values that are right for each of them
/// still fill a page with false alarms. At each tick the group is tested by e-BH (Wang and Ramdas 2022), which holds the
/// false discovery rate under any dependence between the series: p-values become e-values by e = ½ p^(-½) (Vovk and Wang
/// 2021), and the k largest of n are confirmed when the k-th is at least n / (α k). A series that has been confirmed stays
/// so for its episode, a run of candidate ticks with gaps of up to ``gap``: one alarm, tested once.
///
/// Control is for a tick, not for the union of all ticks; that part is only as good as simulations say. For a group of n a
/// lone series needs p ≤ (α / 2n)²: 10⁻⁶ for 50 series and α = 0.1. Groups of 20 to 100 are meant; of a whole fleet no
/// p-value from ten thousand samples can be so small.
///
/// Simulated with 50 series, 400 ticks and ten episodes of 4 deviations (40 repeats, ideal p-values): episode FDR 0 and
/// power 0.92 for independent series; 0 and 0.62 autocorrelated by 0.8; 0.004 and 0.63 with a common factor besides; 0.081
/// and 0.69 when the spread is 15 % larger than assumed. With the p-values of ``CalibratedStream`` over `auto` after 5,000
/// samples (20 repeats) it is 0.08 and 0.94, 0.09 and 0.72, 0.16 and 0.71, 0.21 and 0.52; after 10,000 (10 repeats) 0.15 and
/// 0.98, 0.16 and 0.86, 0.14 and 0.87, 0.14 and 0.69: more episodes are false than asked, as those p-values are too small far
/// out. After 1,000 samples, over `auto` as over `ewma`, the FDR is 0 and next to nothing of 4 deviations is found.
///
/// Cost of a tick O(n log n); memory two numbers for each series with an open episode.
public struct EpisodeControl: Sendable, Hashable {
    /// The rate of false alarms among all unless told otherwise.
    public static let defaultAlpha = 0.1
    /// Ticks without a candidate after which an episode is over, unless told otherwise; as long as the alarms of one
    /// episode are in our streaming recipe.
    public static let defaultGap = 120
    /// Sizes of groups that are meant.
    public static let groupSizes = 20...100

    /// What is made of a series at a tick.
    public enum Verdict: String, Sendable, Hashable, CaseIterable {
        /// It is no candidate.
        case normal
        /// It is one, and confirmed, or goes on with an episode that was.
        case confirmed
        /// It is one, and not strange enough among so many.
        case heldBack
    }

    /// One series at a tick.
    public struct Candidate: Sendable, Hashable {
        /// Which series, by a number that stays the same.
        public var series: UInt64
        /// Its p-value, 0 < p <= 1.
        public var pValue: Double
        /// Whether it would be an alarm by itself.
        public var isCandidate: Bool

        /// Creates a candidate.
        public init(series: UInt64, pValue: Double, isCandidate: Bool) {
            self.series = series
            self.pValue = pValue
            self.isCandidate = isCandidate
        }
    }

    /// The rate of false alarms among all.
    public let alpha: Double
    /// Ticks without a candidate after which an episode is over.
    public let gap: Int

    private struct Episode: Sendable, Hashable {
        var last: Int
        var isConfirmed: Bool
    }

    private var tick = 0
    private var episodes: [UInt64: Episode] = [:]

    /// Creates a control without episodes.
    ///
    /// - Throws: ``DetectorError/invalidAlpha(value:)`` unless 0 < α < 1.
    public init(alpha: Double = Self.defaultAlpha, gap: Int = Self.defaultGap) throws(DetectorError) {
        self.alpha = try CalibratedScore.checked(alpha: alpha)
        self.gap = max(0, gap)
    }

    /// Decides a tick.
    ///
    /// - Parameters:
    ///   - group: the series that have a value at this tick.
    ///   - size: how many series the group has; those that sent nothing count, as not strange at all. Nil for those that
    ///     are there.
    ///   - isSameTick: whether these are further series of the tick of before, as when a tick comes in parts.
    /// - Returns: what is made of each, in the order of `group`.
    public mutating func decide(_ group: [Candidate], size: Int? = nil, isSameTick: Bool = false) -> [Verdict] {
        if !isSameTick {
            tick += 1
            episodes = episodes.filter { tick - $0.value.last <= gap + 1 }
        }
        guard group.contains(where: \.isCandidate) else { return group.map { _ in .normal } }
        let confirmed = Self.confirmed(group.map(\.pValue), size: size ?? group.count, alpha: alpha)
        return zip(group, confirmed).map { series, isConfirmed in
            guard series.isCandidate else { return .normal }
            let goesOn = episodes[series.series]?.isConfirmed ?? false
            episodes[series.series] = Episode(last: tick, isConfirmed: goesOn || isConfirmed)
            return goesOn || isConfirmed ? .confirmed : .heldBack
        }
    }

    /// Larger p-values are never discoveries, however many there are: at it, all of a group together just are.
    package var largestDiscovery: Double { alpha * alpha / 4 }

    /// e-BH: which of `pValues` are discoveries, among `size` hypotheses of which the others are not strange at all.
    static func confirmed(_ pValues: [Double], size: Int, alpha: Double) -> [Bool] {
        let values = pValues.map(eValue)
        let sorted = values.sorted(by: >)
        let count = Double(max(size, pValues.count))
        var line = Double.infinity
        for (place, value) in sorted.enumerated() where value >= count / (alpha * Double(place + 1)) { line = value }
        return values.map { $0 >= line }
    }

    /// ½ p^(-½): its mean is 1 when p is uniform. A p-value that is none counts as 1.
    static func eValue(_ pValue: Double) -> Double {
        pValue > 0 && pValue <= 1 ? 0.5 / pValue.squareRoot() : 0.5
    }
}

extension EpisodeControl {
    private static let snapshotKind = "episode-control"
    private static let snapshotVersion = 1

    /// The open episodes as bytes with a format version.
    package func snapshot() -> [UInt8] {
        var writer = SnapshotWriter(kind: Self.snapshotKind, version: Self.snapshotVersion)
        writer.write(alpha)
        writer.write(gap)
        writer.write(tick)
        writer.write(episodes.count)
        for (series, episode) in episodes.sorted(by: { $0.key < $1.key }) {
            writer.write(Int(bitPattern: UInt(series)))
            writer.write(episode.last)
            writer.write(episode.isConfirmed)
        }
        return writer.finished()
    }

    /// Continues from a snapshot.
    ///
    /// - Throws: ``DetectorError/invalidSnapshot(reason:)``.
    package init(restoring bytes: [UInt8]) throws(DetectorError) {
        var reader = try SnapshotReader(bytes, kind: Self.snapshotKind, version: Self.snapshotVersion)
        try self.init(alpha: reader.readDouble(), gap: reader.readInteger(in: 0...SnapshotReader.mostSamples))
        tick = try reader.readInteger(in: 0...SnapshotReader.mostSamples)
        for _ in 0..<(try reader.readInteger(in: 0...bytes.count)) {
            let series = UInt64(UInt(bitPattern: try reader.readInteger()))
            episodes[series] = Episode(last: try reader.readInteger(in: 0...tick), isConfirmed: try reader.readBool())
        }
        try reader.finish()
    }
}
