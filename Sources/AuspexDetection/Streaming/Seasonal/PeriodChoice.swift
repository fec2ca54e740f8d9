/// Which cycle a series has, decided as it comes: by how much of the variance a profile of the day, or of the week, takes
/// away from what is left without it.
struct PeriodChoice: Sendable {
    /// A cycle.
    enum Period: Int, Sendable, Hashable, CaseIterable {
        case none
        case day
        case week
    }

    /// A cycle is taken up when it explains at least this share of the variance that is left…
    static let enter = 0.2
    /// …and given up when it explains less than this.
    static let leave = 0.1

    private(set) var period: Period
    /// Whether the data decides.
    let isFree: Bool
    /// Visits of slots that a decision needs: one whole day, and one whole week.
    private let needed: (day: Int, week: Int)
    private var visits = (day: 0, week: 0)
    /// Discounted sums of squared errors, without and with the profile, where the profile could say something.
    private var day = Errors()
    private var week = Errors()

    private struct Errors: Sendable, Hashable {
        var without = 0.0
        var with = 0.0

        var explained: Double { without > 0 ? 1 - with / without : 0 }
    }

    init(fixed period: Period?, slotsOfDay slots: Int) {
        self.period = period ?? .none
        isFree = period == nil
        needed = (slots, 7 * slots)
    }

    /// Takes note of what a day's profile leaves of a value, and what is left without.
    mutating func observeDay(without: Double, with error: Double, weight: Double, isNewVisit: Bool) {
        day.without += weight * without * without
        day.with += weight * error * error
        if isNewVisit { visits.day = min(visits.day + 1, needed.day) }
    }

    /// Takes note of what a week's profile leaves of a value, and what the day's does.
    mutating func observeWeek(without: Double, with error: Double, weight: Double, isNewVisit: Bool) {
        week.without += weight * without * without
        week.with += weight * error * error
        if isNewVisit { visits.week = min(visits.week + 1, needed.week) }
    }

    /// Decides again.
    mutating func decide() {
        guard isFree else { return }
        func holds(_ errors: Errors, _ isKnown: Bool, _ isHeld: Bool) -> Bool {
            isKnown && errors.explained >= (isHeld ? Self.leave : Self.enter)
        }
        if holds(week, visits.week >= needed.week, period == .week) {
            period = .week
        } else if holds(day, visits.day >= needed.day, period != .none) {
            period = .day
        } else {
            period = .none
        }
    }

    /// Makes all sums smaller by `factor`.
    mutating func rescale(by factor: Double) {
        day = Errors(without: day.without * factor, with: day.with * factor)
        week = Errors(without: week.without * factor, with: week.with * factor)
    }
}

extension PeriodChoice {
    func write(to writer: inout SnapshotWriter) {
        writer.write(isFree)
        writer.write(period.rawValue)
        writer.write(visits.day)
        writer.write(visits.week)
        writer.write([day.without, day.with, week.without, week.with])
    }

    init(from reader: inout SnapshotReader, slotsOfDay slots: Int) throws(DetectorError) {
        let isFree = try reader.readBool()
        let period = Period(rawValue: try reader.readInteger(in: 0...2)) ?? .none
        self.init(fixed: isFree ? nil : period, slotsOfDay: slots)
        self.period = period
        visits.day = try reader.readInteger(in: 0...needed.day)
        visits.week = try reader.readInteger(in: 0...needed.week)
        let sums = try reader.readDoubles()
        guard sums.count == 4, sums.allSatisfy({ $0.isFinite && $0 >= 0 }) else {
            throw .invalidSnapshot(reason: "the choice of a cycle cannot be")
        }
        day = Errors(without: sums[0], with: sums[1])
        week = Errors(without: sums[2], with: sums[3])
    }
}
