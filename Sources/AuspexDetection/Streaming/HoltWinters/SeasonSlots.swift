import AuspexSignals
import Foundation

/// What is known of a cycle: one number for each of its slots, by the time of the sample.
struct SeasonSlots: Sendable, Hashable {
    /// The most slots a cycle may have: five minutes each of a day.
    static let most = 288
    static let shortest = TimeSpan.seconds(2)
    /// A leap year.
    static let longest = TimeSpan.hours(366 * 24)
    /// More visits of a slot make no difference to what it learns.
    private static let mostVisits = 255
    /// Share by which the number of samples in a visit follows the last one.
    private static let visitSmoothing = 0.1

    /// The length of the cycle in milliseconds.
    let period: Int64
    /// By how much each slot is over (under) the level.
    private(set) var values: [Double]
    /// In how many cycles each slot has been seen.
    private var visits: [UInt8]
    private var current = -1
    /// When the present visit began.
    private var visitStart: Int64 = 0
    private var inVisit = 0
    /// How many samples a visit usually has.
    private var usualInVisit = 1.0
    /// What a slot that was never seen is taken for: the slot before.
    private var carried = 0.0

    init(period: Int64, count: Int) {
        self.period = period
        values = [Double](repeating: 0, count: count)
        visits = [UInt8](repeating: 0, count: count)
    }

    /// Goes to the slot of `time` and gives what it says.
    mutating func enter(_ time: Timestamp) -> Double {
        let count = Int64(values.count)
        let phase = CivilDate.floorDivide(time.milliseconds, by: period).remainder
        let slot = Int(phase * count / period)
        if slot != current || time >= Timestamp(milliseconds: visitStart) + TimeSpan(milliseconds: period) {
            if inVisit > 0 { usualInVisit += Self.visitSmoothing * (Double(inVisit) - usualInVisit) }
            current = slot
            visitStart = time.milliseconds
            inVisit = 0
            if visits[slot] < Self.mostVisits { visits[slot] += 1 }
        }
        inVisit += 1
        if visits[slot] > 1 || inVisit > 1 { carried = values[slot] }
        return carried
    }

    /// Moves the present slot towards `target` by the share that the first cycle gives a sample: their mean.
    mutating func average(_ target: Double) {
        values[current] += (target - values[current]) / Double(inVisit)
        carried = values[current]
    }

    /// Takes `level` out of the slots that have been seen, at the end of the first cycle.
    mutating func centre(on level: Double) {
        for slot in values.indices where visits[slot] > 0 { values[slot] -= level }
        carried = current >= 0 ? values[current] : 0
    }

    /// The slots that have been seen.
    var seen: [Double] {
        values.indices.filter { visits[$0] > 0 }.map { values[$0] }
    }

    /// Moves the present slot by a share `gamma` of `error` a visit, by more while it has been seen in few cycles.
    mutating func learn(_ error: Double, gamma: Double) {
        let share = max(gamma, 1 / Double(visits[current]))
        let gain = usualInVisit > 1 ? 1 - pow(1 - share, 1 / usualInVisit) : share
        values[current] = CleanColumn.clamped(carried + gain * error)
        carried = values[current]
    }
}

extension SeasonSlots {
    func write(to writer: inout SnapshotWriter) {
        writer.write(Int(period))
        writer.write(values)
        writer.write(visits)
        writer.write(current)
        writer.write(Int(visitStart))
        writer.write(inVisit)
        writer.write(usualInVisit)
        writer.write(carried)
    }

    init(from reader: inout SnapshotReader) throws(DetectorError) {
        period = Int64(try reader.readInteger(in: Int(Self.shortest.milliseconds)...Int(Self.longest.milliseconds)))
        values = try reader.readDoubles()
        visits = try reader.readBytes()
        guard (2...Self.most).contains(values.count), visits.count == values.count else {
            throw .invalidSnapshot(reason: "a cycle cannot have \(values.count) slots")
        }
        current = try reader.readInteger(in: -1...values.count - 1)
        visitStart = Int64(try reader.readInteger())
        inVisit = try reader.readInteger(in: 0...SnapshotReader.mostSamples)
        usualInVisit = try reader.readDouble()
        carried = try reader.readDouble()
        guard values.allSatisfy(\.isFinite), usualInVisit.isFinite, usualInVisit > 0, carried.isFinite,
            current < 0 || (visits[current] > 0 && inVisit > 0)
        else { throw .invalidSnapshot(reason: "the state of a cycle cannot be") }
    }
}
