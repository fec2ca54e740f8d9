/// Locally weighted lines through evenly spaced values (Cleveland 1979), as STL uses them.
struct Loess: Sendable {
    /// Shares of the distance at which weights are 0: nearer than the first they are 1, farther than the second 0. Both as
    /// in the authors' programme.
    private static let nearest = 0.001
    private static let farthest = 0.999
    /// Where the nodes spread by less than this share of the series, the line is level.
    private static let smallestSpread = 0.001

    /// How many values a line is drawn through.
    let span: Int
    /// A line is drawn for every so many values; between them values lie on straight lines.
    let jump: Int

    /// One smoothed value for each.
    ///
    /// - Parameters:
    ///   - values: finite.
    ///   - weights: 0 or more, one a value; nil when all weigh the same. Where all are 0 the value stays as it is.
    /// - Complexity: O(n·span/jump).
    func smoothed(_ values: [Double], weights: [Double]?) -> [Double] {
        let count = values.count
        guard count > 1 else { return values }
        var scratch = [Double](repeating: 0, count: count)
        var result = values
        let step = min(jump, count - 1)
        var nodes = 0..<min(span, count)
        for position in stride(from: 0, to: count, by: step) {
            nodes = self.nodes(position, count: count, step: step)
            result[position] = value(at: position, nodes, values, weights, &scratch) ?? values[position]
        }
        guard step > 1 else { return result }
        var last = 0
        while last < count - step {
            Self.interpolate(&result, from: last, to: last + step)
            last += step
        }
        last = (count - 1) / step * step
        if last != count - 1 {
            result[count - 1] = value(at: count - 1, nodes, values, weights, &scratch) ?? values[count - 1]
            Self.interpolate(&result, from: last, to: count - 1)
        }
        return result
    }

    /// The line's value at a position, which may lie one beyond either end; nil when all nodes weigh 0.
    func value(
        at position: Int, _ nodes: Range<Int>, _ values: [Double], _ weights: [Double]?, _ scratch: inout [Double]
    ) -> Double? {
        let count = values.count
        var reach = Double(max(position - nodes.lowerBound, nodes.upperBound - 1 - position))
        if span > count { reach += Double((span - count) / 2) }
        var total = 0.0
        for node in nodes {
            let distance = Double(abs(node - position))
            var weight = 0.0
            if distance <= Self.farthest * reach {
                let share = distance / reach
                let rest = 1 - share * share * share
                weight = distance <= Self.nearest * reach ? 1 : rest * rest * rest
                if let weights { weight *= weights[node] }
            }
            scratch[node] = weight
            total += weight
        }
        guard total > 0 else { return nil }
        var centre = 0.0
        for node in nodes {
            scratch[node] /= total
            centre += scratch[node] * Double(node)
        }
        var spread = 0.0
        for node in nodes { spread += scratch[node] * (Double(node) - centre) * (Double(node) - centre) }
        var slope = 0.0
        if reach > 0, spread.squareRoot() > Self.smallestSpread * Double(count - 1) {
            slope = (Double(position) - centre) / spread
        }
        var sum = 0.0
        for node in nodes { sum += scratch[node] * (slope * (Double(node) - centre) + 1) * values[node] }
        return sum
    }

    /// The values that the line at `position` is drawn through.
    private func nodes(_ position: Int, count: Int, step: Int) -> Range<Int> {
        guard span < count else { return 0..<count }
        // With a jump the authors' programme centres even spans one value further on.
        let half = step == 1 ? (span + 2) / 2 : (span + 1) / 2
        let first = min(max(position + 1 - half, 0), count - span)
        return first..<first + span
    }

    private static func interpolate(_ values: inout [Double], from start: Int, to end: Int) {
        let slope = (values[end] - values[start]) / Double(end - start)
        for place in start + 1..<max(end, start + 1) {
            values[place] = values[start] + slope * Double(place - start)
        }
    }
}
