extension CutTree {
    /// Writes the tree from its root down: of a branch its cut, of a leaf its point and who shares it. Boxes and counts
    /// follow from these.
    func write(to writer: inout SnapshotWriter) {
        writer.write(count)
        guard root != Self.none else { return }
        var sharing: [Int32: [Int]] = [:]
        for (number, leaf) in leaves { sharing[leaf, default: []].append(number) }
        var open = [root]
        while let node = open.popLast() {
            let current = nodes[Int(node)]
            let isLeaf = current.left == Self.none
            writer.write(isLeaf)
            if isLeaf {
                for feature in 0..<features { writer.write(boxes[base(node) + feature]) }
                let numbers = sharing[node, default: []].sorted()
                writer.write(numbers.count)
                for number in numbers { writer.write(number) }
            } else {
                writer.write(Int(current.feature))
                writer.write(current.value)
                open.append(current.right)
                open.append(current.left)
            }
        }
    }

    /// Builds a tree that goes on exactly as the one that was written.
    ///
    /// - Parameters:
    ///   - features: how many values a point has.
    ///   - numbers: how many points there may be, numbered from 0.
    /// - Throws: ``DetectorError/invalidSnapshot(reason:)``, also for a tree that cannot be.
    init(from reader: inout SnapshotReader, features: Int, numbers: Int) throws(DetectorError) {
        self.init(features: features)
        let count = try reader.readInteger(in: 0...numbers)
        guard count > 0 else { return }
        /// Branches on the way down to the next node, whose children are not all there.
        var open: [Int32] = []
        repeat {
            guard nodes.count < 2 * count else { throw Self.impossible }
            let isLeaf = try reader.readBool()
            let node = isLeaf ? try readLeaf(&reader, count: count) : try readBranch(&reader)
            if let parent = open.last {
                nodes[Int(node)].parent = parent
                if nodes[Int(parent)].left == Self.none {
                    nodes[Int(parent)].left = node
                } else {
                    nodes[Int(parent)].right = node
                }
            } else {
                root = node
            }
            if isLeaf {
                while let branch = open.last, nodes[Int(branch)].right != Self.none {
                    try close(branch)
                    open.removeLast()
                }
            } else {
                open.append(node)
            }
        } while !open.isEmpty
        guard leaves.count == count else { throw Self.impossible }
    }

    private static var impossible: DetectorError { .invalidSnapshot(reason: "a tree of cuts in it cannot be") }

    private mutating func readLeaf(_ reader: inout SnapshotReader, count: Int) throws(DetectorError) -> Int32 {
        var point: [Double] = []
        for _ in 0..<features { point.append(try reader.readDouble()) }
        guard point.allSatisfy(\.isFinite) else { throw Self.impossible }
        let leaf = newNode(point[...])
        let sharing = try reader.readInteger(in: 1...count)
        for _ in 0..<sharing {
            let number = try reader.readInteger(in: 0...count - 1)
            guard leaves.updateValue(leaf, forKey: number) == nil else { throw Self.impossible }
        }
        nodes[Int(leaf)].count = Int32(sharing)
        return leaf
    }

    private mutating func readBranch(_ reader: inout SnapshotReader) throws(DetectorError) -> Int32 {
        let branch = newNode([Double](repeating: 0, count: features)[...])
        nodes[Int(branch)].feature = Int32(try reader.readInteger(in: 0...features - 1))
        nodes[Int(branch)].value = try reader.readDouble()
        return branch
    }

    /// Counts and boxes of a branch whose children have theirs, and whether its cut parts them.
    private mutating func close(_ branch: Int32) throws(DetectorError) {
        let node = nodes[Int(branch)]
        nodes[Int(branch)].count = nodes[Int(node.left)].count + nodes[Int(node.right)].count
        shrinkBox(branch)
        let feature = Int(node.feature)
        guard boxes[base(node.left) + features + feature] <= node.value,
            node.value < boxes[base(node.right) + feature]
        else { throw Self.impossible }
    }
}
