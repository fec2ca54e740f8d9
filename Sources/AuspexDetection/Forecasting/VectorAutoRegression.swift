import AuspexNumerics
import AuspexSignals

/// How far the values of a row are from what the rows before it, of all columns, predict: the largest of the errors in
/// robust standard deviations, or the distance of all errors together.
///
/// The prediction is a constant and a weighted sum of the last rows of all columns, by least squares with a small ridge.
/// Of one column it is an autoregression. Missing values predict as the last one of their column that was there, and are
/// no targets.
struct VectorAutoRegression: BatchDetector {
    /// Weights of one column: a constant, and the order times the columns. Solving for as many takes a second.
    static let mostWeights = 2_048
    /// More operations than this take many minutes.
    static let mostOperations = 5e11

    static let descriptor = DetectorDescriptor(
        name: "var",
        summary: "Distance of a row from its prediction by the rows before it, of all columns; finds broken relations.",
        kind: .batch, family: "forecasting",
        parameters: [
            .integer(
                "order", default: nil, in: 1...1_000,
                meaning: "how many rows predict; fewer when there are not four times as many rows to learn from as "
                    + "weights; left alone the best of 1 to \(LinearSystem.mostAutomaticOrder) by Akaike's criterion"),
            .choice(
                "errors", default: Errors.largest.rawValue, of: Errors.allCases.map(\.rawValue),
                meaning: "score the largest error of a row, or all together by how they vary in common (joint)"),
            .number(
                "ridge", default: 1e-6, in: 1e-9...1,
                meaning: "what is added to the variances of standardised values; larger shrinks weights"),
            RobustScale.bandParameter,
            ReferenceRows.parameter(default: .training),
        ],
        cost: "2·n·(order·d + d)² + (order·d)³ flops; order·d under 2048, flops at most 5·10¹¹",
        memory: "24·n·d + 16·(order·d + d)² bytes",
        source: "Sims 1980; Lütkepohl 2005, §3.2 and §4.3; joint errors: Rousseeuw and Van Driessen 1999",
        minimumHistory: "4·(order·d + 1) rows; the first `order` rows score 0")

    /// How the errors of a row's columns become its score.
    enum Errors: String, CaseIterable {
        case largest
        case joint
    }

    private let order: Int?
    private let errors: Errors
    private let ridge: Double
    private let band: Double
    private let reference: ReferenceRows

    init(parameters: ParameterValues) throws(DetectorError) {
        order = try parameters.optionalInteger("order")
        ridge = try parameters.number("ridge")
        band = try parameters.number("band")
        guard let errors = Errors(rawValue: try parameters.choice("errors")) else {
            throw .undeclaredParameter(detector: parameters.detector, name: "errors")
        }
        self.errors = errors
        reference = try ReferenceRows(parameters)
    }

    func fit(_ table: Table, training: Range<Int>?) throws(DetectorError) -> any DetectorModel {
        let rows = try reference.rows(of: table, training: training)
        try check(rows: rows.count, columns: table.columns)
        let learned = (0..<table.columns).map { Array(CleanColumn.carried(table.column($0))[rows]) }
        let scaler = ColumnScaler(learned)
        let isPresent = (0..<table.columns).map { column in rows.map { !table[$0, column].isNaN } }
        do {
            let system = try LinearSystem(
                scaler.scaled(learned), isTarget: Self.targets(isPresent), order: order, ridge: ridge)
            return try Model(
                band: band, scaler: scaler, system: system, learned: scaler.scaled(learned), isPresent: isPresent,
                errors: errors)
        } catch {
            throw .numerics(detector: Self.descriptor.name, reason: error.description)
        }
    }

    /// Which rows have a value in every column that has any: a series that has died must not take the others with it.
    private static func targets(_ isPresent: [[Bool]]) -> [Bool] {
        let alive = isPresent.filter { $0.contains(true) }
        return (isPresent.first ?? []).indices.map { row in !alive.isEmpty && alive.allSatisfy { $0[row] } }
    }

    private func check(rows: Int, columns: Int) throws(DetectorError) {
        let most = LinearSystem.order(order, rows: rows, columns: columns)
        let weights = most * columns + 1
        guard weights <= Self.mostWeights, columns <= Self.mostWeights else {
            throw .tooLarge(
                detector: Self.descriptor.name,
                reason: "\(most) rows of \(columns) columns have \(weights - 1) weights; under \(Self.mostWeights) are "
                    + "taken: choose a smaller order or fewer columns")
        }
        let side = Double(weights + columns)
        guard 2 * Double(rows) * side * side > Self.mostOperations else { return }
        throw .tooLarge(
            detector: Self.descriptor.name,
            reason: "\(rows) rows with \(weights) weights for each of \(columns) columns take many minutes; choose a "
                + "smaller order or fewer columns, or learn from fewer rows")
    }

    private struct Model: DetectorModel {
        /// Joint errors take the tightest three quarters of the learned ones for normal.
        private static let support = 0.75

        let band: Double
        let scaler: ColumnScaler
        let system: LinearSystem
        /// How errors are spread over the learned rows that have a value, one a column.
        let scales: [RobustScale]
        /// How they are spread together, in these scales; nil when the largest counts.
        let joint: RobustCovariance?
        /// The columns whose errors are taken together: those with a value to learn from.
        let jointColumns: [Int]
        /// Whether errors were to be taken together and cannot be.
        let lacksJoint: Bool

        init(
            band: Double, scaler: ColumnScaler, system: LinearSystem, learned: [[Double]], isPresent: [[Bool]],
            errors: Errors
        ) throws(NumericsError) {
            self.band = band
            self.scaler = scaler
            self.system = system
            let predicted = try system.predictions(learned)
            scales = learned.indices.map { column in
                let present = isPresent[column].indices.dropFirst(system.order).filter { isPresent[column][$0] }
                return RobustScale(
                    present.map { learned[column][$0] - predicted[column][$0] },
                    remainingOf: present.map { learned[column][$0] })
            }
            let isTarget = VectorAutoRegression.targets(isPresent)
            let targets = isTarget.indices.dropFirst(system.order).filter { isTarget[$0] }
            let known = scales.indices.filter { [scales] in scales[$0].isKnown }
            jointColumns = known
            guard errors == .joint, known.count > 1, known.count <= MinimumCovariance.mostFeatures,
                targets.count > 2 * known.count
            else {
                joint = nil
                lacksJoint = errors == .joint && known.count > 1
                return
            }
            lacksJoint = false
            var random = SeededGenerator(seed: 1)
            let drawn = random.sample(MinimumCovariance.mostLearned, below: targets.count).map { targets[$0] }
            var storage: [Double] = []
            for row in drawn {
                for column in known {
                    storage.append(scales[column].signedDistance(learned[column][row] - predicted[column][row]))
                }
            }
            let points = try Matrix(rows: known.count, columns: drawn.count, storage: storage)
            joint = try RobustCovariance(points, support: Self.support, ridge: Self.jointRidge, random: &random)
        }

        /// Added to the variances of errors in robust standard deviations.
        private static let jointRidge = 1e-6

        func scores(_ table: Table) throws(DetectorError) -> DetectorOutput {
            try table.checkWidth(scales.count)
            let values = scaler.scaled((0..<table.columns).map { CleanColumn.carried(table.column($0)) })
            do {
                let predicted = try system.predictions(values)
                let scores = try joint.map { joint throws(NumericsError) in
                    try jointScores(table, values, predicted, joint)
                }
                return DetectorOutput(
                    scores: table.finished(scores ?? largestScores(table, values, predicted)),
                    expectations: scales.count == 1 ? expectations(predicted[0]) : nil, notes: notes(table))
            } catch {
                throw .numerics(detector: VectorAutoRegression.descriptor.name, reason: error.description)
            }
        }

        private func notes(_ table: Table) -> [String] {
            guard lacksJoint else { return table.notes(ofUnknown: scales) }
            return table.notes(ofUnknown: scales) + [
                "errors are not taken together: that takes more than two full rows to learn from for each column, and "
                    + "at most \(MinimumCovariance.mostFeatures) columns; the largest counts"
            ]
        }

        private func error(_ table: Table, _ values: [[Double]], _ predicted: [[Double]], row: Int, column: Int)
            -> Double
        {
            guard !table[row, column].isNaN else { return 0 }
            return scales[column].signedDistance(values[column][row] - predicted[column][row])
        }

        private func largestScores(_ table: Table, _ values: [[Double]], _ predicted: [[Double]]) -> [Double] {
            (0..<table.rows).map { row in
                guard row >= system.order else { return 0 }
                return scales.indices.reduce(0) {
                    max($0, abs(error(table, values, predicted, row: row, column: $1)))
                }
            }
        }

        private func jointScores(
            _ table: Table, _ values: [[Double]], _ predicted: [[Double]], _ joint: RobustCovariance
        ) throws(NumericsError) -> [Double] {
            var scores = [Double](repeating: 0, count: table.rows)
            let first = min(system.order, table.rows)
            for start in stride(from: first, to: table.rows, by: LinearSystem.blockHeight) {
                let rows = start..<min(start + LinearSystem.blockHeight, table.rows)
                var storage: [Double] = []
                for row in rows {
                    for (place, column) in jointColumns.enumerated() {
                        let moved =
                            error(table, values, predicted, row: row, column: column) - joint.location[place]
                        storage.append(CleanColumn.clamped(moved))
                    }
                }
                let block = try Matrix(rows: jointColumns.count, columns: rows.count, storage: storage)
                let solved = try joint.factor.solve(block)
                for (place, row) in rows.enumerated() {
                    let square = zip(block.column(place), solved.column(place)).reduce(0) { $0 + $1.0 * $1.1 }
                    scores[row] = max(square, 0).squareRoot()
                }
            }
            return scores
        }

        private func expectations(_ predicted: [Double]) -> [Expectation?] {
            predicted.indices.map { row in
                guard row >= system.order,
                    let band = scales[0].expectation(shiftedBy: predicted[row], width: band)
                else { return nil }
                return Expectation(
                    value: scaler.restored(band.value, column: 0), lower: scaler.restored(band.lower, column: 0),
                    upper: scaler.restored(band.upper, column: 0))
            }
        }
    }
}
