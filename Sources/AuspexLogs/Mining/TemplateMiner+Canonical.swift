extension TemplateMiner {
    /// The most general form that the merges so far give to `pattern`. Each step makes it shorter or more general, so
    /// it ends.
    mutating func canonical(_ pattern: Pattern) -> Pattern {
        var pattern = pattern
        while let next = generalised(pattern) { pattern = next }
        return pattern
    }

    /// One step: by a beginning that free text follows, by a frame, by a position that has become variable, by a group, by a
    /// merged pattern of the same shape. Nil when none applies.
    private mutating func generalised(_ pattern: Pattern) -> Pattern? {
        byPrefix(pattern) ?? byFrame(pattern) ?? byBucket(pattern) ?? byGroup(pattern) ?? byShape(pattern)
    }

    private mutating func byPrefix(_ pattern: Pattern) -> Pattern? {
        guard !prefixes.isEmpty, pattern.elements.last?.kind != .rest else { return nil }
        for (length, key, _) in pattern.prefixes where prefixes[key]?.isCollapsed == true {
            prefixes[key]?.lastUsed = clock
            return pattern.cut(at: length)
        }
        return nil
    }

    /// The pattern that stands for the frame, or for the frame with one word less where that pattern has a variable.
    private mutating func byFrame(_ pattern: Pattern) -> Pattern? {
        guard !frames.isEmpty else { return nil }
        var roles = FrameRoles(pattern)
        if let general = general(pattern, roles, open: nil) { return general }
        var opened = 0
        for position in pattern.elements.indices where roles.isWord(position) {
            opened += 1
            guard opened <= MergeThresholds.positions else { break }
            roles.open(position)
            if let general = general(pattern, roles, open: position) { return general }
        }
        return nil
    }

    /// The pattern under a frame, if it stands for `pattern` already and is not the same.
    private mutating func general(_ pattern: Pattern, _ roles: FrameRoles, open: Int?) -> Pattern? {
        guard let key = roles.key, let entry = frames[key], !entry.member.pattern.isSame(as: pattern),
            let frameOfEntry = PatternFrame(entry.member.pattern), frameOfEntry.key == key,
            let joined = entry.member.pattern.joined(frameOfEntry, with: pattern, PatternFrame(roles, key: key)),
            joined.isSame(as: entry.member.pattern)
        else { return nil }
        if let open, pattern.elements[open].context == .first,
            nodes[Int(find(entry.member.node))].count < MergeThresholds.establishedVariable
        {
            return nil
        }
        frames[key]?.lastUsed = clock
        return entry.member.pattern
    }

    private mutating func byBucket(_ pattern: Pattern) -> Pattern? {
        if let general = byBucket(ofPattern: pattern) { return general }
        return pattern.withoutPhrases.flatMap { byBucket(ofPattern: $0) }
    }

    private mutating func byBucket(ofPattern pattern: Pattern) -> Pattern? {
        for (position, key) in pattern.holes(key: pattern.key) where !pattern.elements[position].isVariable {
            guard buckets[key]?.isCollapsed == true else { continue }
            buckets[key]?.lastUsed = clock
            return pattern.generalised(at: CollectionOfOne(position))
        }
        return nil
    }

    private mutating func byGroup(_ pattern: Pattern) -> Pattern? {
        for (_, key) in pattern.groupKeys {
            guard let group = groups[key], group.width == pattern.count,
                !group.exploded.isEmpty || !group.folded.isEmpty
            else { continue }
            let exploded = group.exploded.filter { pattern.elements[$0].context != .key }
            if !exploded.isEmpty {
                groups[key]?.lastUsed = clock
                return pattern.generalised(at: exploded)
            }
            for folded in group.folded where Self.matches(folded, pattern) {
                groups[key]?.lastUsed = clock
                return pattern.generalised(at: folded.indices.filter { folded[$0] == SymbolHash.hole })
            }
        }
        return nil
    }

    private static func matches(_ folded: [UInt64], _ pattern: Pattern) -> Bool {
        guard folded.count == pattern.count else { return false }
        return folded.indices.allSatisfy {
            folded[$0] == SymbolHash.hole || folded[$0] == pattern.elements[$0].symbol
        }
    }

    private mutating func byShape(_ pattern: Pattern) -> Pattern? {
        let key = pattern.shapeKey
        guard let merged = shapes[key]?.merged, !merged.isEmpty else { return nil }
        for general in merged where general.subsumes(pattern) && !general.isSame(as: pattern) {
            shapes[key]?.lastUsed = clock
            return pattern.generalised(
                at: pattern.elements.indices.filter {
                    general.elements[$0].isVariable && !pattern.elements[$0].isVariable
                })
        }
        return nil
    }
}
