/// A tree of random cuts through a changing set of points: its shape depends on the points and on chance, and not on the
/// order in which they came (Guha et al. 2016, theorems 1 and 2).
///
/// Points are rows of a flat array that the caller keeps, f values each. Equal points share a leaf. Nodes lie in one array;
/// those that are given free are used again.
struct CutTree: Sendable {
    static let none: Int32 = -1

    struct Node: Sendable {
        var parent = CutTree.none
        /// Children of a branch; none of a leaf.
        var left = CutTree.none
        var right = CutTree.none
        /// The cut of a branch: values up to `value` of `feature` are on the left.
        var feature: Int32 = 0
        var value = 0.0
        /// How many points are under it.
        var count: Int32 = 0
    }

    let features: Int
    var nodes: [Node] = []
    var root = CutTree.none
    private var free: [Int32] = []
    /// The least and the largest value of each feature under each node: node i's are from 2·f·i on.
    var boxes: [Double] = []
    /// Points that are in the tree, by their number, and their leaves.
    var leaves: [Int: Int32] = [:]

    init(features: Int) { self.features = features }

    /// How many points are in it.
    var count: Int { leaves.count }

    /// Takes a point in: it is cut off somewhere on its way down, as if it had been there from the start. O(f·depth).
    ///
    /// - Parameters:
    ///   - number: the caller's number of the point, not yet in the tree.
    ///   - point: its f finite values.
    mutating func insert(_ number: Int, _ point: ArraySlice<Double>, random: inout SeededGenerator) {
        guard root != Self.none else {
            root = newNode(point)
            leaves[number] = root
            return
        }
        if let twin = leaf(of: point) {
            leaves[number] = twin
            addToCounts(from: twin, 1)
            return
        }
        var node = root
        while true {
            let (feature, value) = cut(node, point, random: &random)
            if parts(point, from: node, feature: feature, value: value) {
                let onLeft = point[point.startIndex + feature] <= value
                attach(number, point, above: node, feature: feature, value: value, onLeft: onLeft)
                return
            }
            node = child(of: node, towards: point)
        }
    }

    /// Takes a point out. O(f·depth).
    mutating func forget(_ number: Int) {
        guard let leaf = leaves.removeValue(forKey: number) else { return }
        guard nodes[Int(leaf)].count == 1 else { return addToCounts(from: leaf, -1) }
        let parent = nodes[Int(leaf)].parent
        free.append(leaf)
        guard parent != Self.none else {
            root = Self.none
            return
        }
        let branch = nodes[Int(parent)]
        let sibling = branch.left == leaf ? branch.right : branch.left
        replace(parent, by: sibling)
        free.append(parent)
        addToCounts(from: nodes[Int(sibling)].parent, -1)
        shrinkBoxes(from: nodes[Int(sibling)].parent)
    }

    /// By how much the other points' depths would fall if a point and those around it were gone: the largest ratio, on the
    /// way up, of the points beside to the points under (collusive displacement). 0 when it is alone.
    func displacement(_ number: Int) -> Double {
        guard var node = leaves[number] else { return 0 }
        var most = 0.0
        while nodes[Int(node)].parent != Self.none {
            let parent = nodes[Int(node)].parent
            let under = nodes[Int(node)].count
            most = max(most, Double(nodes[Int(parent)].count - under) / Double(under))
            node = parent
        }
        return most
    }

    /// The displacement of a point that is not in the tree, as if it were put in and taken out again.
    func displacement(of point: ArraySlice<Double>, random: inout SeededGenerator) -> Double {
        guard root != Self.none else { return 0 }
        var most = 0.0
        var node: Int32
        if let twin = leaf(of: point) {
            node = twin
        } else {
            node = root
            while true {
                let (feature, value) = cut(node, point, random: &random)
                if parts(point, from: node, feature: feature, value: value) { break }
                node = child(of: node, towards: point)
            }
            most = Double(nodes[Int(node)].count)
        }
        while nodes[Int(node)].parent != Self.none {
            let parent = nodes[Int(node)].parent
            let under = nodes[Int(node)].count
            most = max(most, Double(nodes[Int(parent)].count - under) / Double(under + 1))
            node = parent
        }
        return most
    }

    /// Whether a cut has the point on one side and all of a node on the other.
    private func parts(_ point: ArraySlice<Double>, from node: Int32, feature: Int, value: Double) -> Bool {
        point[point.startIndex + feature] <= value
            ? value < boxes[base(node) + feature] : value >= boxes[base(node) + features + feature]
    }

    private func child(of node: Int32, towards point: ArraySlice<Double>) -> Int32 {
        let branch = nodes[Int(node)]
        return point[point.startIndex + Int(branch.feature)] <= branch.value ? branch.left : branch.right
    }

    func base(_ node: Int32) -> Int { 2 * features * Int(node) }

    /// A cut through the box of a node with the point in it: each feature by the length that it then has. A cut that does
    /// not part them says nothing about the point.
    private func cut(
        _ node: Int32, _ point: ArraySlice<Double>, random: inout SeededGenerator
    ) -> (feature: Int, value: Double) {
        let start = base(node)
        return boxes.withUnsafeBufferPointer { boxes in
            point.withUnsafeBufferPointer { point in
                var total = 0.0
                for feature in 0..<features {
                    let own = point[feature]
                    total += max(boxes[start + features + feature], own) - min(boxes[start + feature], own)
                }
                var mark = random.uniform() * total
                var last = (feature: 0, value: 0.0)
                for feature in 0..<features {
                    let low = min(boxes[start + feature], point[feature])
                    let length = max(boxes[start + features + feature], point[feature]) - low
                    guard length > 0 else { continue }
                    // Rounding may carry a cut to the upper end, where it would part nothing.
                    last = (feature, min(low + mark, (low + length).nextDown))
                    if mark < length { break }
                    mark -= length
                }
                return last
            }
        }
    }

    mutating func newNode(_ point: ArraySlice<Double>) -> Int32 {
        let index: Int32
        if let used = free.popLast() {
            index = used
            nodes[Int(index)] = Node(count: 1)
        } else {
            index = Int32(nodes.count)
            nodes.append(Node(count: 1))
            boxes += [Double](repeating: 0, count: 2 * features)
        }
        for (feature, value) in point.enumerated() {
            boxes[base(index) + feature] = value
            boxes[base(index) + features + feature] = value
        }
        return index
    }

    private mutating func attach(
        _ number: Int, _ point: ArraySlice<Double>, above node: Int32, feature: Int, value: Double, onLeft: Bool
    ) {
        let leaf = newNode(point)
        leaves[number] = leaf
        let branch = newNode(point)
        replace(node, by: branch)
        nodes[Int(branch)].feature = Int32(feature)
        nodes[Int(branch)].value = value
        nodes[Int(branch)].left = onLeft ? leaf : node
        nodes[Int(branch)].right = onLeft ? node : leaf
        nodes[Int(branch)].count = nodes[Int(node)].count
        nodes[Int(leaf)].parent = branch
        nodes[Int(node)].parent = branch
        for place in 0..<2 * features { boxes[base(branch) + place] = boxes[base(node) + place] }
        addToCounts(from: branch, 1)
        var above = branch
        while above != Self.none {
            for (feature, value) in point.enumerated() {
                boxes[base(above) + feature] = min(boxes[base(above) + feature], value)
                boxes[base(above) + features + feature] = max(boxes[base(above) + features + feature], value)
            }
            above = nodes[Int(above)].parent
        }
    }

    /// Puts a node in another's place under its parent.
    private mutating func replace(_ node: Int32, by other: Int32) {
        let parent = nodes[Int(node)].parent
        nodes[Int(other)].parent = parent
        if parent == Self.none {
            root = other
        } else if nodes[Int(parent)].left == node {
            nodes[Int(parent)].left = other
        } else {
            nodes[Int(parent)].right = other
        }
    }

    private mutating func addToCounts(from node: Int32, _ change: Int32) {
        var node = node
        while node != Self.none {
            nodes[Int(node)].count += change
            node = nodes[Int(node)].parent
        }
    }

    private mutating func shrinkBoxes(from node: Int32) {
        var node = node
        while node != Self.none {
            shrinkBox(node)
            node = nodes[Int(node)].parent
        }
    }

    /// Makes a branch's box just hold those of its children.
    mutating func shrinkBox(_ node: Int32) {
        let (left, right) = (base(nodes[Int(node)].left), base(nodes[Int(node)].right))
        for feature in 0..<features {
            boxes[base(node) + feature] = min(boxes[left + feature], boxes[right + feature])
            boxes[base(node) + features + feature] = max(
                boxes[left + features + feature], boxes[right + features + feature])
        }
    }

    /// The leaf of an equal point, if there is one.
    private func leaf(of point: ArraySlice<Double>) -> Int32? {
        var node = root
        while nodes[Int(node)].left != Self.none {
            node = child(of: node, towards: point)
        }
        let start = base(node)
        return boxes[start..<start + features].elementsEqual(point) ? node : nil
    }

    /// For tests: what must hold of every node, in words; nil when it does.
    func violation(_ points: [Int: [Double]]) -> String? {
        guard root != Self.none else { return points.isEmpty ? nil : "points are missing" }
        guard Set(points.keys) == Set(leaves.keys) else { return "other points are in the tree" }
        func check(_ node: Int32, _ under: [[Double]]) -> String? {
            let current = nodes[Int(node)]
            if Int(current.count) != under.count { return "a count is \(current.count) and should be \(under.count)" }
            for feature in 0..<features {
                let values = under.map { $0[feature] }
                if boxes[base(node) + feature] != values.min() || boxes[base(node) + features + feature] != values.max()
                {
                    return "a box is wrong"
                }
            }
            guard current.left != Self.none else { return Set(under).count == 1 ? nil : "a leaf has different points" }
            if nodes[Int(current.left)].parent != node || nodes[Int(current.right)].parent != node {
                return "a child does not know its parent"
            }
            let left = under.filter { $0[Int(current.feature)] <= current.value }
            let right = under.filter { $0[Int(current.feature)] > current.value }
            if left.isEmpty || right.isEmpty { return "a cut parts nothing" }
            return check(current.left, left) ?? check(current.right, right)
        }
        return check(root, Array(points.values))
    }
}
