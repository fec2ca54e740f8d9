import AuspexNumerics

/// How long a template is usually quiet, and so how strange it is that it still is.
///
/// Quiet times are measured in active time, in which an hour of half the usual lines counts half, and only from one
/// window's last line to a later one's first, so that the order of lines inside a window does not matter. They are taken
/// as gamma distributed; the chance is that of the next one under their mean and evenness (a beta prime distribution, so
/// that few quiet times convince less than many). A quiet time must also clearly exceed the longest one of late, which no
/// shape of the distribution can talk away.
struct QuietTime: Hashable, Sendable {
    /// Quiet times before anything is said, as in the heartbeat detector.
    static let needed = 10
    /// Quiet times over which is averaged.
    private static let memory = 200.0
    /// Relative deviations are taken as at least this: timers jitter, and one line may get lost.
    private static let leastDeviation = 0.25
    /// A larger one says no more than that lines come in bursts.
    private static let mostDeviation = 5.0
    /// Quiet times are cut at this many times the usual one before it is learnt from.
    private static let clip = 10.0
    /// How far the longest quiet time must be exceeded.
    static let margin = 1.25
    /// With every quiet time the longest one of late is remembered this much less.
    private static let fade = 0.999

    /// Quiet times learnt from.
    private(set) var seen = 0
    private(set) var mean = 0.0
    private var square = 0.0
    private(set) var longest = 0.0

    /// The chance of a quiet time of at least `length`; 1 while not enough is known or it has been as quiet before.
    func chance(of length: Double) -> Double {
        guard seen >= Self.needed, mean > 0, length > Self.margin * longest else { return 1 }
        let spread = max(0, square - mean * mean).squareRoot() / mean
        let deviation = min(max(spread, Self.leastDeviation), Self.mostDeviation)
        let shape = 1 / (deviation * deviation)
        let others = min(Double(seen), Self.memory)
        let total = others * mean + length
        return IncompleteBeta.regularized(others * mean / total, length / total, others * shape, shape)
    }

    /// Learns from a quiet time that is over. One that was reported is cut to what was usual.
    mutating func learn(_ length: Double, wasReported: Bool) {
        guard length > 0, length.isFinite else { return }
        let cut = seen >= Self.needed ? min(length, Self.clip * mean) : length
        seen = min(seen + 1, 1_000_000)
        let share = 1 / min(Double(seen), Self.memory)
        mean += (cut - mean) * share
        square += (cut * cut - square) * share
        longest = max(longest * Self.fade, wasReported ? min(length, Self.margin * longest) : length)
    }

    func write(to writer: inout StateWriter) {
        writer.write(seen)
        for number in [mean, square, longest] { writer.write(number) }
    }

    init() {}

    init(reading reader: inout StateReader) throws(LogSnapshotError) {
        seen = try reader.int(in: 0...1_000_000, "quiet times")
        mean = try reader.double(in: 0...1e18, "a quiet time")
        square = try reader.double(in: 0...1e36, "a squared quiet time")
        longest = try reader.double(in: 0...1e18, "a quiet time")
    }
}
