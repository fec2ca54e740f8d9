import AuspexSignals
import Foundation

/// Distance from what is usual at this time of the week, of the day, or at all, in robust standard deviations; causal, O(1).
///
/// Three profiles are learned side by side: one value for all times, one a slot of the day, one a slot of the week. A slot
/// that has been seen too seldom leaves the word to the wider profile. Times are local ones, so that a habit keeps its
/// place when clocks are changed. A shift that lasts moves all profiles.
struct SeasonalStream: StreamingDetector {
    /// Samples before anything is scored.
    static let warmUp = 30
    /// Visits of a slot, before the present one, without which it says nothing.
    static let fewestVisits = 2
    private static let dayLength: Int64 = 86_400_000
    private static let dayNames = ["auto", "none", "day", "week"]
    private static let patienceForm = "a span from 0s to 52w, such as 6h"
    private static let halflifeForm = "a span from 1h to 520w, such as 4w"
    private static let zoneForm = "UTC or a name of the time zone database, such as Europe/Berlin"
    /// Weights grow by this many halvings before all are made smaller again.
    private static let mostHalvings = 32.0
    /// Over how many residuals of a run its height is averaged.
    private static let runMemory = 10

    static let descriptor = DetectorDescriptor(
        name: "seasonal",
        summary: "Distance from what is usual at this time of the day or week; finds values strange for their hour.",
        kind: .streaming, family: "statistical",
        parameters: [
            .choice(
                "period", default: "auto", of: dayNames,
                meaning: "the cycle; auto takes up day or week when it explains a fifth of the variance"),
            .integer("slots", default: 24, in: 1...96, meaning: "into how many parts a day is divided"),
            .text("zone", default: "UTC", form: zoneForm, meaning: "where days begin at midnight"),
            .text(
                "halflife", default: "4w", form: halflifeForm, meaning: "after which half of the past is forgotten"),
            .text(
                "patience", default: "1d", form: patienceForm,
                meaning: "after which values that stay strange without a break are the new normal"),
            RobustScale.bandParameter,
        ],
        cost: "O(1) a sample, about 150 flops; 100 a slot of the week, once in 32 halflives or at a shift",
        memory: "400 bytes a series and 200 for each slot of a day: 5.2 KB for hours",
        source: "robust exponential smoothing of Gelper, Fried and Croux 2010, a slot each",
        minimumHistory: "30 samples; 2 days for a day's profile, 2 weeks for a week's")

    private let slots: Int
    private let halflife: Double
    private let patience: TimeSpan
    private let band: Double
    private var zone: CivilZone

    private var all: SlotProfile
    private var day: SlotProfile
    private var week: SlotProfile
    private var choice: PeriodChoice
    private var shift = ShiftWatch()
    /// When the present run of strange values began, and its height.
    private var runStart = Timestamp(milliseconds: 0)
    private var runHeight = 0.0

    private var seen = 0
    private var last = Timestamp(milliseconds: 0)
    /// The moment at which a sample has weight 1.
    private var base = Timestamp(milliseconds: 0)
    /// The present slot of the week.
    private var current = -1

    /// The cycle that is in use.
    var period: PeriodChoice.Period { choice.period }

    init(parameters: ParameterValues) throws(DetectorError) {
        slots = try parameters.integer("slots")
        band = try parameters.number("band")
        halflife = Double(
            try Self.span("halflife", parameters, from: .hours(1), to: .hours(520 * 168), form: Self.halflifeForm)
                .milliseconds)
        patience = try Self.span("patience", parameters, from: .zero, to: .hours(52 * 168), form: Self.patienceForm)
        let name = try parameters.text("zone")
        guard let zone = CivilZone(name) else {
            throw .invalidParameter(
                detector: Self.descriptor.name, name: "zone", value: name, allowed: Self.zoneForm)
        }
        self.zone = zone
        let period: PeriodChoice.Period? =
            switch try parameters.choice("period") {
            case "day": .day
            case "week": .week
            case "none": PeriodChoice.Period.none
            default: nil
            }
        choice = PeriodChoice(fixed: period, slotsOfDay: slots)
        all = SlotProfile(count: 1)
        day = SlotProfile(count: slots)
        week = SlotProfile(count: 7 * slots)
    }

    private static func span(
        _ name: String, _ parameters: ParameterValues, from least: TimeSpan, to most: TimeSpan, form: String
    ) throws(DetectorError) -> TimeSpan {
        let text = try parameters.text(name)
        guard let span = TimeSpan(text), least <= span, span <= most else {
            throw .invalidParameter(detector: descriptor.name, name: name, value: text, allowed: form)
        }
        return span
    }

    mutating func update(time: Timestamp, value: Double) -> RawReading {
        guard value.isFinite else { return RawReading(readiness: .missing) }
        let value = CleanColumn.clamped(value)
        let isNewVisit = enter(time)
        let weight = weight(at: time)
        let known = expectations()
        let usual = known.used
        let residual = value - usual.level
        var reading = RawReading(readiness: .warmingUp(seen: seen, needed: Self.warmUp))
        if seen > Self.warmUp {
            let floor = RobustScale.relativeFloor * abs(usual.level) + RobustScale.absoluteFloor
            let width = band * usual.deviation
            reading = RawReading(
                rawScore: abs(residual) / (usual.deviation + floor),
                expectation: Expectation(
                    value: usual.level, lower: usual.level - width, upper: usual.level + width))
        }
        compare(value, known, weight: weight, isNewVisit: isNewVisit)
        learn(value, known, weight: weight)
        if seen > Self.warmUp { watch(residual, deviation: usual.deviation, at: time) }
        return reading
    }

    /// The slot of the day that belongs to the present slot of the week.
    private var daySlot: Int { current % slots }

    /// Counts the sample and goes to its slot.
    ///
    /// - Returns: whether a visit of the slot begins.
    private mutating func enter(_ time: Timestamp) -> Bool {
        let (days, inDay) = CivilDate.floorDivide(zone.local(time), by: Self.dayLength)
        // 1 January 1970 was a Thursday; weeks begin on Monday.
        let weekday = CivilDate.floorDivide(days + 3, by: 7).remainder
        let slot = Int(weekday) * slots + Int(inDay * Int64(slots) / Self.dayLength)
        let length = TimeSpan(milliseconds: Self.dayLength / Int64(slots))
        let isNew = seen == 0 || slot != current || time - last >= length
        seen = min(seen + 1, SnapshotReader.mostSamples)
        current = slot
        last = time
        guard isNew else { return false }
        if seen == 1 { all.visit(0) }
        day.visit(daySlot)
        week.visit(slot)
        return true
    }

    /// The weight of a sample at `time`; it doubles each halflife, so that all before is forgotten by half.
    private mutating func weight(at time: Timestamp) -> Double {
        if seen == 1 { base = time }
        let halvings = (Double(time.milliseconds) - Double(base.milliseconds)) / halflife
        guard halvings > Self.mostHalvings else { return exp2(halvings) }
        let factor = exp2(-halvings)
        all.rescale(by: factor)
        day.rescale(by: factor)
        week.rescale(by: factor)
        choice.rescale(by: factor)
        base = time
        return 1
    }

    /// What the profiles say of the present slot, where they say something.
    private struct Known {
        var all: SlotProfile.Usual
        var day: SlotProfile.Usual?
        var week: SlotProfile.Usual?
        var used: SlotProfile.Usual
    }

    private func expectations() -> Known {
        let usual = all.usual(0)
        let ofDay = day.usual(daySlot)
        let ofWeek = week.usual(current)
        var known = Known(all: usual, day: nil, week: nil, used: usual)
        if ofDay.visits >= Self.fewestVisits { known.day = ofDay }
        if ofWeek.visits >= Self.fewestVisits { known.week = ofWeek }
        switch choice.period {
        case .none: break
        case .day: known.used = known.day ?? usual
        case .week: known.used = known.week ?? known.day ?? usual
        }
        return known
    }

    private mutating func compare(_ value: Double, _ known: Known, weight: Double, isNewVisit: Bool) {
        let reach = SlotProfile.clip * known.all.deviation
        func error(_ usual: SlotProfile.Usual) -> Double { min(max(value - usual.level, -reach), reach) }
        if let day = known.day {
            choice.observeDay(
                without: error(known.all), with: error(day), weight: weight, isNewVisit: isNewVisit)
            if let week = known.week {
                choice.observeWeek(without: error(day), with: error(week), weight: weight, isNewVisit: isNewVisit)
            }
        }
        if isNewVisit { choice.decide() }
    }

    private mutating func learn(_ value: Double, _ known: Known, weight: Double) {
        let reach = seen > Self.warmUp ? SlotProfile.clip * known.all.deviation : .infinity
        let ofDay = known.day?.level ?? known.all.level
        all.learn(value, in: 0, weight: weight, parent: seen > 1 ? known.all.level : value, reach: reach)
        day.learn(value, in: daySlot, weight: weight, parent: known.all.level, reach: reach)
        week.learn(value, in: current, weight: weight, parent: ofDay, reach: reach)
    }

    /// Moves the profiles when values have been strange for long enough.
    private mutating func watch(_ residual: Double, deviation: Double, at time: Timestamp) {
        let isLong = shift.observe(residual, deviation: deviation)
        guard shift.run > 0 else { return }
        if shift.run == 1 { (runStart, runHeight) = (time, 0) }
        runHeight += (residual - runHeight) / Double(min(shift.run, Self.runMemory))
        guard isLong, time - runStart >= patience else { return }
        all.shift(by: runHeight, deviation: shift.deviation)
        day.shift(by: runHeight, deviation: shift.deviation)
        week.shift(by: runHeight, deviation: shift.deviation)
        shift = ShiftWatch()
    }
}

extension SeasonalStream {
    private static let snapshotVersion = 1

    func snapshot() -> [UInt8] {
        var writer = SnapshotWriter(kind: Self.descriptor.name, version: Self.snapshotVersion)
        writer.write(slots)
        writer.write(halflife)
        writer.write(Int(patience.milliseconds))
        writer.write(band)
        writer.write(zone.name)
        for profile in [all, day, week] { profile.write(to: &writer) }
        choice.write(to: &writer)
        shift.write(to: &writer)
        writer.write(Int(runStart.milliseconds))
        writer.write(runHeight)
        writer.write(seen)
        writer.write(Int(last.milliseconds))
        writer.write(Int(base.milliseconds))
        writer.write(current)
        return writer.finished()
    }

    init(restoring bytes: [UInt8]) throws(DetectorError) {
        var reader = try SnapshotReader(bytes, kind: Self.descriptor.name, version: Self.snapshotVersion)
        slots = try reader.readInteger(in: 1...96)
        halflife = try reader.readDouble()
        patience = TimeSpan(milliseconds: Int64(try reader.readInteger(in: 0...SnapshotReader.mostSamples)))
        band = try reader.readDouble()
        let name = try reader.readString()
        guard let zone = CivilZone(name) else {
            throw .invalidSnapshot(reason: "the time zone '\(name)' is not known here")
        }
        self.zone = zone
        all = try SlotProfile(from: &reader, count: 1)
        day = try SlotProfile(from: &reader, count: slots)
        week = try SlotProfile(from: &reader, count: 7 * slots)
        choice = try PeriodChoice(from: &reader, slotsOfDay: slots)
        shift = try ShiftWatch(from: &reader)
        runStart = Timestamp(milliseconds: Int64(try reader.readInteger()))
        runHeight = try reader.readDouble()
        seen = try reader.readInteger(in: 0...SnapshotReader.mostSamples)
        last = Timestamp(milliseconds: Int64(try reader.readInteger()))
        base = Timestamp(milliseconds: Int64(try reader.readInteger()))
        current = try reader.readInteger(in: -1...7 * slots - 1)
        try reader.finish()
        let isSound =
            halflife.isFinite && halflife > 0 && band.isFinite && band > 0 && runHeight.isFinite
            && (seen == 0) == (current < 0)
            && (seen == 0 || (all.visits[0] > 0 && day.visits[daySlot] > 0 && week.visits[current] > 0))
        guard isSound else {
            throw .invalidSnapshot(reason: "the state of '\(Self.descriptor.name)' cannot be")
        }
    }
}
