import Foundation

/// A straight line through the recent past: least squares with weights that fall off exponentially with age.
///
/// Kept as centred moments (West 1979), so that times may be large and lie far apart without the sums cancelling. O(1) a
/// sample.
struct LocalLine: Sendable, Hashable {
    /// After so many steps the weight of a sample has fallen to 1/e.
    let memory: Double

    private(set) var weight = 0.0
    private(set) var meanTime = 0.0
    private(set) var meanValue = 0.0
    private(set) var timeMoment = 0.0
    private(set) var crossMoment = 0.0

    init(memory: Double) {
        self.memory = memory
    }

    init(memory: Double, state: [Double]) {
        self.init(memory: memory)
        guard state.count == Self.stateCount else { return }
        (weight, meanTime, meanValue) = (state[0], state[1], state[2])
        (timeMoment, crossMoment) = (state[3], state[4])
    }

    static let stateCount = 5

    /// The numbers that ``init(memory:state:)`` takes.
    var state: [Double] { [weight, meanTime, meanValue, timeMoment, crossMoment] }

    /// The rise in one step; 0 where all samples have one time.
    var slope: Double { timeMoment > 0 ? crossMoment / timeMoment : 0 }

    /// The line's value at `time`.
    func value(at time: Double) -> Double { meanValue + slope * (time - meanTime) }

    /// Learns a sample that came `elapsed` steps after the one before it.
    mutating func learn(_ value: Double, at time: Double, elapsed: Double) {
        let decay = exp(-elapsed / memory)
        let old = decay * weight
        weight = old + 1
        let (timeDistance, valueDistance) = (time - meanTime, value - meanValue)
        let share = old / weight
        timeMoment = decay * timeMoment + share * timeDistance * timeDistance
        crossMoment = decay * crossMoment + share * timeDistance * valueDistance
        meanTime += timeDistance / weight
        meanValue += valueDistance / weight
    }

    /// Carries the line to another level, its slope kept.
    mutating func lift(by jump: Double) {
        meanValue += jump
    }

    /// Leaves `steps` out of its time, as if they had not been.
    mutating func skip(_ steps: Double) {
        meanTime += steps
    }

    /// Forgets everything.
    mutating func clear() {
        self = LocalLine(memory: memory)
    }
}
