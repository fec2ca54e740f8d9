#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The share of a window's lines that are at least so severe, as it was of late, and how much it varies.
struct SeverityShare: Hashable, Sendable {
    /// Windows after which the past counts half: a day of five minutes, so that all hours have their say.
    private static let halfLife = 288.0
    /// A reported count is learnt as no farther above the mean than this many standard deviations.
    private static let clip = 3.0
    /// A squared error counts as at most this many variances.
    private static let squareClip = 36.0
    /// Severe lines come in groups: as long as fewer than some twenty were seen, the correlation is taken to be near this.
    private static let priorCorrelation = 0.01
    private static let priorLines = 20.0
    /// How much the share varies is learnt once as many windows have told what it is.
    private static let settling = 12
    /// Jeffreys' prior, so that after none at all one is unlikely and not impossible.
    private static let prior = 0.5

    private(set) var windows = 0
    private var severe = 0.0
    private var all = 0.0
    private var excess = 0.0
    private var pairs = 0.0

    init() {}

    var share: Double { (severe + Self.prior) / (all + 2 * Self.prior) }

    /// The chance of at least `count` severe ones among `lines`; 1 up to the usual share, where nothing is to be reported.
    func chance(of count: Int, among lines: Int) -> Double {
        guard Double(count) > share * Double(lines) else { return 1 }
        // Of many lines a part tells nearly as much, and takes no longer.
        let scale = max(1, Double(lines) / Self.mostTrials)
        let (part, whole) = (Int(Double(count) / scale), Int(Double(lines) / scale))
        return BetaBinomial(trials: whole, share: share, correlation: correlation).upperTail(part)
    }

    /// Lines of a window that are reckoned with.
    private static let mostTrials = 1e6

    private var correlation: Double {
        let seen = pairs > 0 ? min(max(excess / pairs, 0), 1) : 0
        let weight = Self.priorLines / (Self.priorLines + severe)
        return seen + (Self.priorCorrelation - min(seen, Self.priorCorrelation)) * weight
    }

    /// Learns a window; what was reported is learnt with care.
    mutating func learn(_ count: Int, among lines: Int, wasReported: Bool) {
        guard lines > 0 else { return }
        let (n, s) = (Double(lines), share)
        let spread = n * s * (1 - s)
        let variance = spread * (1 + (n - 1) * correlation)
        let (k, error) = (Double(count), Double(count) - n * s)
        let learned = wasReported ? min(k, n * s + Self.clip * variance.squareRoot()) : k
        let fade = exp2(-1 / Self.halfLife)
        let square = min(error * error, Self.squareClip * variance)
        if windows >= Self.settling {
            excess = excess * fade + square - spread
            pairs = pairs * fade + (n - 1) * spread
        }
        severe = severe * fade + learned
        all = all * fade + n
        windows = min(windows + 1, 1_000_000_000)
    }

    func write(to writer: inout StateWriter) {
        writer.write(windows)
        for number in [severe, all, excess, pairs] { writer.write(number) }
    }

    init(reading reader: inout StateReader) throws(LogSnapshotError) {
        windows = try reader.int(in: 0...1_000_000_000, "windows")
        all = 0
        severe = try reader.double(in: 0...1e18, "severe lines")
        all = try reader.double(in: severe...1e18, "lines")
        excess = try reader.double(in: -1e36...1e36, "an excess of variance")
        pairs = try reader.double(in: 0...1e36, "pairs of lines")
    }
}
