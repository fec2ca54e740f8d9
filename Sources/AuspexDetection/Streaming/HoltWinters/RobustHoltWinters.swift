import AuspexNumerics
import AuspexSignals

/// Distance from an additively smoothed level, trend and season, in units of an adaptive robust scale; causal, O(1).
///
/// Level and trend count in samples, of which a gap may hold several; the season goes by the time of the sample. The first
/// cycle gives the season, the second the scale. A lasting shift is learned as ``RobustEWMA`` does.
struct RobustHoltWinters: StreamingDetector {
    /// Samples before anything is scored, for the line that the smoothing starts from.
    static let warmUp = 30
    /// The longest gap over which a trend is drawn on, in samples.
    private static let longestGap = 100
    /// The standard deviation of the second difference of independent values of deviation 1: √(1 + 4 + 1).
    private static let secondDifferenceDeviation = 6.0.squareRoot()
    /// The word for a series without a season.
    private static let noPeriod = "none"
    /// Cycles before anything is scored.
    private static let cycles: Int64 = 2

    static let descriptor = DetectorDescriptor(
        name: "holtwinters",
        summary: "Distance from a robustly smoothed level, trend and season in adaptive deviations.",
        kind: .streaming, family: "forecasting",
        parameters: [
            .number("alpha", default: 0.2, in: 0...1, meaning: "share of an error that moves the level"),
            .number("beta", default: 0.01, in: 0...1, meaning: "share of the level's move that moves the trend"),
            .number(
                "gamma", default: 0.05, in: 0...1,
                meaning: "share of what the level leaves of an error that moves the season, a visit of its slot"),
            .number("phi", default: 0.98, in: 0...1, meaning: "share of the trend that is left after a sample"),
            .text(
                "period", default: noPeriod, form: "none, or a span from 2s to 366d, such as 1d or 12h",
                meaning: "the length of a cycle"),
            .integer(
                "slots", default: 96, in: 2...SeasonSlots.most,
                meaning: "into how many parts a cycle is divided; each has a value of its own"),
            .integer(
                "memory", default: 200, in: 2...1_000_000,
                meaning: "samples over which the scale of errors is averaged"),
            RobustScale.bandParameter,
        ],
        cost: "O(1) a sample, about 50 flops", memory: "600 bytes a series and 9 for each slot of a cycle",
        source: "Holt 1957; Winters 1960; robust form of Gelper, Fried and Croux 2010; damped trend of Gardner 1985",
        minimumHistory: "30 samples, and 2 cycles")

    let memory: Int
    let band: Double

    var smoothing: RobustSmoothing
    var season: SeasonSlots?
    var shift = ShiftWatch()
    var seen = 0
    var first = Timestamp(milliseconds: 0)
    var last = Timestamp(milliseconds: 0)
    /// The usual step in milliseconds, 0 before there is one.
    var step = 0.0
    /// The first values of a series without a season; with one, absolute second differences of its first cycle, which a
    /// season hardly adds to.
    var beginning: [Double] = []
    var lastValue = 0.0
    var lastDifference = 0.0
    /// Over how many errors the scale is averaged by now.
    var averaged = RobustHoltWinters.warmUp
    var isSmoothing = false

    init(parameters: ParameterValues) throws(DetectorError) {
        memory = try parameters.integer("memory")
        band = try parameters.number("band")
        smoothing = RobustSmoothing(
            .init(
                level: try parameters.number("alpha"), trend: try parameters.number("beta"),
                season: try parameters.number("gamma"), damping: try parameters.number("phi")))
        let text = try parameters.text("period")
        if text != Self.noPeriod {
            guard let span = TimeSpan(text), SeasonSlots.shortest <= span, span <= SeasonSlots.longest else {
                throw .invalidParameter(
                    detector: Self.descriptor.name, name: "period", value: text,
                    allowed: "none, or a span from 2s to 366d, such as 1d or 12h")
            }
            season = SeasonSlots(period: span.milliseconds, count: try parameters.integer("slots"))
        }
    }

    mutating func update(time: Timestamp, value: Double) -> RawReading {
        guard value.isFinite else { return RawReading(readiness: .missing) }
        let value = CleanColumn.clamped(value)
        let steps = pass(to: time)
        let readiness = readiness(at: time)
        guard isSmoothing else {
            begin(value, at: time)
            return RawReading(readiness: readiness)
        }
        smoothing.advance(by: steps)
        let expected = CleanColumn.clamped(smoothing.level + (season?.enter(time) ?? 0))
        let error = value - expected
        let deviation = smoothing.deviation
        var reading = RawReading(readiness: readiness)
        if readiness == .ready {
            let floor = RobustScale.relativeFloor * max(abs(expected), abs(smoothing.level)) + RobustScale.absoluteFloor
            reading.rawScore = abs(error) / (deviation + floor)
            reading.expectation = Expectation(
                value: expected, lower: expected - band * deviation, upper: expected + band * deviation)
        }
        learn(error, deviation: deviation)
        return reading
    }

    /// Counts the sample and gives how many usual steps have passed since the last one, at least 1.
    private mutating func pass(to time: Timestamp) -> Int {
        defer { last = time }
        seen += 1
        guard seen > 1 else {
            first = time
            return 1
        }
        let elapsed = Double(time.milliseconds) - Double(last.milliseconds)
        guard step > 0 else {
            step = max(elapsed, 1)
            return 1
        }
        let count = max(1, min((elapsed / step).rounded(), Double(Self.longestGap)))
        // A gap is no step, and hardly lengthens the usual one.
        step = max(1, step + (min(elapsed, 2 * step) - step) / Double(min(seen, memory)))
        return Int(count)
    }

    /// Whether the sample at `time` can be scored, and after how many samples, at the usual step, one can.
    private func readiness(at time: Timestamp) -> Reading.Readiness {
        let elapsed = Double(time.milliseconds) - Double(first.milliseconds)
        let span = Double(Self.cycles * (season?.period ?? 0))
        if seen > Self.warmUp, elapsed >= span { return .ready }
        let rest = step > 0 ? ((span - elapsed) / step).rounded(.up) : 0
        let needed = max(Double(Self.warmUp), Double(seen) + max(0, min(rest, 1e12)))
        return .warmingUp(seen: seen, needed: max(seen, Int(needed)))
    }

    /// Gathers what the smoothing starts from.
    private mutating func begin(_ value: Double, at time: Timestamp) {
        guard let period = season?.period else {
            beginning.append(value)
            guard beginning.count == Self.warmUp, let line = RepeatedMedian.line(beginning) else { return }
            smoothing.level = CleanColumn.clamped(line.end)
            smoothing.trend = CleanColumn.clamped(line.slope)
            smoothing.variance = line.deviation * line.deviation
            beginning = []
            isSmoothing = true
            return
        }
        _ = season?.enter(time)
        season?.average(value)
        noteRoughness(value)
        guard Double(time.milliseconds) - Double(first.milliseconds) >= Double(period), seen >= Self.warmUp else {
            return
        }
        smoothing.level = OrderStatistics.median(season?.seen ?? []) ?? 0
        season?.centre(on: smoothing.level)
        let roughness = OrderStatistics.median(beginning) ?? 0
        let deviation = OrderStatistics.gaussianConsistency * roughness / Self.secondDifferenceDeviation
        smoothing.variance = deviation * deviation
        beginning = []
        isSmoothing = true
    }

    /// Keeps the absolute second differences of late.
    private mutating func noteRoughness(_ value: Double) {
        let difference = value - lastValue
        if seen > 2 {
            let roughness = abs(difference - lastDifference)
            if beginning.count < Self.warmUp {
                beginning.append(roughness)
            } else {
                beginning[seen % Self.warmUp] = roughness
            }
        }
        (lastValue, lastDifference) = (value, seen > 1 ? difference : 0)
    }

    private mutating func learn(_ error: Double, deviation: Double) {
        guard !shift.observe(error, deviation: deviation) else {
            // Stand where the values are; the season and a scale that still fits are kept.
            smoothing.level = CleanColumn.clamped(smoothing.level + error)
            smoothing.trend = 0
            let within = shift.deviation
            smoothing.variance = max(smoothing.variance, within * within)
            shift = ShiftWatch()
            return
        }
        averaged = min(averaged + 1, max(memory, 2))
        let cleaned = smoothing.learn(error, scaleShare: 1 / Double(averaged))
        season?.learn((1 - smoothing.smoothing.level) * cleaned, gamma: smoothing.smoothing.season)
    }
}
