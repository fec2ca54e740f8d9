import Foundation

/// What is usual in each slot of a day or a week: a level and the spread around it, learned with forgetting.
///
/// 25 bytes a slot.
struct SlotProfile: Sendable, Hashable {
    /// What is usual in one slot.
    struct Usual: Sendable, Hashable {
        var level: Double
        /// The standard deviation around it.
        var deviation: Double
        /// In how many visits before the present one it was seen.
        var visits: Int
    }

    /// Values are cut at this many standard deviations before they are learned, as in ``RobustEWMA``.
    static let clip = RobustLevel.clip
    /// More visits make no difference.
    private static let mostVisits = 255
    /// A slot that was seen in fewer visits before is young.
    private static let youngVisits = 4
    /// The spread of all slots counts as much as so many visits of one.
    private static let pooledVisits = 4.0

    private(set) var levels: [Double]
    /// Mean absolute deviations.
    private(set) var spreads: [Double]
    /// Sums of the weights of what was learned.
    private(set) var weights: [Double]
    private(set) var visits: [UInt8]
    /// Mean absolute deviation over all slots, and the weight that it rests on.
    private var pooled = 0.0
    private var pooledWeight = 0.0

    init(count: Int) {
        levels = [Double](repeating: 0, count: count)
        spreads = levels
        weights = levels
        visits = [UInt8](repeating: 0, count: count)
    }

    /// Begins a visit of `slot`.
    mutating func visit(_ slot: Int) {
        if visits[slot] < Self.mostVisits { visits[slot] += 1 }
    }

    /// What is usual in `slot`, of which a visit has begun.
    func usual(_ slot: Int) -> Usual {
        let before = Int(visits[slot]) - 1
        let own = Double(before) * spreads[slot] * spreads[slot]
        let mean = (own + Self.pooledVisits * pooled * pooled) / (Double(before) + Self.pooledVisits)
        return Usual(
            level: levels[slot], deviation: RobustLevel.gaussianConsistency * mean.squareRoot(), visits: before)
    }

    /// Learns `value` in `slot` with a weight that is larger the later it came.
    ///
    /// - Parameters:
    ///   - parent: what is expected without this profile, near which a slot begins.
    ///   - reach: how far from it at most; and how far a slot that was seen seldom may move, as its own spread says
    ///     little. Infinite while nothing is known.
    mutating func learn(_ value: Double, in slot: Int, weight: Double, parent: Double, reach: Double) {
        weights[slot] += weight
        pooledWeight += weight
        if weights[slot] <= weight {
            levels[slot] = min(max(value, parent - reach), parent + reach)
            spreads[slot] = pooled
            return
        }
        let known = usual(slot)
        let own = Self.clip * known.deviation
        let limit = known.visits < Self.youngVisits ? max(own, reach) : own
        let error = min(max(value - known.level, -limit), limit)
        let share = weight / weights[slot]
        spreads[slot] += share * (abs(error) - spreads[slot])
        pooled += weight / pooledWeight * (abs(error) - pooled)
        levels[slot] += share * error
    }

    /// Moves all that is known by `residual`, and lets spreads be at least that of `deviation`.
    mutating func shift(by residual: Double, deviation: Double) {
        let spread = deviation / RobustLevel.gaussianConsistency
        for slot in levels.indices where visits[slot] > 0 {
            levels[slot] = CleanColumn.clamped(levels[slot] + residual)
            spreads[slot] = max(spreads[slot], spread)
        }
        pooled = max(pooled, spread)
    }

    /// Makes all weights smaller by `factor`.
    mutating func rescale(by factor: Double) {
        for slot in weights.indices { weights[slot] *= factor }
        pooledWeight *= factor
    }
}

extension SlotProfile {
    func write(to writer: inout SnapshotWriter) {
        writer.write(levels)
        writer.write(spreads)
        writer.write(weights)
        writer.write(visits)
        writer.write([pooled, pooledWeight])
    }

    init(from reader: inout SnapshotReader, count: Int) throws(DetectorError) {
        levels = try reader.readDoubles()
        spreads = try reader.readDoubles()
        weights = try reader.readDoubles()
        visits = try reader.readBytes()
        let rest = try reader.readDoubles()
        let isSound =
            [levels.count, spreads.count, weights.count, visits.count].allSatisfy { $0 == count } && rest.count == 2
            && levels.allSatisfy(\.isFinite) && (spreads + weights + rest).allSatisfy { $0.isFinite && $0 >= 0 }
        guard isSound else { throw .invalidSnapshot(reason: "a profile of \(count) slots cannot be so") }
        (pooled, pooledWeight) = (rest[0], rest[1])
    }
}
