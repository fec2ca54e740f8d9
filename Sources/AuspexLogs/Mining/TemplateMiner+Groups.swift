extension TemplateMiner {
    /// Enters the pattern into its groups; merges the first in which several positions vary together.
    mutating func fillGroups(_ pattern: Pattern, _ node: Int32) -> Int32 {
        for (anchor, key) in pattern.groupKeys {
            if let merged = fillGroup(pattern, node, anchor: anchor, key: key) { return merged }
        }
        return find(node)
    }

    private mutating func fillGroup(_ pattern: Pattern, _ node: Int32, anchor: Int, key: UInt64) -> Int32? {
        // Taken out while it is changed, so that nothing is copied; put back before anything is merged.
        var group = groups.removeValue(forKey: key) ?? PatternGroup()
        let before = group.lastUsed == 0 ? 0 : group.weight
        if group.lastUsed == 0 { group.width = pattern.count }
        group.lastUsed = clock
        guard group.width == pattern.count else {
            // Two skeletons with one hash: as good as never, and then the first has it.
            groups[key] = group
            return nil
        }
        let literals = pattern.literals.filter { $0 != anchor }
        enter(PatternMember(pattern: pattern, node: node), literals, into: &group)
        if let old = explode(pattern, literals, &group) {
            let positions = group.exploded
            indexBytes += group.weight - before
            groups[key] = group
            for member in old {
                let open = positions.filter { member.pattern.elements[$0].context != .key }
                merge([member.node], into: member.pattern.generalised(at: open), for: member.node)
            }
            return find(node)
        }
        let folded = fold(pattern, literals, &group)
        indexBytes += group.weight - before
        groups[key] = group
        guard let (members, positions) = folded ?? Self.product(pattern, literals, group) else { return nil }
        return merge(members.map(\.node), into: pattern.generalised(at: positions), for: node)
    }

    private func enter(_ member: PatternMember, _ literals: [Int], into group: inout PatternGroup) {
        group.add(member)
        group.joined += 1
        // Support decides nothing before so many have joined, and most groups stay smaller.
        if group.joined == MergeThresholds.fold {
            group.distinct = Array(repeating: 0, count: member.pattern.count)
            group.single = group.distinct
            for member in group.members { count(member.pattern, literals, in: &group) }
        } else if group.joined > MergeThresholds.fold {
            count(member.pattern, literals, in: &group)
        }
    }

    private func count(_ pattern: Pattern, _ literals: [Int], in group: inout PatternGroup) {
        for position in literals {
            let value = SymbolHash.place(pattern.elements[position].symbol, at: position)
            let support = group.support[value] ?? 0
            if support == 0 {
                guard group.distinct[position] < MergeThresholds.groupMembers else { continue }
                group.distinct[position] += 1
                group.single[position] += 1
            } else if support == 1 {
                group.single[position] -= 1
            }
            group.support[value] = support &+ 1
        }
    }

    /// Makes positions with very many values variable for the whole group; its members so far, if there are any.
    private func explode(_ pattern: Pattern, _ literals: [Int], _ group: inout PatternGroup) -> [PatternMember]? {
        guard group.joined >= MergeThresholds.explosion else { return nil }
        let new = literals.filter {
            let context = pattern.elements[$0].context
            let needed = context == .first ? MergeThresholds.firstExplosion : MergeThresholds.explosion
            return context != .key && !group.exploded.contains($0) && group.distinct[$0] >= needed
                && 2 * group.single[$0] >= group.distinct[$0]
        }
        // The anchor is a literal as well, and it stays.
        let left = literals.count + 1 - new.count - group.exploded.count
        guard !new.isEmpty, left >= MergeThresholds.explosionAnchors else { return nil }
        group.exploded = (group.exploded + new).sorted()
        defer { group.replaceMembers(with: []) }
        return group.members
    }

    /// The members that agree with `pattern` but for the rare values at several positions, with these positions.
    private func fold(
        _ pattern: Pattern, _ literals: [Int], _ group: inout PatternGroup
    ) -> (members: [PatternMember], positions: [Int])? {
        guard group.joined >= MergeThresholds.fold, let rare = rarePositions(pattern, literals, group) else {
            return nil
        }
        let kept = literals.filter { !rare.contains($0) }
        let isFolded = group.members.map { member in
            kept.allSatisfy { member.pattern.elements[$0].symbol == pattern.elements[$0].symbol }
                && rarePositions(member.pattern, literals, group) == rare
        }
        let members = group.members.indices.filter { isFolded[$0] }.map { group.members[$0] }
        guard members.count >= MergeThresholds.fold else { return nil }
        group.replaceMembers(with: group.members.indices.filter { !isFolded[$0] }.map { group.members[$0] })
        if group.folded.count < MergeThresholds.groupPatterns {
            var symbols = pattern.elements.map(\.symbol)
            for position in rare { symbols[position] = SymbolHash.hole }
            group.folded.append(symbols)
        }
        return (members, rare)
    }

    /// The members that agree with `pattern` but at two positions, which have several values each and most pairs of them:
    /// they vary independently, as values do and words of different messages do not.
    private static func product(
        _ pattern: Pattern, _ literals: [Int], _ group: PatternGroup
    ) -> (members: [PatternMember], positions: [Int])? {
        guard group.joined >= MergeThresholds.productPairs else { return nil }
        // The anchor stays, and so must others.
        guard literals.count - 1 >= MergeThresholds.minimumAnchors else { return nil }
        let open = literals.filter {
            let context = pattern.elements[$0].context
            return context != .key && context != .first
        }
        let recent = group.members.suffix(MergeThresholds.productMembers)
        for (number, first) in open.enumerated() {
            for second in open[(number + 1)...] {
                let others = recent.filter { member in
                    literals.allSatisfy {
                        $0 == first || $0 == second
                            || member.pattern.elements[$0].symbol == pattern.elements[$0].symbol
                    }
                }
                guard others.count >= MergeThresholds.productPairs else { continue }
                let left = Set(others.map { $0.pattern.elements[first].symbol }).count
                let right = Set(others.map { $0.pattern.elements[second].symbol }).count
                let isProduct = Double(others.count) >= MergeThresholds.productShare * Double(left * right)
                if min(left, right) >= MergeThresholds.productValues, isProduct { return (others, [first, second]) }
            }
        }
        return nil
    }

    /// The positions at which a pattern has a value that no other has, where many such values were seen; nil unless
    /// there are at least two and enough other literals are left.
    private func rarePositions(_ pattern: Pattern, _ literals: [Int], _ group: PatternGroup) -> [Int]? {
        let rare = literals.filter { position in
            let value = SymbolHash.place(pattern.elements[position].symbol, at: position)
            return group.single[position] >= MergeThresholds.fold && (group.support[value] ?? 1) <= 1
                && pattern.elements[position].context != .key
        }
        let all = literals.count + 1
        let left = Double(all - rare.count)
        let needed = max(Double(MergeThresholds.minimumAnchors), MergeThresholds.anchorShare * Double(all))
        return rare.count >= 2 && left >= needed ? rare : nil
    }
}
