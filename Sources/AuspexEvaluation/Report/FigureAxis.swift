import AuspexSignals

/// The horizontal axis of a figure: time where rows have ascending times, else the number of the row.
struct FigureAxis: Hashable, Sendable {
    /// A place on the axis and what is written there.
    struct Tick: Hashable, Sendable {
        /// From 0 at the left end to 1 at the right.
        var position: Double
        var text: String
    }

    /// The first and last time in milliseconds, or the first and last row.
    private let first: Double
    private let last: Double
    /// Whether these are times.
    let isTime: Bool

    /// At most this many ticks fit beneath a figure.
    private static let tickLimit = 8

    init(times: [Timestamp]?, rows: Int) {
        let isAscending = times.map { zip($0, $0.dropFirst()).allSatisfy { $0 <= $1 } } ?? false
        if let times, isAscending, let first = times.first, let last = times.last, first < last {
            self.first = Double(first.milliseconds)
            self.last = Double(last.milliseconds)
            isTime = true
        } else {
            first = 0
            last = Double(max(rows - 1, 1))
            isTime = false
        }
    }

    /// Where each row stands, from 0 to 1.
    func positions(times: [Timestamp]?, rows: Int) -> [Double] {
        if isTime, let times { return times.map { position(Double($0.milliseconds)) } }
        return (0..<rows).map { position(Double($0)) }
    }

    /// The ticks, evenly spaced at round numbers, times or dates.
    var ticks: [Tick] {
        guard isTime else {
            return Ticks.round(first, last, limit: Self.tickLimit).map {
                Tick(position: position($0), text: NumberText.exact($0) ?? "")
            }
        }
        return timeTicks
    }

    private func position(_ value: Double) -> Double { (value - first) / (last - first) }
}

extension FigureAxis {
    private static let minute = 60_000.0
    private static let hour = 3_600_000.0
    private static let day = 86_400_000.0
    /// The spacings of clock times and days, in milliseconds.
    private static let steps: [Double] =
        [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 15_000, 30_000]
        + [1, 2, 5, 10, 15, 30].map { $0 * minute } + [1, 2, 3, 6, 12].map { $0 * hour }
        + [1, 2, 7, 14].map { $0 * day }
    /// The spacings beyond those, in months.
    private static let months = [1, 3, 6, 12, 24, 60, 120, 240, 600, 1_200, 2_400, 6_000, 12_000]

    private var timeTicks: [Tick] {
        let limit = Double(Self.tickLimit)
        if let step = Self.steps.first(where: { (last - first) / $0 <= limit }) { return clockTicks(step) }
        let averageMonth = 30.44 * Self.day
        let step = Self.months.first { (last - first) / (Double($0) * averageMonth) <= limit }
        return monthTicks(step ?? Self.months[Self.months.count - 1])
    }

    private func clockTicks(_ step: Double) -> [Tick] {
        var ticks: [Tick] = []
        var date = ""
        var moment = (first / step).rounded(.up) * step
        while moment <= last {
            let text = Timestamp(milliseconds: Int64(moment)).iso8601
            let clock =
                step < 1_000 ? text.dropFirst(11).dropLast() : text.dropFirst(11).prefix(step < Self.minute ? 8 : 5)
            // The date where it begins; by itself where ticks are whole days.
            let today = String(text.prefix(10))
            let label = step >= Self.day ? today : today == date ? String(clock) : "\(today) \(clock)"
            ticks.append(Tick(position: position(moment), text: label))
            date = today
            moment += step
        }
        return ticks
    }

    private func monthTicks(_ step: Int) -> [Tick] {
        let start = Timestamp(milliseconds: Int64(first)).iso8601
        guard let year = Int(start.prefix(4)), let month = Int(start.dropFirst(5).prefix(2)) else { return [] }
        var count = (year * 12 + month - 1 + step - 1) / step * step
        var ticks: [Tick] = []
        while ticks.count <= Self.tickLimit {
            let digits = String(10_000 + count / 12).dropFirst() + "-" + String(100 + count % 12 + 1).dropFirst()
            guard let moment = Timestamp(iso8601: "\(digits)-01"), Double(moment.milliseconds) <= last else { break }
            if Double(moment.milliseconds) >= first {
                ticks.append(Tick(position: position(Double(moment.milliseconds)), text: String(digits)))
            }
            count += step
        }
        return ticks
    }
}

/// Round numbers along an axis.
enum Ticks {
    /// At most `limit` multiples of 1, 2 or 5 times a power of ten within the range.
    static func round(_ low: Double, _ high: Double, limit: Int) -> [Double] {
        guard low.isFinite, high.isFinite, high > low, limit > 0 else { return low.isFinite ? [low] : [] }
        let rough = (high - low) / Double(limit)
        guard rough > 0, rough.isFinite else { return [low] }
        let power = pow10(rough)
        let step = [1, 2, 5, 10].map { $0 * power }.first { (high - low) / $0 <= Double(limit) } ?? 10 * power
        let first = (low / step).rounded(.up)
        let last = (high / step).rounded(.down)
        guard last >= first, last - first <= Double(2 * limit) else { return [low] }
        // + 0 makes a negative zero positive.
        return stride(from: first, through: last, by: 1).map { $0 * step + 0 }
    }

    /// The largest power of ten that is not above `value`.
    private static func pow10(_ value: Double) -> Double {
        var power = 1.0
        while power > value, power > .leastNormalMagnitude { power /= 10 }
        while power * 10 <= value { power *= 10 }
        return power
    }
}
