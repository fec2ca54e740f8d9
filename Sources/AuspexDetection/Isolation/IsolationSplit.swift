/// How a node of an isolation tree parts its windows in two.
protocol IsolationSplit: Sendable {
    /// What is the same in all nodes of a forest.
    associatedtype Style: Sendable

    /// Draws a split of the windows `members`; nil when they cannot be told apart.
    static func draw(
        _ members: ArraySlice<Int>, of windows: WindowFeatures, style: Style, random: inout SeededGenerator
    ) -> Self?

    /// On which side a window falls.
    func isLeft(_ index: Int, of windows: WindowFeatures) -> Bool
}

/// A random value of a random feature, between the least and the largest of the node (Liu, Ting and Zhou 2008).
struct AxisSplit: IsolationSplit {
    struct Style: Sendable {}

    private let column: Int
    private let place: Int
    private let threshold: Double

    static func draw(
        _ members: ArraySlice<Int>, of windows: WindowFeatures, style: Style, random: inout SeededGenerator
    ) -> AxisSplit? {
        // Features are tried in random order until one varies. Most often the first does.
        for _ in 0..<quickTries {
            if let split = draw(members, of: windows, feature: random.below(windows.features), &random) { return split }
        }
        var rest = Array(0..<windows.features)
        while !rest.isEmpty {
            let position = random.below(rest.count)
            if let split = draw(members, of: windows, feature: rest[position], &random) { return split }
            rest.swapAt(position, rest.count - 1)
            rest.removeLast()
        }
        return nil
    }

    func isLeft(_ index: Int, of windows: WindowFeatures) -> Bool {
        windows.columns[column][index + place] < threshold
    }

    private static let quickTries = 3

    private static func draw(
        _ members: ArraySlice<Int>, of windows: WindowFeatures, feature: Int, _ random: inout SeededGenerator
    ) -> AxisSplit? {
        let box = windows.range(of: feature, in: members)
        let (low, high) = (box.lowerBound, box.upperBound)
        guard low < high else { return nil }
        // Neither side may be empty: the least is under the threshold and the largest is not.
        let threshold = low + (1 - random.uniform()) * (high - low)
        return AxisSplit(
            column: feature / windows.window, place: feature % windows.window,
            threshold: threshold > low ? min(threshold, high) : high)
    }
}

/// A hyperplane of random direction through a random point of the node's bounding box (Hariri, Kind and Brunner 2019).
struct PlaneSplit: IsolationSplit {
    struct Style: Sendable {
        /// How many features a direction has, at least 1.
        var features: Int
    }

    private let features: [Int]
    private let weights: [Double]
    private let offset: Double

    static func draw(
        _ members: ArraySlice<Int>, of windows: WindowFeatures, style: Style, random: inout SeededGenerator
    ) -> PlaneSplit? {
        var features = random.sample(style.features, below: windows.features)
        var boxes = features.map { windows.range(of: $0, in: members) }
        if boxes.allSatisfy({ $0.lowerBound == $0.upperBound }) {
            // Draw again, among features that vary.
            let varying = (0..<windows.features).filter {
                let box = windows.range(of: $0, in: members)
                return box.lowerBound < box.upperBound
            }
            guard !varying.isEmpty else { return nil }
            features = random.sample(style.features, below: varying.count).map { varying[$0] }
            boxes = features.map { windows.range(of: $0, in: members) }
        }
        let weights = features.map { _ in random.gaussian() }
        let offset = zip(weights, boxes).reduce(0.0) { sum, pair in
            let (weight, box) = pair
            return sum + weight * (box.lowerBound + random.uniform() * (box.upperBound - box.lowerBound))
        }
        return PlaneSplit(features: features, weights: weights, offset: offset)
    }

    func isLeft(_ index: Int, of windows: WindowFeatures) -> Bool {
        var sum = 0.0
        for place in features.indices { sum += weights[place] * windows[index, features[place]] }
        return sum <= offset
    }
}

extension WindowFeatures {
    /// The least and the largest value of a feature in a node, which is not empty.
    fileprivate func range(of feature: Int, in members: ArraySlice<Int>) -> ClosedRange<Double> {
        var (low, high) = (Double.infinity, -Double.infinity)
        for member in members {
            let value = self[member, feature]
            low = min(low, value)
            high = max(high, value)
        }
        return low...high
    }
}
