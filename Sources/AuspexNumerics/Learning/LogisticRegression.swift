/// Logistic regression with a quadratic penalty, by Newton's method (iteratively reweighted least squares).
package struct LogisticRegression: Hashable, Sendable, Codable {
    /// The logit of a row of zeros.
    package var intercept: Double
    /// What one unit of each column adds to the logit.
    package var coefficients: [Double]

    /// Creates a model from its parts.
    package init(intercept: Double, coefficients: [Double]) {
        self.intercept = intercept
        self.coefficients = coefficients
    }

    /// What the fit rests on beside the rows.
    package struct Options: Hashable, Sendable {
        /// The penalty λ: λ/2 · Σ (coefficient − centre)² is added to the loss; the intercept is free. At least 0.
        package var penalty: Double
        /// Where the penalty draws the coefficients to; empty for 0.
        package var centre: [Double]
        /// How much each row counts, at least 0; empty for 1 each.
        package var weights: [Double]

        /// Creates options.
        package init(penalty: Double, centre: [Double] = [], weights: [Double] = []) {
            self.penalty = penalty
            self.centre = centre
            self.weights = weights
        }
    }

    private static let mostSteps = 100
    private static let smallestGradient = 1e-8
    private static let mostHalvings = 30

    /// The log-odds of a row.
    package func logit(_ row: some Sequence<Double>) -> Double {
        zip(coefficients, row).reduce(intercept) { $0 + $1.0 * $1.1 }
    }

    /// Fits the model to the rows of an n×d matrix. O(n·d²) a step, some ten steps; n·d numbers of memory twice.
    ///
    /// - Throws: ``NumericsError``: the sizes do not go together, a value is NaN or infinite, only one kind of
    ///   outcome, or no convergence (a column separates the outcomes and the penalty is 0).
    package init(
        fitting rows: Matrix<Double>, outcomes: [Bool], options: Options
    ) throws(NumericsError) {
        let routine = "logistic regression"
        guard rows.rows == outcomes.count, options.centre.isEmpty || options.centre.count == rows.columns,
            options.weights.isEmpty || options.weights.count == rows.rows
        else {
            throw .shape(
                routine: routine,
                reason: "\(rows.rows)×\(rows.columns), \(outcomes.count) outcomes, \(options.centre.count) centres,"
                    + " \(options.weights.count) weights")
        }
        try rows.checkFinite(for: routine)
        let positive = outcomes.count { $0 }
        guard positive > 0, positive < outcomes.count else {
            throw .shape(
                routine: routine, reason: "\(positive) of \(outcomes.count) outcomes are true, both kinds are needed")
        }
        var fit = Fit(rows: rows, outcomes: outcomes, options: options)
        try fit.run(steps: Self.mostSteps, gradient: Self.smallestGradient, halvings: Self.mostHalvings)
        intercept = fit.parameters[0]
        coefficients = Array(fit.parameters.dropFirst())
    }
}

/// One fit under way; the first parameter is the intercept.
private struct Fit {
    /// The rows with a first column of ones.
    let design: Matrix<Double>
    let outcomes: [Bool]
    let penalty: Double
    let centre: [Double]
    let weights: [Double]
    var parameters: [Double]

    init(rows: Matrix<Double>, outcomes: [Bool], options: LogisticRegression.Options) {
        var design = Matrix<Double>(rows: rows.rows, columns: rows.columns + 1)
        for row in 0..<rows.rows { design.storage[row] = 1 }
        design.storage.replaceSubrange(rows.rows..., with: rows.storage)
        self.design = design
        self.outcomes = outcomes
        penalty = options.penalty
        centre = [0] + (options.centre.isEmpty ? [Double](repeating: 0, count: rows.columns) : options.centre)
        weights = options.weights.isEmpty ? [Double](repeating: 1, count: rows.rows) : options.weights
        let rate = Double(outcomes.count { $0 }) / Double(outcomes.count)
        parameters = centre
        parameters[0] = LogisticFunction.logit(rate)
    }

    /// Newton steps, halved until the loss falls, until the gradient of the mean loss vanishes.
    mutating func run(steps: Int, gradient smallest: Double, halvings: Int) throws(NumericsError) {
        var loss = try self.loss(parameters)
        for _ in 0..<steps {
            let (gradient, curvature) = try derivatives()
            guard gradient.contains(where: { abs($0) > smallest * Double(outcomes.count) }) else { return }
            let right = try Matrix(rows: gradient.count, columns: 1, storage: gradient)
            let step = try Cholesky(curvature).solve(right).storage
            var share = 1.0
            var halved = 0
            var next = moved(by: step, share)
            var nextLoss = try self.loss(next)
            while !(nextLoss <= loss), halved < halvings {
                share /= 2
                halved += 1
                next = moved(by: step, share)
                nextLoss = try self.loss(next)
            }
            // No step lowers the loss any more: it is as low as rounding lets it be.
            guard nextLoss < loss else { return }
            (parameters, loss) = (next, nextLoss)
        }
        throw .notConverged(routine: "logistic regression", info: steps)
    }

    private func moved(by step: [Double], _ share: Double) -> [Double] {
        zip(parameters, step).map { $0 - share * $1 }
    }

    private func loss(_ parameters: [Double]) throws(NumericsError) -> Double {
        let logits = try design.multiplied(by: parameters)
        var sum = 0.0
        for (row, logit) in logits.enumerated() {
            sum += weights[row] * LogisticFunction.softPlus(outcomes[row] ? -logit : logit)
        }
        for index in parameters.indices.dropFirst() {
            let distance = parameters[index] - centre[index]
            sum += penalty / 2 * distance * distance
        }
        return sum
    }

    private func derivatives() throws(NumericsError) -> (gradient: [Double], curvature: Matrix<Double>) {
        let logits = try design.multiplied(by: parameters)
        let count = design.rows
        var residuals = [Double](repeating: 0, count: count)
        var roots = residuals
        for row in 0..<count {
            let probability = LogisticFunction.probability(logits[row])
            residuals[row] = weights[row] * (probability - (outcomes[row] ? 1 : 0))
            roots[row] = (weights[row] * probability * (1 - probability)).squareRoot()
        }
        var gradient = try design.multiplied(by: residuals, transposingSelf: true)
        var weighted = design
        for column in 0..<design.columns {
            for row in 0..<count { weighted.storage[column * count + row] *= roots[row] }
        }
        var curvature = try weighted.gram()
        for index in 1..<max(1, parameters.count) {
            gradient[index] += penalty * (parameters[index] - centre[index])
            curvature[index, index] += penalty
        }
        return (gradient, curvature)
    }
}
