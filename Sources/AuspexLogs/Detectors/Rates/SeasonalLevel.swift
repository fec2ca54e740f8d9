import AuspexSignals

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// How many lines a window usually has: a level that follows, times what the hour of the day makes of it.
///
/// The level is an exponentially weighted mean of counts from which the hour's factor is taken. A factor is the hour's mean
/// over the days, as a share of all hours', drawn towards 1 as long as few lines support it; between the middles of two
/// hours it is interpolated. Factors are taken anew when an hour ends, once every hour of the day has been seen.
struct SeasonalLevel: Hashable, Sendable {
    /// Windows after which the level has forgotten half of the past: four hours of five minutes.
    static let halfLife = 48.0
    static let hours = 24
    /// Days over which an hour's mean is averaged.
    private static let memory = 7.0
    /// So many lines at the mean of all hours stand beside those of an hour.
    private static let priorLines = 4.0
    /// An hour is never taken to have less than this share of the usual lines.
    static let leastFactor = 0.02

    /// The mean count of a window if the day had no hours.
    private(set) var level = 0.0
    /// Windows learnt from, up to a bound where it does not matter any more.
    private var learned = 0
    /// Mean count of a window in each hour of the day, and the days it is of.
    private var means = [Double](repeating: 0, count: hours)
    private var days = [Double](repeating: 0, count: hours)
    private var factors = [Double](repeating: 1, count: hours)
    /// Whether all hours were seen.
    private(set) var isSeasonal = false
    /// The hour that is under way.
    private var hour = -1
    private var sum = 0.0
    private var windows = 0.0

    /// The share of the usual lines at an hour of the day, 0 up to 24.
    func factor(at time: Double) -> Double {
        guard isSeasonal else { return 1 }
        let place = time - 0.5
        let before = place.rounded(.down)
        let share = place - before
        let first = (Int(before) + Self.hours) % Self.hours
        return factors[first] * (1 - share) + factors[(first + 1) % Self.hours] * share
    }

    /// The hour of the day, 0 up to 24, with its fraction; UTC.
    static func hour(of time: Timestamp) -> Double {
        let day: Int64 = 86_400_000
        let rest = time.milliseconds % day
        return Double(rest < 0 ? rest + day : rest) / 3_600_000
    }

    /// Learns the count of the window in the middle of which it is `time` o'clock.
    mutating func learn(_ count: Double, at time: Double) {
        let now = min(Int(time), Self.hours - 1)
        if now != hour { endHour(beginning: now) }
        sum += count
        windows += 1
        learned = min(learned + 1, 1_000_000)
        let share = max(1 / Double(learned), 1 - exp2(-1 / Self.halfLife))
        level += (count / factor(at: time) - level) * share
    }

    private mutating func endHour(beginning next: Int) {
        if hour >= 0, windows > 0 {
            let days = min(days[hour] + 1, Self.memory)
            self.days[hour] = days
            means[hour] += (sum / windows - means[hour]) / days
            refresh(windowsPerHour: windows)
        }
        (hour, sum, windows) = (next, 0, 0)
    }

    private mutating func refresh(windowsPerHour: Double) {
        guard days.allSatisfy({ $0 > 0 }) else { return }
        let mean = means.reduce(0, +) / Double(Self.hours)
        guard mean > 0 else { return }
        for hour in 0..<Self.hours {
            let usual = mean * windowsPerHour * days[hour]
            let seen = means[hour] * windowsPerHour * days[hour]
            factors[hour] = max(Self.leastFactor, (seen + Self.priorLines) / (usual + Self.priorLines))
        }
        if !isSeasonal {
            isSeasonal = true
            level = mean
        }
    }

    init() {}

    func write(to writer: inout StateWriter) {
        writer.write(level)
        writer.write(learned)
        for numbers in [means, days, factors] { writer.write(numbers) { $0.write($1) } }
        writer.write(isSeasonal)
        writer.write(hour)
        writer.write(sum)
        writer.write(windows)
    }

    init(reading reader: inout StateReader) throws(LogSnapshotError) {
        let counts = 0...1e18
        level = try reader.double(in: counts, "a level")
        learned = try reader.int(in: 0...1_000_000, "windows")
        means = try reader.doubles(Self.hours, in: counts, "means")
        days = try reader.doubles(Self.hours, in: 0...Self.memory, "days")
        factors = try reader.doubles(Self.hours, in: Self.leastFactor...1e3, "factors")
        isSeasonal = try reader.flag()
        hour = try reader.int(in: -1...Self.hours - 1, "an hour")
        sum = try reader.double(in: counts, "a sum")
        windows = try reader.double(in: counts, "windows")
    }
}
