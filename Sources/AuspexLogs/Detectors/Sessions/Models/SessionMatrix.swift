import AuspexNumerics

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Sessions as rows of numbers, one column for each template of the training, in the order in which they first came; as
/// loglizer's feature extractor makes them. Templates that training did not have are left out.
struct SessionMatrix: Sendable {
    /// How counts are weighted.
    enum Weighting: Sendable {
        /// As they are.
        case counts
        /// Times ln(n / sessions that have the template).
        case inverseFrequency
    }

    /// loglizer's guard against a division by zero.
    private static let guardTerm = 1e-8

    let templates: [TemplateID]
    private let weights: [Double]

    init(_ training: [CountVector], _ weighting: Weighting) {
        var seen: Set<TemplateID> = []
        var order: [TemplateID] = []
        for vector in training {
            for template in vector.templates where seen.insert(template).inserted { order.append(template) }
        }
        templates = order
        switch weighting {
        case .counts: weights = Array(repeating: 1, count: order.count)
        case .inverseFrequency:
            var having: [TemplateID: Int] = [:]
            for vector in training { for template in vector.templates { having[template, default: 0] += 1 } }
            weights = order.map { template in
                log(Double(training.count) / (Double(having[template] ?? 0) + Self.guardTerm))
            }
        }
    }

    /// The row of a session.
    func row(_ vector: CountVector) -> [Double] {
        zip(templates, weights).map { Double(vector[$0]) * $1 }
    }

    /// Σ w·x xᵀ over rows that occur w times.
    static func crossProducts(_ rows: [[Double]], times: [Double]) -> Matrix<Double> {
        let width = rows.first?.count ?? 0
        var products = Matrix<Double>(rows: width, columns: width)
        for (row, times) in zip(rows, times) {
            for first in 0..<width where row[first] != 0 {
                for second in 0..<width { products[second, first] += times * row[first] * row[second] }
            }
        }
        return products
    }

    /// Each different vector once, in the order of first sight, and how often it is there.
    static func distinct(_ vectors: [CountVector]) -> (vectors: [CountVector], times: [Double]) {
        var places: [CountVector: Int] = [:]
        var distinct: [CountVector] = []
        var times: [Double] = []
        for vector in vectors {
            if let place = places[vector] {
                times[place] += 1
            } else {
                places[vector] = distinct.count
                distinct.append(vector)
                times.append(1)
            }
        }
        return (distinct, times)
    }
}
