extension TemplateMiner {
    /// Merges `members` and `node` into the node of `pattern`, which is more general than all of them.
    @discardableResult
    mutating func merge(_ members: [Int32], into pattern: Pattern, for node: Int32) -> Int32 {
        let general = insert(pattern, isMerged: true)
        return unite(members + [general, node], keeping: general)
    }

    /// Makes one node of all `members`: the oldest survives, with the pattern of `keeping`, made more general where a
    /// member had been made so by another merge. The survivor.
    mutating func unite(_ members: [Int32], keeping: Int32) -> Int32 {
        var roots: [Int32] = []
        for member in members {
            let root = find(member)
            if !roots.contains(root) { roots.append(root) }
        }
        var pattern = nodes[Int(find(keeping))].pattern
        generalise(&pattern, overAll: &roots)
        guard let survivor = roots.min(by: { nodes[Int($0)].serial < nodes[Int($1)].serial }) else { return keeping }
        for root in roots where root != survivor { absorb(root, into: survivor) }
        withShape(pattern.shapeKey) { miner, shape in
            miner.addMerged(pattern, to: &shape)
            miner.addRecent(PatternMember(pattern: pattern, node: survivor), to: &shape)
        }
        let slot = Int(survivor)
        if nodes[slot].pattern != pattern {
            let isVisible = nodes[slot].pattern.description != pattern.description
            nodes[slot].pattern = pattern
            nodes[slot].key = pattern.key
            if isVisible { noteChange(of: survivor) }
        }
        known[nodes[slot].key] = KnownSignature(node: survivor, id: nodes[slot].id, version: 1, lastUsed: clock)
        return survivor
    }

    /// Makes `pattern` so general that it stands for the patterns of all `roots`, as far as they have the same form,
    /// and adds the node that has that pattern already.
    private mutating func generalise(_ pattern: inout Pattern, overAll roots: inout [Int32]) {
        var index = 0
        while index < roots.count || takeSubsumed(by: pattern, into: &roots) {
            let other = nodes[Int(roots[index])].pattern
            if let positions = Self.differences(pattern, other), !positions.isEmpty {
                pattern = pattern.generalised(at: positions)
                if let node = knownNode(pattern.key), !roots.contains(node) { roots.append(node) }
            }
            index += 1
        }
    }

    /// Adds the nodes of the recent patterns that the pattern subsumes; whether there are any.
    private mutating func takeSubsumed(by pattern: Pattern, into roots: inout [Int32]) -> Bool {
        let before = roots.count
        for node in takeSubsumed(by: pattern, pattern.shapeKey) {
            let root = find(node)
            if !roots.contains(root) { roots.append(root) }
        }
        return roots.count > before
    }

    /// The literals of `pattern` where `other`, of the same shape, has something else; nil if the shapes differ.
    private static func differences(_ pattern: Pattern, _ other: Pattern) -> [Int]? {
        guard pattern.count == other.count else { return nil }
        var positions: [Int] = []
        for position in pattern.elements.indices {
            let (left, right) = (pattern.elements[position], other.elements[position])
            if left.symbol == right.symbol { continue }
            if left.context == .punctuation || right.context == .punctuation { return nil }
            if !left.isVariable { positions.append(position) }
        }
        return positions
    }

    private mutating func absorb(_ merged: Int32, into survivor: Int32) {
        let old = nodes[Int(merged)]
        let slot = Int(survivor)
        nodes[Int(merged)].parent = survivor
        nodes[Int(merged)].text = nil
        nodes[Int(merged)].example = []
        liveTemplates -= 1
        if old.count > 0 {
            if nodes[slot].count == 0 {
                nodes[slot].firstLine = old.firstLine
                nodes[slot].example = old.example
            }
            nodes[slot].firstLine = min(nodes[slot].firstLine, old.firstLine)
            nodes[slot].lastLine = max(nodes[slot].lastLine, old.lastLine)
            nodes[slot].count += old.count
            if let time = old.firstTime { nodes[slot].firstTime = min(nodes[slot].firstTime ?? time, time) }
            if let time = old.lastTime { nodes[slot].lastTime = max(nodes[slot].lastTime ?? time, time) }
            aliases.append(TemplateAlias(old: old.id, new: nodes[slot].id))
            if aliases.count > Self.pendingAliases {
                aliases.removeFirst(aliases.count - Self.pendingAliases / 2)
                droppedAliases += UInt64(Self.pendingAliases / 2 + 1)
            }
        }
    }
}
