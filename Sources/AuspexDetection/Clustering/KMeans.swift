import AuspexNumerics
import Foundation

/// Clusters of windows around their means: greedy k-means++ to begin with (Arthur and Vassilvitskii 2007), then Lloyd's
/// iteration.
///
/// Products of windows with centres come from products of matrices, a block of windows at a time, so that the windows are
/// never all in memory.
struct KMeans: Sendable {
    /// Both as in scikit-learn: rounds at most, and the share of the mean variance under which centres stand still.
    static let mostRounds = 300
    static let tolerance = 1e-4
    /// A potential under this share of the total is rounding error: every window lies on a centre.
    private static let smallestShare = 1e-12

    /// One centre a column; fewer than asked for when there are fewer different windows.
    let centres: Matrix<Double>
    /// How many of the learned windows belong to each centre.
    let sizes: [Int]

    /// To which centre each window belongs, and its squared distance to it, added up from differences.
    struct Assignment: Sendable {
        var centre: [Int]
        var squaredDistance: [Double]
    }

    /// - Parameters:
    ///   - vectors: at least one window.
    ///   - k: how many clusters, at least 1; no more than windows are made.
    init(_ vectors: WindowVectors, k: Int, seed: Int) throws(NumericsError) {
        var random = SeededGenerator(seed: seed)
        var centres = try Self.firstCentres(vectors, k: min(k, vectors.count), random: &random)
        var assignment = try Self.assign(vectors, to: centres)
        let least = Self.tolerance * (try Self.meanVariance(vectors))
        for _ in 0..<Self.mostRounds {
            let moved = try Self.means(vectors, assignment, k: centres.columns)
            let shift = zip(moved.storage, centres.storage).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
            let next = try Self.assign(vectors, to: moved)
            let stands = next.centre == assignment.centre || shift <= least
            (centres, assignment) = (moved, next)
            if stands { break }
        }
        self.centres = centres
        var sizes = [Int](repeating: 0, count: centres.columns)
        for centre in assignment.centre { sizes[centre] += 1 }
        self.sizes = sizes
    }

    /// The nearest centre of each window; the first of equally near ones.
    func assignment(of vectors: WindowVectors) throws(NumericsError) -> Assignment {
        try Self.assign(vectors, to: centres)
    }

    /// The squared distance of each window to the nearest of some centres, which must be one at least.
    func squaredDistances(of vectors: WindowVectors, toNearestOf chosen: [Int]) throws(NumericsError) -> [Double] {
        let storage = chosen.flatMap { centres.column($0) }
        let some = try Matrix(rows: centres.rows, columns: chosen.count, storage: storage)
        return try Self.assign(vectors, to: some).squaredDistance
    }

    private static func assign(
        _ vectors: WindowVectors, to centres: Matrix<Double>
    ) throws(NumericsError) -> Assignment {
        let norms = squaredNorms(centres)
        var result = Assignment(centre: [], squaredDistance: [])
        result.centre.reserveCapacity(vectors.count)
        result.squaredDistance.reserveCapacity(vectors.count)
        for range in vectors.blocks {
            let block = try vectors.matrix(range)
            let products = try centres.multiplied(by: block, transposingSelf: true)
            for place in 0..<range.count {
                var (best, least) = (0, Double.infinity)
                for (index, product) in products.column(place).enumerated() {
                    let value = norms[index] - 2 * product
                    if value < least { (best, least) = (index, value) }
                }
                result.centre.append(best)
                result.squaredDistance.append(squaredDistance(block.column(place), centres.column(best)))
            }
        }
        return result
    }

    /// The mean of each cluster's windows. A cluster without any moves to the window that is farthest from its own centre
    /// and not taken yet.
    private static func means(
        _ vectors: WindowVectors, _ assignment: Assignment, k: Int
    ) throws(NumericsError) -> Matrix<Double> {
        var sums = Matrix<Double>(rows: vectors.features, columns: k)
        var sizes = [Int](repeating: 0, count: k)
        let features = vectors.features
        for range in vectors.blocks {
            let block = try vectors.matrix(range)
            for (place, index) in range.enumerated() {
                let centre = assignment.centre[index]
                sizes[centre] += 1
                add(block.column(place), to: &sums.storage, at: centre * features)
            }
        }
        for centre in 0..<k where sizes[centre] > 0 {
            for feature in 0..<features { sums.storage[centre * features + feature] /= Double(sizes[centre]) }
        }
        let empty = (0..<k).filter { sizes[$0] == 0 }
        guard !empty.isEmpty else { return sums }
        let farthest = assignment.squaredDistance.indices.sorted {
            let (one, other) = (assignment.squaredDistance[$0], assignment.squaredDistance[$1])
            return one != other ? one > other : $0 < $1
        }
        for (centre, index) in zip(empty, farthest) {
            let window = try vectors.matrix(index..<index + 1)
            sums.storage.replaceSubrange(centre * features..<(centre + 1) * features, with: window.storage)
        }
        return sums
    }

    /// Each next centre is the best of a few windows that are drawn with chances in proportion to their squared distances
    /// from the centres so far.
    private static func firstCentres(
        _ vectors: WindowVectors, k: Int, random: inout SeededGenerator
    ) throws(NumericsError) -> Matrix<Double> {
        var windowNorms: [Double] = []
        windowNorms.reserveCapacity(vectors.count)
        for range in vectors.blocks { windowNorms += squaredNorms(try vectors.matrix(range)) }
        let first = min(Int(random.uniform() * Double(vectors.count)), vectors.count - 1)
        var storage = try vectors.matrix(first..<first + 1).storage
        var nearest = try distances(vectors, windowNorms, to: [first])[0]
        let least = smallestShare * windowNorms.reduce(0, +)
        let trials = 2 + Int(log(Double(k)))
        var chosen = 1
        while chosen < k {
            let potential = nearest.reduce(0, +)
            guard potential > least else { break }
            let candidates = (0..<trials).map { _ in draw(nearest, random.uniform() * potential) }
            let options = try distances(vectors, windowNorms, to: candidates).map {
                zip($0, nearest).map { min($0, $1) }
            }
            let potentials = options.map { $0.reduce(0, +) }
            let best = potentials.indices.min { potentials[$0] < potentials[$1] } ?? 0
            storage += try vectors.matrix(candidates[best]..<candidates[best] + 1).storage
            nearest = options[best]
            chosen += 1
        }
        return try Matrix(rows: vectors.features, columns: chosen, storage: storage)
    }

    /// The index at which the running sum passes `mark`.
    private static func draw(_ weights: [Double], _ mark: Double) -> Int {
        var sum = 0.0
        for (index, weight) in weights.enumerated() {
            sum += weight
            if sum > mark { return index }
        }
        return weights.lastIndex { $0 > 0 } ?? 0
    }

    /// Squared distances of all windows to each of a few of them.
    private static func distances(
        _ vectors: WindowVectors, _ norms: [Double], to indices: [Int]
    ) throws(NumericsError) -> [[Double]] {
        var storage: [Double] = []
        for index in indices { storage += try vectors.matrix(index..<index + 1).storage }
        let chosen = try Matrix(rows: vectors.features, columns: indices.count, storage: storage)
        var result = [[Double]](repeating: [], count: indices.count)
        for range in vectors.blocks {
            let products = try chosen.multiplied(by: try vectors.matrix(range), transposingSelf: true)
            for (place, window) in range.enumerated() {
                for (number, product) in products.column(place).enumerated() {
                    result[number].append(max(norms[window] + norms[indices[number]] - 2 * product, 0))
                }
            }
        }
        return result
    }

    private static func meanVariance(_ vectors: WindowVectors) throws(NumericsError) -> Double {
        var sums = [Double](repeating: 0, count: vectors.features)
        var squares = 0.0
        for range in vectors.blocks {
            let block = try vectors.matrix(range)
            for place in 0..<range.count { add(block.column(place), to: &sums, at: 0) }
            squares += squaredNorms(block).reduce(0, +)
        }
        let count = Double(vectors.count)
        let means = sums.reduce(0) { $0 + ($1 / count) * ($1 / count) }
        return max(squares / count - means, 0) / Double(vectors.features)
    }

    private static func squaredNorms(_ matrix: Matrix<Double>) -> [Double] {
        (0..<matrix.columns).map { index in matrix.column(index).reduce(0) { $0 + $1 * $1 } }
    }

    private static func squaredDistance(_ one: ArraySlice<Double>, _ other: ArraySlice<Double>) -> Double {
        zip(one, other).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    }

    private static func add(_ values: ArraySlice<Double>, to target: inout [Double], at start: Int) {
        target.withUnsafeMutableBufferPointer { target in
            values.withUnsafeBufferPointer { values in
                for index in values.indices { target[start + index] += values[index] }
            }
        }
    }
}
