import AuspexNumerics

/// Ways on which a series may go on from a moment, each of them a straight line.
struct Trajectory: Sendable, Hashable {
    /// The value at the moment.
    var level: Double
    /// The change in one step.
    var slope: Double

    func value(after steps: Double) -> Double { level + slope * steps }
}

/// The lines that are kept of a series, and the ways on which they say that it may go on.
///
/// Two kinds differ in what a lasting jump does. *Carried* lines are lifted with it and keep their slope: right for a
/// disk that is cleaned up. *Plain* lines learn it as values like others: right for a counter that grows in stairs. Which
/// of them to trust is not decided here but by how well each has forecast, see ``HorizonRecord``.
struct LineBundle: Sendable, Hashable {
    /// Memories in steps, a factor of 4 apart: from the last minutes to the last day of a series of one-minute samples.
    static let carriedMemories = [16.0, 64, 256, 1_024]
    static let plainMemories = [64.0, 256, 1_024]

    var carried = carriedMemories.map { LocalLine(memory: $0) }
    var plain = plainMemories.map { LocalLine(memory: $0) }

    /// How many ways there are.
    static let count = 2 + carriedMemories.count + plainMemories.count + 2

    /// The line that follows most closely.
    var nearest: LocalLine { carried[0] }

    /// The ways from `time`, where the cleaned value was `last`: stay at the last value; stay at the recent mean; follow
    /// each line; leave the last value with the slope of each of the two longest carried lines.
    func trajectories(at time: Double, last: Double) -> [Trajectory] {
        var ways = [Trajectory(level: last, slope: 0), Trajectory(level: carried[1].meanValue, slope: 0)]
        ways.reserveCapacity(Self.count)
        for line in carried { ways.append(Trajectory(level: line.value(at: time), slope: line.slope)) }
        for line in plain { ways.append(Trajectory(level: line.value(at: time), slope: line.slope)) }
        for line in carried.suffix(2) { ways.append(Trajectory(level: last, slope: line.slope)) }
        return ways
    }

    mutating func learn(_ value: Double, at time: Double, elapsed: Double) {
        for index in carried.indices { carried[index].learn(value, at: time, elapsed: elapsed) }
        for index in plain.indices { plain[index].learn(value, at: time, elapsed: elapsed) }
    }

    /// Leaves a gap before `time` out, and goes on from `value` there with the slopes of before.
    mutating func cross(gap steps: Double, to value: Double, at time: Double) {
        for index in carried.indices {
            carried[index].skip(steps)
            carried[index].lift(by: value - carried[index].value(at: time))
        }
    }

    /// Takes samples, oldest first, as a new level: the nearest line begins anew with them, the other carried ones are
    /// lifted, the plain ones learn them.
    ///
    /// - Returns: how far the nearest line was lifted.
    mutating func rebase(onto samples: [Cut]) -> Double {
        let jump = OrderStatistics.median(samples.map { $0.value - nearest.value(at: $0.time) }) ?? 0
        carried[0].clear()
        for sample in samples {
            carried[0].learn(sample.value, at: sample.time, elapsed: sample.elapsed)
            for index in plain.indices { plain[index].learn(sample.value, at: sample.time, elapsed: sample.elapsed) }
        }
        for index in carried.indices.dropFirst() {
            let line = carried[index]
            carried[index].lift(by: OrderStatistics.median(samples.map { $0.value - line.value(at: $0.time) }) ?? 0)
        }
        return jump
    }

    /// A sample too far from where it was expected.
    struct Cut: Sendable, Hashable {
        var time: Double
        var value: Double
        var elapsed: Double
    }
}
