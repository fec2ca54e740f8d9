/// Sessions that are far from all clusters of sessions (LogCluster: Lin et al. 2016), as loglizer has it: the first
/// thousand sessions are clustered hierarchically, the rest join the nearest cluster or found one. A model for comparison,
/// fitted once.
package struct SessionClusters: Sendable {
    /// The largest cosine distance within a cluster, and from one.
    private static let reach = 0.3
    /// Sessions that are clustered hierarchically.
    private static let bootstrap = 1_000
    /// loglizer's guard against a division by zero; distances below it are none.
    private static let guardTerm = 1e-8

    private let matrix: SessionMatrix
    private var centres: [[Double]] = []
    private var sizes: [Double] = []

    /// Fits the model. O(distinct³) for those that are clustered hierarchically, and
    /// sessions × clusters × templates for the others.
    ///
    /// - Parameters:
    ///   - training: normal sessions.
    ///   - all: sessions of which templates and their weights are taken. Where every one of them has the same templates,
    ///     these weigh nothing, and sessions that have no others are far from everything.
    package init(_ training: [CountVector], weightedBy all: [CountVector]) {
        matrix = SessionMatrix(all, .inverseFrequency)
        let (vectors, times) = SessionMatrix.distinct(Array(training.prefix(Self.bootstrap)))
        cluster(vectors.map(matrix.row), times)
        for vector in training.dropFirst(Self.bootstrap) { join(matrix.row(vector)) }
    }

    /// The distance of a session to the nearest cluster.
    package func distance(of session: CountVector) -> Double { nearest(matrix.row(session)).distance }

    /// Whether a session is reported.
    package func isAnomalous(_ session: CountVector) -> Bool { distance(of: session) > Self.reach }

    /// Complete linkage up to the reach. Equal rows are one from the beginning.
    private mutating func cluster(_ rows: [[Double]], _ times: [Double]) {
        var clusters = rows.indices.map { [$0] }
        var distances = rows.map { row in rows.map { Self.distance(row, $0) } }
        while clusters.count > 1 {
            var best = (distance: Double.infinity, first: 0, second: 0)
            for first in clusters.indices {
                for second in clusters.indices.dropFirst(first + 1) where distances[first][second] < best.distance {
                    best = (distances[first][second], first, second)
                }
            }
            guard best.distance <= Self.reach else { break }
            for other in clusters.indices {
                let farther = max(distances[best.first][other], distances[best.second][other])
                distances[best.first][other] = farther
                distances[other][best.first] = farther
            }
            clusters[best.first] += clusters.remove(at: best.second)
            distances.remove(at: best.second)
            for index in distances.indices { distances[index].remove(at: best.second) }
        }
        for members in clusters {
            let size = members.reduce(0) { $0 + times[$1] }
            centres.append(
                matrix.templates.indices.map { column in
                    members.reduce(0) { $0 + rows[$1][column] * times[$1] } / size
                })
            sizes.append(size)
        }
    }

    private mutating func join(_ row: [Double]) {
        let (distance, index) = nearest(row)
        if let index, distance <= Self.reach {
            sizes[index] += 1
            for column in row.indices {
                centres[index][column] += (row[column] - centres[index][column]) / sizes[index]
            }
        } else {
            centres.append(row)
            sizes.append(1)
        }
    }

    private func nearest(_ row: [Double]) -> (distance: Double, index: Int?) {
        var best: (distance: Double, index: Int?) = (.infinity, nil)
        for (index, centre) in centres.enumerated() {
            let distance = Self.distance(row, centre)
            if distance < best.distance { best = (distance, index) }
            if distance == 0 { break }
        }
        return best
    }

    private static func distance(_ left: [Double], _ right: [Double]) -> Double {
        var (product, leftSquare, rightSquare) = (0.0, 0.0, 0.0)
        for (a, b) in zip(left, right) {
            product += a * b
            leftSquare += a * a
            rightSquare += b * b
        }
        let distance = 1 - product / (leftSquare.squareRoot() * rightSquare.squareRoot() + guardTerm)
        return distance < guardTerm ? 0 : distance
    }
}
