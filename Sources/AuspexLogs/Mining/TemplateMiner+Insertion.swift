import AuspexSignals

extension TemplateMiner {
    /// The node of `pattern`, made and merged as needed. `isMerged` tells that the pattern is the outcome of a merge.
    mutating func insert(_ pattern: Pattern, isMerged: Bool) -> Int32 {
        let pattern = canonical(pattern)
        let key = pattern.key
        if let node = knownNode(key) {
            noteKinds(of: pattern, key: key, at: node)
            return node
        }
        let node = makeNode(pattern, key: key)
        guard !isFrozen else { return node }
        return fillFrame(pattern, node)
            ?? fillHoles(pattern, node)
            ?? fillPrefixes(pattern, node)
            ?? fillGroups(pattern, fillShape(pattern, node, isMerged: isMerged))
    }

    mutating func knownNode(_ key: UInt64) -> Int32? {
        guard let entry = known[key], entry.node >= 0 else { return nil }
        known[key]?.lastUsed = clock
        return find(entry.node)
    }

    /// Makes the class of a variable general when this line's differs.
    private mutating func noteKinds(of pattern: Pattern, key: UInt64, at node: Int32) {
        let slot = Int(node)
        guard !isFrozen, nodes[slot].key == key, nodes[slot].pattern.count == pattern.count else { return }
        for position in pattern.elements.indices where pattern.elements[position].isVariable {
            let old = nodes[slot].pattern.elements[position].kind
            let new = pattern.elements[position].kind
            guard old != new, old != .text, new != .empty else { continue }
            nodes[slot].pattern.elements[position].kind = .text
            if old.changesText { noteChange(of: node) }
        }
    }

    mutating func noteChange(of node: Int32) {
        nodes[Int(node)].text = nil
        guard nodes[Int(node)].count > 0 else { return }
        nodes[Int(node)].version += 1
        changedNode = node
    }

    /// A node for a pattern that has none, under the id that the pattern had before it was evicted, if it was.
    private mutating func makeNode(_ pattern: Pattern, key: UInt64) -> Int32 {
        let retired = known[key]
        var id = retired?.id ?? TemplateID(key)
        // A template that was evicted after merges may come back in two of its forms; the second is one of its own.
        if let entry = known[id.value], entry.node >= 0 { id = TemplateID(key) }
        let slot = freeSlots.popLast() ?? Int32(nodes.count)
        let node = MinerNode(
            parent: slot, serial: nextSerial, id: id, version: retired?.version ?? 1, pattern: pattern, key: key,
            text: nil, count: 0, firstLine: lineCount, lastLine: lineCount, firstTime: nil, lastTime: nil, example: [],
            isRevived: retired != nil, isLive: true)
        if Int(slot) == nodes.count { nodes.append(node) } else { nodes[Int(slot)] = node }
        nextSerial += 1
        freeText.noteTemplate()
        liveTemplates += 1
        let entry = KnownSignature(node: slot, id: id, version: 1, lastUsed: clock)
        known[key] = entry
        known[id.value] = entry
        return slot
    }

    // MARK: The same frame

    /// Enters the pattern under its frame; merges it with the one that is there and differs from it.
    private mutating func fillFrame(_ pattern: Pattern, _ node: Int32) -> Int32? {
        guard let frame = PatternFrame(pattern) else { return nil }
        let entry = FrameEntry(member: PatternMember(pattern: pattern, node: node), lastUsed: clock)
        guard let old = frames[frame.key], let oldFrame = PatternFrame(old.member.pattern), oldFrame.key == frame.key,
            let general = old.member.pattern.joined(oldFrame, with: pattern, frame)
        else {
            indexBytes += entry.weight - (frames[frame.key]?.weight ?? 0)
            frames[frame.key] = entry
            return nil
        }
        guard general.isSame(as: pattern) else { return merge([old.member.node], into: general, for: node) }
        indexBytes += entry.weight - old.weight
        frames[frame.key] = entry
        if find(old.member.node) != find(node) { _ = unite([old.member.node, node], keeping: find(node)) }
        return nil
    }

    // MARK: One position

    /// Enters the pattern, as it is and without its phrases, into the bucket of each of its positions; merges the first
    /// that has enough different values.
    private mutating func fillHoles(_ pattern: Pattern, _ node: Int32) -> Int32? {
        if let merged = fillHoles(ofPattern: pattern, node) { return merged }
        return pattern.withoutPhrases.flatMap { fillHoles(ofPattern: $0, node, literalsOnly: true) }
    }

    private mutating func fillHoles(ofPattern pattern: Pattern, _ node: Int32, literalsOnly: Bool = false) -> Int32? {
        for (position, holeKey) in pattern.holes(key: pattern.key) {
            let element = pattern.elements[position]
            if literalsOnly, element.isVariable { continue }
            let value = HoleBucket.Value(
                symbol: element.symbol, node: node, stem: element.kind == .weakLiteral ? pattern.stem(position) : 0,
                isName: !element.isVariable && pattern.isName(position))
            let values = enter(value, into: holeKey)
            guard !values.isEmpty, isVariable(pattern, position, values, value) else { continue }
            buckets[holeKey] = HoleBucket(isCollapsed: true, lastUsed: clock)
            indexBytes -= values.count * HoleBucket.valueWeight
            return merge(
                values.map(\.node), into: pattern.generalised(at: CollectionOfOne(position)), for: node)
        }
        return nil
    }

    /// Adds a value to a bucket, in the place of an equal one; all values then, none if the bucket has collapsed.
    private mutating func enter(_ value: HoleBucket.Value, into key: UInt64) -> [HoleBucket.Value] {
        func change(_ bucket: inout HoleBucket) -> Int {
            let isFirst = bucket.lastUsed == 0
            bucket.lastUsed = clock
            guard !bucket.isCollapsed else { return 0 }
            if let index = bucket.values.firstIndex(where: { $0.symbol == value.symbol }) {
                bucket.values[index] = value
                return 0
            }
            bucket.values.append(value)
            return HoleBucket.valueWeight + (isFirst ? HoleBucket.weight : 0)
        }
        indexBytes += change(&buckets[key, default: HoleBucket()])
        return buckets[key]?.values ?? []
    }

    /// Whether a position has shown enough different values to be a variable.
    private mutating func isVariable(
        _ pattern: Pattern, _ position: Int, _ values: [HoleBucket.Value], _ new: HoleBucket.Value
    ) -> Bool {
        if values.count >= threshold(pattern, position, values, new) { return true }
        guard new.stem != 0, values.count >= MergeThresholds.sameStem else { return false }
        return values.count { $0.stem == new.stem } >= MergeThresholds.sameStem
    }

    private mutating func threshold(
        _ pattern: Pattern, _ position: Int, _ values: [HoleBucket.Value], _ new: HoleBucket.Value
    ) -> Int {
        let context = pattern.elements[position].context
        if let variable = values.first(where: { $0.symbol == SymbolHash.variable }) {
            let lines = nodes[Int(find(variable.node))].count
            if context != .first || lines >= MergeThresholds.establishedVariable {
                return MergeThresholds.besideVariable
            }
        }
        let words = pattern.otherWords(than: position)
        let usual =
            switch context {
            case .word: wordThreshold(pattern, position, words)
            case .key: words > 0 ? MergeThresholds.word : MergeThresholds.onlyWord
            case .value: MergeThresholds.value
            case .quoted: MergeThresholds.quoted
            case .unit: MergeThresholds.unit
            case .cue: MergeThresholds.cue
            case .preposition:
                words < MergeThresholds.sentence
                    ? MergeThresholds.preposition
                    : words < MergeThresholds.longSentence
                        ? MergeThresholds.prepositionInSentence : MergeThresholds.prepositionInLongSentence
            case .first: words < MergeThresholds.sentence ? MergeThresholds.first : MergeThresholds.firstOfSentence
            case .variable, .punctuation: MergeThresholds.besideVariable
            }
        let areNames = new.isName && words >= MergeThresholds.wordsAroundName
        return areNames && values.count(where: \.isName) >= MergeThresholds.name
            ? min(usual, MergeThresholds.name) : usual
    }

    private func wordThreshold(_ pattern: Pattern, _ position: Int, _ words: Int) -> Int {
        guard words > 0 else { return MergeThresholds.onlyWord }
        return words >= MergeThresholds.sentence && pattern.isBracketed(position)
            ? MergeThresholds.bracketed : MergeThresholds.word
    }

    // MARK: The rest of the line

    private mutating func fillPrefixes(_ pattern: Pattern, _ node: Int32) -> Int32? {
        for (length, key, hasEnding) in pattern.prefixes {
            var bucket = prefixes.removeValue(forKey: key) ?? PrefixBucket()
            let isFull = bucket.isCollapsed || bucket.members.count >= MergeThresholds.prefixCapacity
            if bucket.lastUsed == 0 { indexBytes += PrefixBucket.weight }
            bucket.lastUsed = clock
            if !isFull {
                bucket.members.append(node)
                bucket.lengths.insert(pattern.count)
                bucket.continuations.insert(pattern.continuation(after: length))
                if hasEnding {
                    bucket.endings.insert(pattern.key)
                    bucket.endingLengths.insert(pattern.count)
                }
                indexBytes += PrefixBucket.memberWeight
            }
            guard !isFull, isFreeText(bucket) else {
                prefixes[key] = bucket
                continue
            }
            prefixes[key] = PrefixBucket(isCollapsed: true, lastUsed: clock)
            indexBytes -= bucket.members.count * PrefixBucket.memberWeight
            return merge(bucket.members, into: pattern.cut(at: length), for: node)
        }
        return nil
    }

    /// Whether what follows the beginning is free text: a few messages of other programs, of several lengths, behind a
    /// sentence and its colon; or many patterns of several lengths, half of them seen once and half of them different
    /// in their next few elements.
    private mutating func isFreeText(_ bucket: PrefixBucket) -> Bool {
        let lengths = bucket.endingLengths.count
        if bucket.endings.count >= MergeThresholds.endings, lengths >= MergeThresholds.endingLengths { return true }
        let count = bucket.members.count
        guard count >= MergeThresholds.prefixMembers, bucket.lengths.count >= MergeThresholds.prefixLengths,
            2 * bucket.continuations.count >= count
        else { return false }
        var seenOnce = 0
        for member in bucket.members where nodes[Int(find(member))].count <= 1 { seenOnce += 1 }
        return 2 * seenOnce >= count
    }

    // MARK: The same shape

    /// Remembers the pattern under its shape; a merged pattern takes in those that it subsumes. The node that stands
    /// for the pattern then.
    private mutating func fillShape(_ pattern: Pattern, _ node: Int32, isMerged: Bool) -> Int32 {
        let key = pattern.shapeKey
        var node = node
        if isMerged {
            withShape(key) { miner, shape in miner.addMerged(pattern, to: &shape) }
            let taken = takeSubsumed(by: pattern, key)
            if !taken.isEmpty { node = unite(taken + [node], keeping: find(node)) }
        }
        let member = PatternMember(pattern: pattern, node: node)
        withShape(key) { miner, shape in miner.addRecent(member, to: &shape) }
        return node
    }

    /// Adds a pattern to the latest of a shape, unless it is there.
    mutating func addRecent(_ member: PatternMember, to shape: inout PatternShape) {
        guard !shape.recent.contains(where: { $0.pattern.isSame(as: member.pattern) }) else { return }
        shape.recent.append(member)
        indexBytes += member.weight
        if shape.recent.count > MergeThresholds.groupMembers { indexBytes -= shape.recent.removeFirst().weight }
    }

    /// Removes the recent patterns of a shape that `pattern` subsumes; their nodes.
    mutating func takeSubsumed(by pattern: Pattern, _ key: UInt64) -> [Int32] {
        var taken: [Int32] = []
        withShape(key) { miner, shape in
            var kept: [PatternMember] = []
            for member in shape.recent {
                if pattern.subsumes(member.pattern), !pattern.isSame(as: member.pattern) {
                    taken.append(member.node)
                    miner.indexBytes -= member.weight
                } else {
                    kept.append(member)
                }
            }
            if !taken.isEmpty { shape.recent = kept }
        }
        return taken
    }

    /// Changes a shape in place: it is out of the table meanwhile, so that nothing is copied.
    mutating func withShape(_ key: UInt64, _ change: (inout TemplateMiner, inout PatternShape) -> Void) {
        var shape = shapes.removeValue(forKey: key) ?? PatternShape()
        if shape.lastUsed == 0 { indexBytes += PatternShape.weight }
        shape.lastUsed = clock
        change(&self, &shape)
        shapes[key] = shape
    }

    mutating func addMerged(_ pattern: Pattern, to shape: inout PatternShape) {
        guard !shape.merged.contains(where: { $0.isSame(as: pattern) }) else { return }
        shape.merged.append(pattern)
        indexBytes += pattern.weight
        if shape.merged.count > MergeThresholds.groupMembers { indexBytes -= shape.merged.removeFirst().weight }
    }
}
