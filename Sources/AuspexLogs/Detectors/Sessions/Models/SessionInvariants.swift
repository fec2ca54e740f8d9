package import AuspexNumerics

/// Sessions that break linear relations between the counts of templates, such as as many closes as opens (Lou et al.
/// 2010), as loglizer has it. A model for comparison, fitted once.
package struct SessionInvariants: Sendable {
    /// A relation that holds in at least this share of the sessions is one.
    private static let share = 0.98
    /// How far a session may be off when the relations' number is estimated.
    private static let reach = 0.5
    /// The whole numbers that a relation's smallest factor is tried as.
    private static let scales = [1.0, 2, 3]
    private static let leastFactor = 1e-6
    private static let zero = 1e-8
    private static let broken = 1e-6

    /// Σ factor·count over `columns` is 0.
    private struct Relation: Hashable {
        var columns: [Int]
        var factors: [Double]

        func residual(_ row: [Double]) -> Double {
            zip(columns, factors).reduce(0) { $0 + row[$1.0] * $1.1 }.magnitude
        }
    }

    private let matrix: SessionMatrix
    private let rows: [[Double]]
    private let times: [Double]
    private var relations: [Relation] = []

    /// How many relations were found.
    package var count: Int { relations.count }

    /// Fits the model. Exponential in the templates in the worst case; with some twenty it is well under a second.
    ///
    /// - Throws: ``NumericsError`` when there is nothing to fit or the eigenvalues don't converge.
    package init(_ training: [CountVector]) throws(NumericsError) {
        matrix = SessionMatrix(training, .counts)
        let (vectors, times) = SessionMatrix.distinct(training)
        rows = vectors.map(matrix.row)
        self.times = times
        let wanted = try relationCount()
        // Templates of the training occur in it, so that no column is all zero.
        var level = matrix.templates.indices.map { [$0] }
        var valid = Set(level)
        while !level.isEmpty, relations.count < wanted {
            let candidates = Self.joined(level)
            for candidate in candidates where Self.parts(candidate).allSatisfy(valid.contains) {
                valid.insert(candidate)
            }
            level = []
            for candidate in candidates where valid.contains(candidate) {
                guard candidate.count == 2 || Self.parts(candidate).allSatisfy(valid.contains) else {
                    valid.remove(candidate)
                    continue
                }
                if let relation = try relation(candidate) {
                    prune(&valid, candidate)
                    relations.append(relation)
                    valid.remove(candidate)
                } else {
                    level.append(candidate)
                }
                if relations.count >= wanted { break }
            }
        }
    }

    /// Whether a session is reported.
    package func isAnomalous(_ session: CountVector) -> Bool {
        let row = matrix.row(session)
        return relations.reduce(0) { $0 + $1.residual(row) } > Self.broken
    }

    /// How many independent relations there are: eigenvectors that nearly all sessions are at right angles to.
    private func relationCount() throws(NumericsError) -> Int {
        let vectors = try SessionMatrix.crossProducts(rows, times: times).symmetricEigen().vectors
        let all = times.reduce(0, +)
        return (0..<vectors.columns).reversed().prefix { column in
            var near = 0.0
            for (row, times) in zip(rows, times) {
                let product = row.indices.reduce(0) { $0 + row[$1] * vectors[$1, column] }
                if product.magnitude < Self.reach { near += times }
            }
            return near / all >= Self.share
        }.count
    }

    private func relation(_ columns: [Int]) throws(NumericsError) -> Relation? {
        let parts = rows.map { row in columns.map { row[$0] } }
        let vectors = try SessionMatrix.crossProducts(parts, times: times).symmetricEigen().vectors
        let vector = columns.indices.map { vectors[$0, columns.count - 1] }
        guard vector.allSatisfy({ $0.magnitude >= Self.leastFactor }),
            let smallest = vector.indices.min(by: { vector[$0].magnitude < vector[$1].magnitude })
        else { return nil }
        let needed = Self.share * times.reduce(0, +)
        for scale in Self.scales {
            var factors = vector.map { ($0 * scale / vector[smallest]).rounded(.toNearestOrEven) }
            factors[smallest] = scale
            guard !factors.contains(0) else { continue }
            let relation = Relation(columns: columns, factors: factors)
            var holds = 0.0
            for (row, times) in zip(rows, times) where relation.residual(row) < Self.zero { holds += times }
            if holds >= needed { return relation }
        }
        return nil
    }

    /// What follows from the new relation and an old one is not looked for.
    private func prune(_ valid: inout Set<[Int]>, _ new: [Int]) {
        for relation in relations {
            let shared = Set(relation.columns).intersection(new)
            let union = Set(relation.columns).union(new)
            for column in shared { valid.remove(union.subtracting([column]).sorted()) }
        }
    }

    private static func joined(_ level: [[Int]]) -> [[Int]] {
        var joined: Set<[Int]> = []
        for (index, first) in level.enumerated() {
            for second in level[(index + 1)...] {
                let union = Set(first).union(second)
                if union.count == first.count + 1 { joined.insert(union.sorted()) }
            }
        }
        return joined.sorted { $0.lexicographicallyPrecedes($1) }
    }

    private static func parts(_ columns: [Int]) -> [[Int]] {
        columns.indices.map { index in columns.enumerated().filter { $0.offset != index }.map(\.element) }
    }
}
