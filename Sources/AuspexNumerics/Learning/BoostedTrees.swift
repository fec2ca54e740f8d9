/// Gradient-boosted trees for the log-odds of an outcome (Friedman 2001, 2002): small trees, each fitted to what those
/// before leave over, several such sequences on random parts of the rows, averaged.
package struct BoostedTrees: Hashable, Sendable, Codable {
    /// The log-odds before any tree.
    package private(set) var base: Double
    /// All trees of all sequences; the leaves hold their share of the average.
    package private(set) var trees: [BoostedTree]

    /// How the trees are grown. The defaults are for some thousand to some hundred thousand rows of some 40 columns.
    package struct Options: Hashable, Sendable {
        /// Sequences that are averaged, at least 1.
        package var sequences = 8
        /// Trees a sequence.
        package var rounds = 150
        /// How much of each tree's step is taken, 0 to 1.
        package var rate = 0.05
        /// Splits between root and leaf, 1 to 8.
        package var depth = 3
        /// Rows in a leaf at least.
        package var leafSize = 50
        /// The share of the rows that a sequence sees, 0 to 1.
        package var rowShare = 0.6
        /// The share of the columns that a split may choose from, 0 to 1.
        package var columnShare = 0.4
        /// Where the lots begin; the same seed, the same trees.
        package var seed: UInt64 = 1

        /// Creates the default options.
        package init() {}
    }

    /// No number in a model is larger, so that no sum of them overflows.
    package static let largestNumber = 1e9

    /// The log-odds of a row.
    package func logit(_ row: some RandomAccessCollection<Double>) -> Double {
        trees.reduce(base) { $0 + $1.value(at: row) }
    }

    /// Why these trees cannot be used on rows of `width` columns; nil when they can. For documents from outside.
    package func fault(width: Int) -> String? {
        guard abs(base) <= Self.largestNumber else { return "the base is too large" }
        for (number, tree) in trees.enumerated() {
            if let fault = tree.fault(width: width) { return "tree \(number): \(fault)" }
        }
        return nil
    }

    /// Trees with the log-odds of the rows that they were grown on.
    package struct Growth: Sendable {
        /// The trees.
        package var trees: BoostedTrees
        /// For each row the mean log-odds by the sequences that did not see it, as if it were new; the base rate's
        /// where all saw it.
        package var outOfSequence: [Double]
    }

    /// Grows trees on the rows of an n×d matrix. O(sequences · rounds · depth · n · d · shares) after O(n·d·log n);
    /// memory is n·d bytes besides the matrix.
    ///
    /// - Throws: ``NumericsError``: the sizes do not go together, a value is not finite, or there is only one outcome.
    package static func grow(
        on rows: Matrix<Double>, outcomes: [Bool], options: Options = Options()
    ) throws(NumericsError) -> Growth {
        let routine = "boosted trees"
        guard rows.rows == outcomes.count else {
            throw .shape(routine: routine, reason: "\(rows.rows) rows and \(outcomes.count) outcomes")
        }
        try rows.checkFinite(for: routine)
        let positive = outcomes.count { $0 }
        guard positive > 0, positive < outcomes.count else {
            throw .shape(
                routine: routine, reason: "\(positive) of \(outcomes.count) outcomes are true, both kinds are needed")
        }
        let base = LogisticFunction.logit(Double(positive) / Double(outcomes.count))
        let columns = BinnedColumns(rows)
        var result = BoostedTrees(base: base, trees: [])
        var sums = [Double](repeating: 0, count: rows.rows)
        var counts = [Int](repeating: 0, count: rows.rows)
        var lots = LotSequence(seed: options.seed)
        for _ in 0..<max(1, options.sequences) {
            var order = Array(0..<rows.rows)
            let seen = max(1, Int(Double(rows.rows) * options.rowShare))
            lots.drawToFront(seen, of: &order)
            var sequence = TreeSequence(
                columns: columns, outcomes: outcomes, base: base, seen: Array(order[..<seen].sorted()), options: options
            )
            sequence.grow(&lots)
            for row in order[seen...] {
                sums[row] += sequence.logits[row]
                counts[row] += 1
            }
            result.trees += sequence.trees
        }
        let share = 1 / Double(max(1, options.sequences))
        for index in result.trees.indices {
            result.trees[index].leaves = result.trees[index].leaves.map { $0 * share }
        }
        let apart = zip(sums, counts).map { $1 == 0 ? base : $0 / Double($1) }
        return Growth(trees: result, outOfSequence: apart)
    }
}
