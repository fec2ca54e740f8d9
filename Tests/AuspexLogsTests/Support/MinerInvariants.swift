@testable import AuspexLogs

extension TemplateMiner {
    /// What is wrong with the miner's tables; empty when all is well.
    func invariantViolations() -> [String] {
        var violations: [String] = []
        func check(_ condition: Bool, _ message: @autoclosure () -> String) {
            if !condition { violations.append(message()) }
        }
        let roots = nodes.indices.filter { nodes[$0].isLive && nodes[$0].parent == Int32($0) }
        check(roots.count == liveTemplates, "\(liveTemplates) templates counted, \(roots.count) there")
        check(Set(roots.map { nodes[$0].id }).count == roots.count, "two templates have one id")
        check(Set(roots.map { nodes[$0].key }).count == roots.count, "two templates have one pattern")
        for slot in roots {
            let node = nodes[slot]
            check(node.key == node.pattern.key, "template \(slot) has another pattern's hash")
            check(known[node.id.value].map { root(of: $0.node) } == slot, "the id of template \(slot) leads elsewhere")
            check(known[node.key].map { root(of: $0.node) } == slot, "the pattern of template \(slot) leads elsewhere")
            check(node.text == nil || node.text == node.pattern.description, "template \(slot) has an old text")
        }
        for slot in nodes.indices {
            let parent = Int(nodes[slot].parent)
            check(parent == slot || nodes[parent].serial < nodes[slot].serial, "\(slot) was merged into a younger one")
        }
        for slot in freeSlots { check(!nodes[Int(slot)].isLive, "slot \(slot) is free and in use") }
        var references = known.values.map(\.node).filter { $0 >= 0 }
        references += cache.entries.map(\.node).filter { $0 >= 0 }
        references += buckets.values.flatMap { $0.values.map(\.node) }
        references += prefixes.values.flatMap(\.members)
        references += shapes.values.flatMap { $0.recent.map(\.node) }
        references += groups.values.flatMap { $0.members.map(\.node) }
        references += frames.values.map(\.member.node)
        for node in references { check(nodes[root(of: node)].isLive, "a table refers to slot \(node), which is free") }
        var weight = buckets.values.reduce(0) { $0 + $1.weight }
        weight += prefixes.values.reduce(0) { $0 + $1.weight }
        weight += shapes.values.reduce(0) { $0 + $1.weight }
        weight += groups.values.reduce(0) { $0 + $1.weight }
        weight += frames.values.reduce(0) { $0 + $1.weight }
        for group in groups.values {
            let members = group.members.reduce(0) { $0 + $1.weight }
            let folded = group.folded.reduce(0) { $0 + 32 + $1.count * 8 }
            let others = PatternGroup.weight + group.support.count * PatternGroup.supportWeight
            let counts = (group.distinct.count + group.single.count) * 4
            check(group.weight == members + folded + others + counts, "a group weighs something else than its parts")
        }
        check(indexBytes == weight, "the index weighs \(weight), \(indexBytes) counted")
        return violations
    }

    /// Which bounds are passed.
    func passedBounds() -> [String] {
        var passed: [String] = []
        if liveTemplates > configuration.maximumTemplates { passed.append("\(liveTemplates) templates") }
        if nodes.count > 4 * configuration.maximumTemplates + 64 { passed.append("\(nodes.count) slots") }
        if known.count > configuration.rememberedSignatures { passed.append("\(known.count) signatures") }
        if indexBytes > configuration.maximumIndexBytes { passed.append("\(indexBytes) bytes of index") }
        if aliases.count > Self.pendingAliases { passed.append("\(aliases.count) aliases") }
        return passed
    }
}
