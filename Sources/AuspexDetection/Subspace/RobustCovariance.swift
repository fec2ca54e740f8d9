import AuspexNumerics
import Foundation

/// Mean and covariance of the half of some points whose covariance has the smallest determinant, by random starts and
/// concentration steps (FastMCD), made consistent for Gaussian points and found once more from all that are near.
struct RobustCovariance: Sendable {
    /// As in the paper: steps of each start, how many are followed up, and the size of nested subsets.
    private static let firstSteps = 2
    private static let followed = 10
    private static let subsetSize = 300
    private static let mostSubsets = 5
    /// Up to so many points there are no subsets.
    private static let fewPoints = 600
    /// Of many points so many candidates are followed to the end.
    private static let finalists = 2
    private static let mostSteps = 100
    /// Points beyond this quantile have no part in the last estimate.
    private static let nearShare = 0.975

    let location: [Double]
    let factor: Cholesky<Double>

    /// - Parameters:
    ///   - points: f×n, one a column, of comparable features; at least one.
    ///   - support: the share of the points that is held for normal, ½ to 1.
    ///   - ridge: what is added to the variances.
    ///   - starts: how many random ones are made, in all subsets together.
    init(
        _ points: Matrix<Double>, support: Double, ridge: Double, starts: Int = 500, random: inout SeededGenerator
    ) throws(NumericsError) {
        let count = points.columns
        let features = Double(points.rows)
        let least = min(count, (count + points.rows + 2) / 2)
        let half = max(least, Int(support * Double(count)))
        let search = ConcentrationSearch(points: points, half: half, ridge: ridge)
        let raw = half == count ? try search.estimate(Array(0..<count)) : try Self.best(search, starts: starts, &random)
        let raised = Self.consistency(features, share: Double(half) / Double(count))
        let limit = ChiSquare.quantile(Self.nearShare, degrees: features) * raised
        let squares = try search.squares(raw)
        let near = squares.indices.filter { squares[$0] < limit }
        let final = try search.estimate(near.count > 1 ? near : Array(0..<count))
        var covariance = final.covariance
        let factor = Self.consistency(features, share: Self.nearShare)
        for index in covariance.storage.indices { covariance.storage[index] *= factor }
        location = final.location
        self.factor = try ConcentrationSearch.factored(covariance, ridge)
    }

    /// By how much the covariance of the nearest `share` of Gaussian points is too small (Croux and Haesbroeck 1999).
    static func consistency(_ features: Double, share: Double) -> Double {
        guard share < 1 else { return 1 }
        return share / ChiSquare.lowerTail(ChiSquare.quantile(share, degrees: features), degrees: features + 2)
    }

    private static func best(
        _ search: ConcentrationSearch, starts: Int, _ random: inout SeededGenerator
    ) throws(NumericsError) -> ConcentrationSearch.Estimate {
        // Of one feature the best half is known: neighbours in order.
        if search.points.rows == 1 { return try search.estimate(search.narrowestHalf()) }
        let count = search.points.columns
        guard count > fewPoints else {
            let candidates = try search.candidates(starts: starts, steps: firstSteps, keeping: followed, &random)
            return try search.concluded(candidates, steps: mostSteps)
        }
        let subsets = min(mostSubsets, count / subsetSize)
        let merged = random.sample(subsets * subsetSize, below: count)
        var candidates: [ConcentrationSearch.Estimate] = []
        for number in 0..<subsets {
            let part = search.restricted(to: Array(merged[number * subsetSize..<(number + 1) * subsetSize]))
            candidates += try part.candidates(
                starts: max(1, starts / subsets), steps: firstSteps, keeping: followed, &random)
        }
        let whole = search.restricted(to: merged)
        candidates = try whole.advanced(candidates, steps: firstSteps, keeping: followed)
        candidates = try search.advanced(candidates, steps: firstSteps, keeping: finalists)
        return try search.concluded(candidates, steps: mostSteps)
    }
}

/// The steps from an estimate to the points nearest to it, and from these to a better estimate.
struct ConcentrationSearch {
    /// Steps that improve the determinant by less, in its logarithm, are none.
    private static let smallestGain = 1e-12
    private static let blockWidth = 2_048
    private static let smallestRidge = 1e-12
    private static let largestRidge = 1e6

    /// Where points are and how they spread.
    struct Estimate {
        var location: [Double]
        var covariance: Matrix<Double>
        var factor: Cholesky<Double>
        var logDeterminant: Double
    }

    let points: Matrix<Double>
    /// How many points an estimate is made from.
    let half: Int
    let ridge: Double

    func restricted(to indices: [Int]) -> ConcentrationSearch {
        ConcentrationSearch(
            points: gathered(indices), half: (half * indices.count + points.columns - 1) / points.columns, ridge: ridge)
    }

    private func gathered(_ indices: [Int]) -> Matrix<Double> {
        var result = Matrix<Double>(rows: points.rows, columns: 0)
        result.storage.reserveCapacity(points.rows * indices.count)
        for index in indices { result.storage += points.column(index) }
        return (try? Matrix(rows: points.rows, columns: indices.count, storage: result.storage)) ?? result
    }

    /// Mean and covariance of some points.
    func estimate(_ indices: [Int]) throws(NumericsError) -> Estimate {
        var chosen = gathered(indices)
        let count = Double(max(indices.count, 1))
        var location = [Double](repeating: 0, count: points.rows)
        for column in 0..<chosen.columns {
            for (feature, value) in chosen.column(column).enumerated() { location[feature] += value / count }
        }
        for column in 0..<chosen.columns {
            for feature in 0..<points.rows { chosen.storage[column * points.rows + feature] -= location[feature] }
        }
        var covariance = try chosen.multiplied(by: chosen, transposingOther: true)
        for index in covariance.storage.indices { covariance.storage[index] /= count }
        let factor = try Self.factored(covariance, ridge)
        let logDeterminant = (0..<points.rows).reduce(0.0) { $0 + 2 * log(factor.lower[$1, $1]) }
        return Estimate(
            location: location, covariance: covariance, factor: factor, logDeterminant: logDeterminant)
    }

    /// The squared distance of each point from an estimate.
    func squares(_ estimate: Estimate) throws(NumericsError) -> [Double] {
        var result: [Double] = []
        result.reserveCapacity(points.columns)
        for start in stride(from: 0, to: points.columns, by: Self.blockWidth) {
            let rows = start..<min(start + Self.blockWidth, points.columns)
            var block = gathered(Array(rows))
            for column in 0..<block.columns {
                for feature in 0..<points.rows {
                    block.storage[column * points.rows + feature] -= estimate.location[feature]
                }
            }
            let solved = try estimate.factor.solve(block)
            for column in 0..<block.columns {
                result.append(zip(block.column(column), solved.column(column)).reduce(0) { $0 + $1.0 * $1.1 })
            }
        }
        return result
    }

    /// The half of the points that is nearest to an estimate.
    private func nearest(_ estimate: Estimate) throws(NumericsError) -> [Int] {
        let squares = try squares(estimate)
        var copy = squares
        let limit = OrderStatistics.select(&copy, half - 1)
        var chosen = squares.indices.filter { squares[$0] < limit }
        for index in squares.indices where chosen.count < half && squares[index] == limit { chosen.append(index) }
        return chosen
    }

    private func advanced(_ estimate: Estimate, steps: Int) throws(NumericsError) -> Estimate {
        var current = estimate
        for step in 0..<steps {
            let next = try self.estimate(nearest(current))
            // The first step may come from another set of points.
            if step > 0, next.logDeterminant >= current.logDeterminant - Self.smallestGain { break }
            current = next
        }
        return current
    }

    /// The best of random starts: as many points as determine a covariance, and a few steps from there.
    func candidates(
        starts: Int, steps: Int, keeping: Int, _ random: inout SeededGenerator
    ) throws(NumericsError) -> [Estimate] {
        var found: [Estimate] = []
        for _ in 0..<starts {
            let first = try estimate(random.sample(min(points.rows + 1, points.columns), below: points.columns))
            found.append(try advanced(first, steps: steps))
            if found.count > 2 * keeping { found = Self.best(found, keeping) }
        }
        return Self.best(found, keeping)
    }

    func advanced(_ estimates: [Estimate], steps: Int, keeping: Int) throws(NumericsError) -> [Estimate] {
        var found: [Estimate] = []
        for estimate in estimates { found.append(try advanced(estimate, steps: steps)) }
        return Self.best(found, keeping)
    }

    /// The best after all steps that improve.
    func concluded(_ estimates: [Estimate], steps: Int) throws(NumericsError) -> Estimate {
        let best = try advanced(estimates, steps: steps, keeping: 1)
        guard let first = best.first else { return try estimate(Array(0..<points.columns)) }
        return first
    }

    private static func best(_ estimates: [Estimate], _ count: Int) -> [Estimate] {
        Array(estimates.sorted { $0.logDeterminant < $1.logDeterminant }.prefix(count))
    }

    /// Of one feature: the neighbours in order whose variance is least.
    func narrowestHalf() -> [Int] {
        let order = points.storage.indices.sorted { points.storage[$0] < points.storage[$1] }
        let values = order.map { points.storage[$0] }
        // Moved to the middle, so that squares don't cancel.
        let centre = values[values.count / 2]
        var (sum, squares) = (0.0, 0.0)
        var best = (start: 0, spread: Double.infinity)
        for end in values.indices {
            let entering = values[end] - centre
            sum += entering
            squares += entering * entering
            if end >= half {
                let leaving = values[end - half] - centre
                sum -= leaving
                squares -= leaving * leaving
            }
            let spread = squares - sum * sum / Double(half)
            if end >= half - 1, spread < best.spread { best = (end - half + 1, spread) }
        }
        return Array(order[best.start..<best.start + half])
    }

    /// The factor of a covariance with `ridge` on its diagonal, or with as much more as it takes.
    static func factored(_ covariance: Matrix<Double>, _ ridge: Double) throws(NumericsError) -> Cholesky<Double> {
        var raised = covariance
        for index in 0..<covariance.rows { raised[index, index] += ridge }
        do {
            return try Cholesky(raised)
        } catch .notPositiveDefinite where ridge < largestRidge {
            // Rounding errors were larger than the ridge.
            return try factored(covariance, max(ridge * 100, smallestRidge))
        } catch {
            throw error
        }
    }
}
