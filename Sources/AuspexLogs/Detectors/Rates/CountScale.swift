/// The last few windows of a template taken together, and how much their count varies beyond chance.
struct CountScale: Hashable, Sendable {
    /// Windows over which the dispersion is averaged, for each window taken together: two days of five minutes.
    private static let memory = 576.0
    /// A squared error counts as at most this many variances.
    private static let clip = 16.0
    /// The largest dispersion: a rate that varies more says nothing.
    static let mostDispersion = 4.0

    /// How many windows are taken together.
    let width: Int
    private var seen = 0
    private var excess = 0.0
    private var squares = 0.0

    init(width: Int) { self.width = width }

    /// The relative variance of the rate over this many windows: the mean of (k − μ)² − μ over that of μ².
    var dispersion: Double {
        squares > 0 ? min(max(excess / squares, 0), Self.mostDispersion) : 0
    }

    mutating func learn(_ count: Double, under expected: NegativeBinomial) {
        let (mean, error) = (expected.mean, count - expected.mean)
        seen = min(seen + 1, 1_000_000)
        let share = 1 / min(Double(seen), Self.memory * Double(width))
        excess += (min(error * error, Self.clip * expected.variance) - mean - excess) * share
        squares += (mean * mean - squares) * share
    }

    func write(to writer: inout StateWriter) {
        writer.write(seen)
        writer.write(excess)
        writer.write(squares)
    }

    init(width: Int, reading reader: inout StateReader) throws(LogSnapshotError) {
        self.width = width
        seen = try reader.int(in: 0...1_000_000, "windows")
        excess = try reader.double(in: -1e36...1e36, "an excess of variance")
        squares = try reader.double(in: 0...1e36, "a squared mean")
    }
}
