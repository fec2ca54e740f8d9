import AuspexNumerics
import Foundation

/// Trains a ``RiskModel``.
package enum RiskTrainer {
    /// With fewer changes nothing is learned.
    package static let fewestChanges = 50
    /// With fewer harmful or harmless ones nothing is learned.
    package static let fewestOfAKind = 10

    /// From how many changes on, of which how many harmful, the parts with more to fit join in.
    private static let linearFrom = (changes: 200, ofAKind: 20)
    private static let treesFrom = (changes: 400, ofAKind: 40)

    /// The penalty of the linear part, on columns of deviation 1. Chosen on inner splits of public data, as are the
    /// trees.
    private static let linearPenalty = 50.0
    private static let sizePenalty = 1.0
    /// How strongly the calibration's slope is drawn to 1.
    private static let calibrationPenalty = 10.0
    /// The calibration looks most at the newest changes, whose base rate is nearest to the next ones': after this
    /// share of the changes, counted back from the last, one counts half.
    private static let calibrationHalfLife = 0.3

    /// Learns from the changes of one service whose outcome is known, in whatever order they come.
    ///
    /// Takes 2 to 5 s for 25,000 changes and some 30 MB besides them; O(n · log n) and deterministic.
    ///
    /// - Parameters:
    ///   - changes: The changes; those of equal time stay in their order.
    ///   - service: What to call their source in the document.
    package static func train(
        _ changes: [LabelledChange], service: String
    ) throws(RiskModelError) -> RiskModel {
        try train([changes], service: service)
    }

    /// Learns from the changes of several services, for a model of their organisation: each change is ranked among
    /// those of its own service.
    package static func train(
        _ services: [[LabelledChange]], service: String
    ) throws(RiskModelError) -> RiskModel {
        let ordered = services.enumerated()
            .flatMap { source, changes in changes.map { (source: source, change: $0) } }
            .enumerated().sorted { ($0.element.change.time, $0.offset) < ($1.element.change.time, $1.offset) }
            .map(\.element)
        let harmful = ordered.count { $0.change.isHarmful }
        guard ordered.count >= fewestChanges, min(harmful, ordered.count - harmful) >= fewestOfAKind else {
            throw .tooFewOutcomes(changes: ordered.count, harmful: harmful)
        }
        do {
            return try fit(ordered.map(\.change), sources: ordered.map(\.source), service)
        } catch {
            throw .numerics(error)
        }
    }

    /// Fits all parts to changes in the order of time, of which there are enough.
    private static func fit(
        _ ordered: [LabelledChange], sources: [Int], _ service: String
    ) throws(NumericsError) -> RiskModel {
        let outcomes = ordered.map(\.isHarmful)
        let harmful = outcomes.count { $0 }
        let ofAKind = min(harmful, ordered.count - harmful)
        func isEnough(_ floor: (changes: Int, ofAKind: Int)) -> Bool {
            ordered.count >= floor.changes && ofAKind >= floor.ofAKind
        }
        let measures = ordered.map(\.measures)
        let matrix = RiskColumns.matrix(measures, sources: sources)
        let size = try ScaledLogistic(matrix, columns: RiskColumns.size, outcomes: outcomes, penalty: sizePenalty)
        let linear =
            isEnough(linearFrom)
            ? try ScaledLogistic(
                matrix, columns: RiskColumns.linear, outcomes: outcomes, penalty: linearPenalty) : nil
        let growth = isEnough(treesFrom) ? try BoostedTrees.grow(on: matrix, outcomes: outcomes) : nil
        let weights = PartWeights(ofAKind: ofAKind)
        let means = ordered.indices.map { row in
            let columns = RiskColumns.row(row, of: matrix)
            return weights.mean(
                size: size.logit(columns[RiskColumns.size]), linear: linear?.logit(columns[RiskColumns.linear]),
                trees: growth?.outOfSequence[row])
        }
        let calibration = try calibrate(means, outcomes)
        return RiskModel(
            training: .init(
                service: service, from: ordered[0].time, to: ordered[ordered.count - 1].time, changes: ordered.count,
                harmful: harmful),
            size: size, linear: linear, trees: growth?.trees, weights: weights, calibration: calibration,
            tracker: RiskTracker(centre: calibration.logit(means.reduce(0, +) / Double(means.count))),
            learnedTo: ordered[ordered.count - 1].time, lastChanges: measures.suffix(RankWindow.capacity),
            profile: ChangeFeature.allCases.map { feature in MeasureProfile(measures.map { $0[feature] }) })
    }

    /// Changes by their time, equal ones in the order they came in.
    package static func inTimeOrder(_ changes: [LabelledChange]) -> [LabelledChange] {
        changes.enumerated().sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }.map(\.element)
    }

    /// Slope and intercept that make the log-odds of the newer changes right, the slope near 1 (Platt 1999).
    private static func calibrate(
        _ means: [Double], _ outcomes: [Bool]
    ) throws(NumericsError) -> RiskModel.Calibration {
        let column = try Matrix(rows: means.count, columns: 1, storage: means)
        let halfLife = calibrationHalfLife * Double(means.count)
        let weights = means.indices.map { exp2(-Double(means.count - 1 - $0) / halfLife) }
        let fit = try LogisticRegression(
            fitting: column, outcomes: outcomes,
            options: .init(penalty: calibrationPenalty, centre: [1], weights: weights))
        // A slope of 0 or less would turn the ranking round; then the parts are taken as they are.
        guard fit.coefficients[0] > 0 else { return .init(intercept: 0, slope: 1) }
        return .init(intercept: fit.intercept, slope: fit.coefficients[0])
    }
}
