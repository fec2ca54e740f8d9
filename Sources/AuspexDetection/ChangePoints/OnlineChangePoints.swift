import AuspexNumerics
import Foundation

/// How surprising a value is to all that may be the state since the last change, weighted by how likely each is; of several
/// columns the largest.
///
/// The score is −ln of the predictive density of the row's robust residual, in nats, 0 where the density is above 1. It is
/// high for a wild value and where a level or a spread changes, and falls again once the new state is known.
struct OnlineChangePoints: BatchDetector {
    static let descriptor = DetectorDescriptor(
        name: "bocpd",
        summary: "Surprise of a value given all possible times of the last change; finds where a series changes.",
        kind: .batch, family: "change points",
        parameters: [
            .integer("run", default: 250, in: 2...1_000_000, meaning: "rows between two changes, on average"),
            .integer(
                "longest", default: 500, in: 10...10_000,
                meaning: "how many possible times of the last change are kept; the oldest ones are put together"),
            StandardResiduals.periodParameter,
            ReferenceRows.parameter(default: .training),
        ],
        cost: "50·n·d·longest flops; n·d·longest at most 2·10¹⁰", memory: "70·n·d + 50·longest bytes",
        source: "Adams and MacKay 2007, with Gaussian values of unknown mean and variance (Murphy 2007)",
        minimumHistory: "a dozen rows; 4 cycles where there are cycles")

    /// Rows times columns times kept times: some minutes.
    static let mostSteps = 2e10

    private let run: Int
    private let longest: Int
    private let period: Int?
    private let reference: ReferenceRows

    init(parameters: ParameterValues) throws(DetectorError) {
        run = try parameters.integer("run")
        longest = try parameters.integer("longest")
        period = try parameters.optionalInteger("period")
        reference = try ReferenceRows(parameters)
    }

    func fit(_ table: Table, training: Range<Int>?) throws(DetectorError) -> any DetectorModel {
        let rows = try reference.rows(of: table, training: training)
        return Model(run: run, longest: longest, residuals: StandardResiduals(table, rows: rows, period: period))
    }

    private struct Model: DetectorModel {
        let run: Int
        let longest: Int
        let residuals: StandardResiduals

        func scores(_ table: Table) throws(DetectorError) -> DetectorOutput {
            guard Double(table.rows) * Double(table.columns) * Double(longest) <= OnlineChangePoints.mostSteps else {
                throw .tooLarge(
                    detector: OnlineChangePoints.descriptor.name,
                    reason: "\(table.rows) rows by \(table.columns) column(s) with longest=\(longest) take too long; "
                        + "choose a smaller longest, or fewer columns")
            }
            return try ResidualModel(residuals: residuals, fresh: RunLengths(run: run, longest: longest)).scores(table)
        }
    }
}

extension RunLengths: ResidualScorer {
    mutating func score(_ residual: Double) -> Double { -update(residual) }
}

/// The chances of how long ago the last change was, and what each of these makes of mean and variance.
struct RunLengths: Sendable {
    /// The prior in robust standard deviations: mean 0 with the weight of a tenth of a value, variance about 1 with that of
    /// two values.
    private static let priorWeight = 0.1
    private static let priorShape = 1.0
    private static let priorRate = 1.0
    /// ln Γ(3/2) − ln Γ(1), from which those of all other shapes follow.
    private static let firstGammaStep = -0.120_782_237_635_245_2

    /// Mean and variance of the values since a possible change (normal-inverse-gamma), and how many there are.
    private struct State {
        var mean = 0.0
        var rate = RunLengths.priorRate
        var count = 0

        var weight: Double { RunLengths.priorWeight + Double(count) }
        var shape: Double { RunLengths.priorShape + Double(count) / 2 }

        mutating func add(_ value: Double) {
            let distance = value - mean
            rate += weight / (weight + 1) * distance * distance / 2
            mean += distance / (weight + 1)
            count += 1
        }
    }

    private let hazard: Double
    private let longest: Int
    /// The chance of each state; they add up to 1. The latest change comes first.
    private(set) var chances: [Double] = [1]
    private var states: [State] = [State()]
    /// ln Γ(shape + ½) − ln Γ(shape) by the number of values.
    private var gammaSteps: [Double] = [firstGammaStep]

    /// - Parameters:
    ///   - run: rows between two changes, on average.
    ///   - longest: how many states are kept, at least 2.
    init(run: Int, longest: Int) {
        hazard = 1 / Double(run)
        self.longest = longest
    }

    /// Takes a value in and returns the logarithm of its density given all values before it.
    mutating func update(_ value: Double) -> Double {
        let logarithms = states.indices.map {
            log(max(chances[$0], .leastNormalMagnitude)) + density(value, states[$0])
        }
        let most = logarithms.max() ?? 0
        let joint = logarithms.map { exp($0 - most) }
        let total = joint.reduce(0, +)
        for index in states.indices { states[index].add(value) }
        states.insert(State(), at: 0)
        chances = [hazard] + joint.map { $0 / total * (1 - hazard) }
        if chances.count > longest {
            // The oldest state takes over from the one after it.
            chances[chances.count - 1] += chances[chances.count - 2]
            chances.remove(at: chances.count - 2)
            states.remove(at: states.count - 2)
        }
        while gammaSteps.count <= (states.last?.count ?? 0) {
            gammaSteps.append(
                log(Self.priorShape + Double(gammaSteps.count - 1) / 2) - gammaSteps[gammaSteps.count - 1])
        }
        return most + log(total)
    }

    /// The logarithm of Student's density with 2·shape degrees of freedom.
    private func density(_ value: Double, _ state: State) -> Double {
        let freedom = 2 * state.shape
        let scale = state.rate * (state.weight + 1) / (state.shape * state.weight)
        let distance = (value - state.mean) * (value - state.mean) / (scale * freedom)
        return gammaSteps[state.count] - 0.5 * log(freedom * .pi * scale) - (freedom + 1) / 2 * log(1 + distance)
    }
}
