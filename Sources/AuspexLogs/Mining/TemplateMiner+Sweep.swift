import AuspexSignals

extension TemplateMiner {
    /// What a sweep leaves of a bound that was passed: seven eighths, so that the next one is an eighth away.
    private static func kept(of bound: Int) -> Int { bound - max(1, bound / 8) }

    /// Slots in use, those of merged templates included, before they are tidied up.
    private var slotBound: Int { 4 * configuration.maximumTemplates }

    /// Brings the miner back within its bounds. Costs time in proportion to what is kept, once per eighth of a bound.
    mutating func sweepIfNeeded() {
        guard
            liveTemplates > configuration.maximumTemplates || nodes.count - freeSlots.count > slotBound
                || known.count > configuration.rememberedSignatures || indexBytes > configuration.maximumIndexBytes
        else { return }
        retireTemplates()
        tidyReferences()
        shrinkIndex()
        freeSlotsOfMerged()
        shrinkKnown()
    }

    /// Marks the templates to evict as no longer live: those seen once before those seen more often, and among them
    /// those that were seen longest ago. A flood of lines that never come back thus drives out itself.
    private mutating func retireTemplates() {
        guard liveTemplates > configuration.maximumTemplates else { return }
        // Not the one that this line has just made.
        let candidates = nodes.indices
            .filter { nodes[$0].isLive && nodes[$0].parent == Int32($0) && nodes[$0].lastLine != lineCount }
            .sorted { left, right in
                let (first, second) = (nodes[left], nodes[right])
                return (first.count > 1 ? 1 : 0, first.lastLine, first.serial)
                    < (second.count > 1 ? 1 : 0, second.lastLine, second.serial)
            }
        let excess = liveTemplates - Self.kept(of: configuration.maximumTemplates)
        let oldest = lineCount - min(lineCount, UInt64(FreeText.shortLife * configuration.maximumTemplates))
        freeText.noteEvicted(candidates.prefix(excess).count { nodes[$0].count == 1 && nodes[$0].firstLine >= oldest })
        for slot in candidates.prefix(excess) {
            nodes[slot].isLive = false
            evictedTemplates += 1
        }
        liveTemplates -= min(excess, candidates.count)
    }

    /// Makes every table refer to surviving nodes only, and forgets what belonged to evicted ones.
    private mutating func tidyReferences() {
        let renamed: [Int32?] = nodes.indices.map { slot in
            let root = root(of: Int32(slot))
            return nodes[root].isLive ? Int32(root) : nil
        }
        let versions = nodes.indices.map { nodes[root(of: Int32($0))].version }
        let ids = nodes.indices.map { nodes[root(of: Int32($0))].id }
        known = known.mapValues { entry in
            guard entry.node >= 0 else { return entry }
            var entry = entry
            let slot = Int(entry.node)
            (entry.node, entry.id, entry.version) = (renamed[slot] ?? -1, ids[slot], versions[slot])
            return entry
        }
        cache.rename { renamed[Int($0)] }
        buckets = buckets.compactMapValues { bucket in
            guard !bucket.isCollapsed else { return bucket }
            var bucket = bucket
            bucket.values = bucket.values.compactMap { value in
                renamed[Int(value.node)].map { node in
                    var value = value
                    value.node = node
                    return value
                }
            }
            return bucket.values.isEmpty ? nil : bucket
        }
        prefixes = prefixes.compactMapValues { prefix in
            guard !prefix.isCollapsed else { return prefix }
            var prefix = prefix
            prefix.members = prefix.members.compactMap { renamed[Int($0)] }
            return prefix.members.isEmpty ? nil : prefix
        }
        shapes = shapes.compactMapValues { shape in
            var shape = shape
            shape.recent = Self.renamed(shape.recent, renamed)
            return shape.recent.isEmpty && shape.merged.isEmpty ? nil : shape
        }
        frames = frames.compactMapValues { frame in
            renamed[Int(frame.member.node)].map { node in
                FrameEntry(
                    member: PatternMember(pattern: frame.member.pattern, node: node), lastUsed: frame.lastUsed)
            }
        }
        groups = groups.compactMapValues { group in
            var group = group
            group.replaceMembers(with: Self.renamed(group.members, renamed))
            return group.members.isEmpty && group.folded.isEmpty && group.exploded.isEmpty ? nil : group
        }
    }

    private static func renamed(_ members: [PatternMember], _ renamed: [Int32?]) -> [PatternMember] {
        members.compactMap { member in
            renamed[Int(member.node)].map { PatternMember(pattern: member.pattern, node: $0) }
        }
    }

    /// A row of one of the merge tables, for the order in which they are dropped.
    private struct Row {
        var table: Int
        var key: UInt64
        var lastUsed: UInt64
        var weight: Int
    }

    /// Drops the rows of the merge tables that were used longest ago until they fit their bound.
    private mutating func shrinkIndex() {
        var rows: [Row] = []
        rows += buckets.map { Row(table: 0, key: $0, lastUsed: $1.lastUsed, weight: $1.weight) }
        rows += prefixes.map { Row(table: 1, key: $0, lastUsed: $1.lastUsed, weight: $1.weight) }
        rows += shapes.map { Row(table: 2, key: $0, lastUsed: $1.lastUsed, weight: $1.weight) }
        rows += groups.map { Row(table: 3, key: $0, lastUsed: $1.lastUsed, weight: $1.weight) }
        rows += frames.map { Row(table: 4, key: $0, lastUsed: $1.lastUsed, weight: $1.weight) }
        indexBytes = rows.reduce(0) { $0 + $1.weight }
        guard indexBytes > configuration.maximumIndexBytes else { return }
        rows.sort { ($0.lastUsed, $0.table, $0.key) < ($1.lastUsed, $1.table, $1.key) }
        let target = Self.kept(of: configuration.maximumIndexBytes)
        for row in rows {
            guard indexBytes > target else { break }
            switch row.table {
            case 0: buckets[row.key] = nil
            case 1: prefixes[row.key] = nil
            case 2: shapes[row.key] = nil
            case 3: groups[row.key] = nil
            default: frames[row.key] = nil
            }
            indexBytes -= row.weight
        }
    }

    /// Gives back the slots of merged and evicted templates; nothing refers to them any more.
    private mutating func freeSlotsOfMerged() {
        for slot in nodes.indices {
            let isRoot = nodes[slot].parent == Int32(slot)
            guard !isRoot || !nodes[slot].isLive else { continue }
            nodes[slot].parent = Int32(slot)
            nodes[slot].isLive = false
            nodes[slot].pattern = Pattern(elements: [], text: [])
            nodes[slot].text = nil
            nodes[slot].example = []
        }
        // Low slots are given out first.
        freeSlots = nodes.indices.reversed().filter { !nodes[$0].isLive }.map { Int32($0) }
    }

    /// Forgets the signatures that were asked for longest ago, but never a living template's own.
    private mutating func shrinkKnown() {
        guard known.count > configuration.rememberedSignatures else { return }
        let removable = known.filter { key, entry in
            guard entry.node >= 0 else { return true }
            let node = nodes[Int(entry.node)]
            return node.key != key && node.id.value != key
        }
        let excess = known.count - Self.kept(of: configuration.rememberedSignatures)
        for (key, _) in removable.sorted(by: { ($0.value.lastUsed, $0.key) < ($1.value.lastUsed, $1.key) })
            .prefix(excess)
        {
            known[key] = nil
        }
    }
}
