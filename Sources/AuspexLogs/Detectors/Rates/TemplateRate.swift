/// What is known of one template's lines per window, and what the last window was like.
///
/// Judged are the newest window alone and together with those before it (``widths``), so that a small change that lasts is
/// seen as well as a large one that does not, and the quiet time. Evidence of several windows counts only while the newest
/// one leans the same way, and is forgotten when it does not any more, so that nothing is reported after its end.
struct TemplateRate: Hashable, Sendable {
    /// What the newest window was like.
    struct Judgement: Hashable, Sendable {
        var isBurst: Bool
        var pValue: Double
        var expected: Double
        var observed: Double
        /// Windows that this is about; 0 where it is about the quiet time, in milliseconds of active time.
        var width: Int
    }

    /// A window's lines, as far as the detector needs them.
    struct Lines: Hashable, Sendable {
        var count = 0
        /// Where in the window the first and the last line are, 0 to 1.
        var first = 1.0
        var last = 0.0

        mutating func add(at position: Double) {
            count += 1
            first = min(first, position)
            last = max(last, position)
        }
    }

    /// How many windows are taken together: five minutes, a quarter of an hour, an hour.
    static let widths = [1, 3, 12]
    /// A burst is looked for in the first two, a lack of lines in all and in the quiet time: chances are multiplied by the
    /// number of looks (Bonferroni).
    private static let burstWidths = 2
    private static let silenceLooks = 4.0
    private static let bothSides = 2.0
    /// A count that was reported is learnt as no farther from the mean than this many standard deviations.
    private static let clip = 3.0
    /// Lines at least; a mean of 0 would make the first line impossible.
    private static let leastMean = 0.02
    /// A quiet spell leans on as long as a window has at most this share of the lines expected.
    private static let lean = 0.5

    private(set) var windows = 0
    private(set) var level = SeasonalLevel()
    private var scales = widths.map { CountScale(width: $0) }
    /// Counts and means of the windows before, the oldest first.
    private var counts: [Double] = []
    private var means: [Double] = []
    private(set) var quiet = QuietTime()
    /// Windows of active time since the last line.
    private(set) var quietFor = 0.0
    private(set) var last: Judgement?
    private var isReported = false
    private var wasQuietReported = false

    init() {}

    /// Takes the first window, of which only the end is known.
    mutating func begin(_ lines: Lines) { quietFor = 1 - lines.last }

    /// Forgets what leads up to the next window: some before it were missed.
    mutating func resume() {
        (counts, means, quietFor) = ([], [], 0)
        (isReported, wasQuietReported) = (false, false)
    }

    /// Judges a window in whose middle it is `time` o'clock, and learns from it.
    ///
    /// - Parameters:
    ///   - isReady: whether a judgement would be told, so that learning is careful.
    mutating func update(_ lines: Lines, at time: Double, alpha: Double, isReady: Bool) -> Judgement {
        let factor = level.factor(at: time)
        let expected = NegativeBinomial(
            mean: max(level.level * factor, Self.leastMean), dispersion: scales[0].dispersion)
        let count = Double(lines.count)
        forgetEnded(count, expected)
        counts.append(count)
        means.append(expected.mean)
        if counts.count > Self.widths.reduce(0, max) {
            counts.removeFirst()
            means.removeFirst()
        }
        updateQuiet(lines, factor)
        let judgement = judge(expected)
        isReported = isReady && judgement.pValue <= alpha
        if isReported, judgement.width == 0 { wasQuietReported = true }
        learn(count, expected, at: time)
        last = judgement
        windows = min(windows + 1, 1_000_000_000)
        return judgement
    }

    /// When a spell that was reported is over, evidence is gathered anew.
    private mutating func forgetEnded(_ count: Double, _ expected: NegativeBinomial) {
        guard isReported, let last else { return }
        let wasEmpty = counts.last == 0
        let isOver =
            last.isBurst
            ? count <= expected.mean + expected.deviation
            : count > 0 && (wasEmpty || count > Self.lean * expected.mean)
        if isOver { (counts, means) = ([], []) }
    }

    private mutating func updateQuiet(_ lines: Lines, _ factor: Double) {
        guard lines.count > 0 else {
            quietFor += factor
            return
        }
        quiet.learn(quietFor + factor * lines.first, wasReported: wasQuietReported)
        quietFor = factor * (1 - lines.last)
        wasQuietReported = false
    }

    private func judge(_ expected: NegativeBinomial) -> Judgement {
        let newest = counts[counts.count - 1]
        var best = Judgement(isBurst: true, pValue: 1, expected: expected.mean, observed: newest, width: 1)
        func offer(_ judgement: Judgement) {
            if judgement.pValue < best.pValue { best = judgement }
        }
        for (index, scale) in scales.enumerated() where scale.width <= counts.count {
            let sum = counts.suffix(scale.width).reduce(0, +)
            let mean = means.suffix(scale.width).reduce(0, +)
            let all = NegativeBinomial(mean: mean, dispersion: dispersion(of: scale))
            if index < Self.burstWidths, scale.width == 1 || newest > expected.mean + expected.deviation {
                let chance = Self.bothSides * Double(Self.burstWidths) * all.upperTail(sum)
                offer(Judgement(isBurst: true, pValue: chance, expected: mean, observed: sum, width: scale.width))
            }
            if scale.width == 1 || newest <= Self.lean * expected.mean {
                let chance = Self.bothSides * Self.silenceLooks * all.lowerTail(sum)
                offer(Judgement(isBurst: false, pValue: chance, expected: mean, observed: sum, width: scale.width))
            }
        }
        // While lines come, their number says all.
        guard newest == 0 else { return best }
        let chance = Self.bothSides * Self.silenceLooks * quiet.chance(of: quietFor)
        offer(Judgement(isBurst: false, pValue: chance, expected: quiet.mean, observed: quietFor, width: 0))
        return best
    }

    /// Windows vary together or not: several never less than independent ones would.
    private func dispersion(of scale: CountScale) -> Double {
        max(scale.dispersion, scales[0].dispersion / Double(scale.width))
    }

    private mutating func learn(_ count: Double, _ expected: NegativeBinomial, at time: Double) {
        let limit = Self.clip * expected.deviation
        let learned = isReported ? min(max(count, expected.mean - limit, 0), expected.mean + limit) : count
        if isReported, count > learned { counts[counts.count - 1] = learned }
        for index in scales.indices where scales[index].width <= counts.count {
            let width = scales[index].width
            let mean = means.suffix(width).reduce(0, +)
            let all = NegativeBinomial(mean: mean, dispersion: dispersion(of: scales[index]))
            scales[index].learn(counts.suffix(width).reduce(0, +), under: all)
        }
        level.learn(learned, at: time)
    }
}

extension TemplateRate {
    func write(to writer: inout StateWriter) {
        writer.write(windows)
        level.write(to: &writer)
        for scale in scales { scale.write(to: &writer) }
        writer.write(counts) { $0.write($1) }
        writer.write(means) { $0.write($1) }
        quiet.write(to: &writer)
        writer.write(quietFor)
        writer.write(last) { writer, last in
            writer.write(last.isBurst)
            for number in [last.pValue, last.expected, last.observed] { writer.write(number) }
            writer.write(last.width)
        }
        writer.write(isReported)
        writer.write(wasQuietReported)
    }

    init(reading reader: inout StateReader) throws(LogSnapshotError) {
        let numbers = 0...1e18
        windows = try reader.int(in: 0...1_000_000_000, "windows")
        level = try SeasonalLevel(reading: &reader)
        scales = []
        for width in Self.widths { scales.append(try CountScale(width: width, reading: &reader)) }
        counts = try reader.list { reader throws(LogSnapshotError) in try reader.double(in: numbers, "a count") }
        means = try reader.doubles(counts.count, in: numbers, "means")
        guard counts.count <= Self.widths.reduce(0, max), means.allSatisfy({ $0 >= Self.leastMean }) else {
            throw reader.error("the windows of a template cannot be")
        }
        quiet = try QuietTime(reading: &reader)
        quietFor = try reader.double(in: numbers, "a quiet time")
        last = try reader.optional { reader throws(LogSnapshotError) in
            Judgement(
                isBurst: try reader.flag(), pValue: try reader.double(in: 0...1e3, "a chance"),
                expected: try reader.double(in: numbers, "a mean"),
                observed: try reader.double(in: numbers, "a count"),
                width: try reader.int(in: 0...Self.widths.reduce(0, max), "a number of windows"))
        }
        isReported = try reader.flag()
        wasQuietReported = try reader.flag()
    }
}
