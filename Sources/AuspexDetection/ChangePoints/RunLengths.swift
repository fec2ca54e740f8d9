import AuspexNumerics
import Foundation

/// The chances of how long ago the last change was, and what each of these makes of mean and variance (Adams and MacKay
/// 2007, with Gaussian values of unknown mean and variance).
///
/// At most `longest` possible times of the last change are kept; the least likely one goes when there are more, whenever it
/// was. At most 40·longest bytes, and some 50·longest flops a value.
struct RunLengths: Sendable, Hashable {
    /// The prior in its units: the mean has the weight of a tenth of a value, the variance, about 1, that of two values.
    private static let priorWeight = 0.1
    private static let priorShape = 1.0

    /// What is thought of values behind a change before any of them has come.
    struct Prior: Sendable, Hashable {
        var mean = 0.0
        /// The standard deviation, more than 0.
        var unit = 1.0
    }

    /// Mean and variance of the values since a possible change (normal-inverse-gamma), and how many there are.
    struct State: Sendable, Hashable {
        fileprivate(set) var mean: Double
        fileprivate(set) var rate: Double
        fileprivate(set) var count = 0

        fileprivate init(_ prior: Prior) {
            mean = prior.mean
            rate = prior.unit * prior.unit
        }

        private var weight: Double { RunLengths.priorWeight + Double(count) }
        private var shape: Double { RunLengths.priorShape + Double(count) / 2 }
        private var variance: Double { rate * (weight + 1) / (shape * weight) }

        /// How wide the predicted values spread: the scale of Student's distribution.
        var scale: Double { variance.squareRoot() }

        fileprivate mutating func add(_ value: Double) {
            let distance = value - mean
            rate += weight / (weight + 1) * distance * distance / 2
            mean += distance / (weight + 1)
            count += 1
        }

        /// The logarithm of Student's density with 2·shape degrees of freedom.
        fileprivate func logDensity(_ value: Double) -> Double {
            let freedom = 2 * shape
            let variance = self.variance
            let distance = (value - mean) * (value - mean) / (variance * freedom)
            return RunLengths.gammaStep(count) - 0.5 * log(freedom * .pi * variance)
                - (freedom + 1) / 2 * log(1 + distance)
        }
    }

    private let hazard: Double
    private let longest: Int
    /// The chance of each state; they add up to 1. The latest change comes first.
    private(set) var chances: [Double] = [1]
    private var states: [State]

    /// - Parameters:
    ///   - run: rows between two changes, on average.
    ///   - longest: how many states are kept, at least 2.
    init(run: Int, longest: Int, prior: Prior = Prior()) {
        hazard = 1 / Double(run)
        self.longest = longest
        states = [State(prior)]
    }

    /// The state that is most likely.
    var likeliest: State {
        var best = 0
        for index in chances.indices where chances[index] > chances[best] { best = index }
        return states[best]
    }

    /// Takes a value in and returns the logarithm of its density given all values before it.
    ///
    /// - Parameter next: what is thought of the next value if a change comes before it.
    mutating func update(_ value: Double, next: Prior = Prior()) -> Double {
        for index in states.indices {
            chances[index] = log(max(chances[index], .leastNormalMagnitude)) + states[index].logDensity(value)
        }
        let most = chances.max() ?? 0
        var total = 0.0
        for index in states.indices {
            chances[index] = exp(chances[index] - most)
            total += chances[index]
        }
        for index in states.indices {
            chances[index] = chances[index] / total * (1 - hazard)
            states[index].add(value)
        }
        if states.count == longest { forgetLeastLikely() }
        states.insert(State(next), at: 0)
        chances.insert(hazard, at: 0)
        return most + log(total)
    }

    /// Makes room for a state. The others keep their proportions.
    private mutating func forgetLeastLikely() {
        var least = 0
        for index in chances.indices where chances[index] < chances[least] { least = index }
        let kept = (1 - hazard) / (1 - hazard - chances[least])
        chances.remove(at: least)
        states.remove(at: least)
        for index in chances.indices { chances[index] *= kept }
    }

    /// ln Γ(shape + ½) − ln Γ(shape) for a number of values.
    private static func gammaStep(_ count: Int) -> Double {
        guard count >= gammaSteps.count else { return gammaSteps[count] }
        // Its asymptotic series, exact to the last digit from here on.
        let shape = priorShape + Double(count) / 2
        let square = shape * shape
        return 0.5 * log(shape) - (1 / 8 - (1 / 192 - 1 / (640 * square)) / square) / shape
    }

    private static let gammaSteps: [Double] = {
        let series = 128
        // ln Γ(3/2) − ln Γ(1), from which those of all other shapes follow.
        var steps = [-0.120_782_237_635_245_2]
        while steps.count < series {
            steps.append(log(priorShape + Double(steps.count - 1) / 2) - steps[steps.count - 1])
        }
        return steps
    }()
}

extension RunLengths: ResidualScorer {
    mutating func score(_ residual: Double) -> Double { -update(residual) }
}

extension RunLengths {
    func write(to writer: inout SnapshotWriter) {
        writer.write(chances)
        writer.write(states.map(\.mean))
        writer.write(states.map(\.rate))
        for state in states { writer.write(state.count) }
    }

    /// - Throws: ``DetectorError/invalidSnapshot(reason:)``, also for a state that cannot be.
    init(from reader: inout SnapshotReader, run: Int, longest: Int) throws(DetectorError) {
        self.init(run: run, longest: longest)
        chances = try reader.readDoubles()
        let means = try reader.readDoubles()
        let rates = try reader.readDoubles()
        let isSound =
            (1...longest).contains(chances.count) && means.count == chances.count && rates.count == chances.count
            && chances.allSatisfy { (0...1).contains($0) } && means.allSatisfy(\.isFinite)
            && rates.allSatisfy { $0 > 0 && $0.isFinite }
        guard isSound else { throw .invalidSnapshot(reason: "its \(chances.count) run lengths cannot be") }
        states = []
        for (mean, rate) in zip(means, rates) {
            var state = State(Prior(mean: mean, unit: 1))
            state.rate = rate
            state.count = try reader.readInteger(in: 0...SnapshotReader.mostSamples)
            states.append(state)
        }
    }
}
