import AuspexSignals

extension TemplateMiner {
    /// Makes a template known before its first line comes, so that it has the id that it had elsewhere or before, and
    /// its first line is no news.
    ///
    /// Variables are scanned as in a message, so a text that ``template(_:)`` gave once leads to the same pattern. What a
    /// text cannot tell has to be learnt anew: where one variable stands for several words.
    ///
    /// - Parameters:
    ///   - text: The template with `<*>` for its variables.
    ///   - id: Its id; without it the id that a first line of this form would give it.
    ///   - isOpenEnded: Whether any text may follow at the end, see ``LogTemplate/isOpenEnded``.
    /// - Returns: The id that stands for the text now: the one given, unless a template of this form is known already or
    ///   the id is taken.
    @discardableResult
    public mutating func seed(_ text: String, id: TemplateID? = nil, isOpenEnded: Bool = false) -> TemplateID {
        let line = Array(text.utf8)
        let bytes = line.span.extracting(0..<min(line.count, configuration.maximumLineBytes))
        var tokens: [LogToken] = []
        var elements: [SignatureElement] = []
        let limits = configuration.limits
        LineScanner.scan(
            bytes, masked: Self.variables(in: bytes), limit: limits.tokens + SignatureBuilder.lookAhead, into: &tokens)
        // What a time of day is shown as.
        for index in tokens.indices where tokens[index].count == Self.clock.utf8CodeUnitCount {
            if bytes.has(Self.clock, at: Int(tokens[index].start)) { tokens[index].kind = .time }
        }
        _ = SignatureBuilder.build(bytes, &tokens, limits: limits, into: &elements)
        var pattern = Pattern(elements, of: bytes)
        if isOpenEnded, pattern.elements.last?.isVariable == true {
            pattern = pattern.cut(at: pattern.count - 1)
            openEnd(of: pattern)
        }
        pattern = canonical(pattern)
        let key = pattern.key
        if let node = knownNode(key) { return nodes[Int(node)].id }
        remember(id ?? TemplateID(key), under: key)
        let node = find(insert(pattern, isMerged: true))
        changedNode = -1
        let result = nodes[Int(node)].id
        sweepIfNeeded()
        return result
    }

    private static let clock: StaticString = "<*>:<*>:<*>"
    private static let variable: StaticString = "<*>"

    /// Where a template's text has variables; those that show a time of day are one.
    private static func variables(in text: Span<UInt8>) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        var index = 0
        while index < text.count {
            let found = [clock, variable].first { text.has($0, at: index) }
            if let found { ranges.append(index..<index + found.utf8CodeUnitCount) }
            index += found?.utf8CodeUnitCount ?? 1
        }
        return ranges
    }

    /// Lets the next template with the pattern `key` have an id, unless that is taken.
    private mutating func remember(_ id: TemplateID, under key: UInt64) {
        guard known[id.value] == nil, known[key] == nil, id != .freeText else { return }
        known[key] = KnownSignature(node: -1, id: id, version: 1, lastUsed: clock)
    }

    /// One miner that knows what all of `miners` know, as if one had seen all their lines: for shards of a stream.
    ///
    /// The order of the miners doesn't matter. Templates with one pattern, or with patterns that belong together by the
    /// rules of merging, become one; the id of the one seen first stands for them (by time where lines have times, else
    /// the smaller id), the others are its aliases. Line numbers are those within the shards. The result has the bounds
    /// of the widest of them.
    ///
    /// - Throws: ``LogConfigurationError`` when there is no miner, or when they have different masks.
    public static func merged(_ miners: [TemplateMiner]) throws(LogConfigurationError) -> TemplateMiner {
        guard
            let widest = miners.max(by: { $0.configuration.bounds.lexicographicallyPrecedes($1.configuration.bounds) })
        else { throw LogConfigurationError(option: "miners", value: "none", allowed: "one or more") }
        guard miners.allSatisfy({ $0.configuration.masks == widest.configuration.masks }) else {
            throw LogConfigurationError(option: "masks", value: "different", allowed: "the same for all miners")
        }
        var result = TemplateMiner(valid: widest.configuration, widest.masks)
        let templates = miners.flatMap { miner in
            miner.nodes.indices.filter { miner.nodes[$0].isLive && miner.nodes[$0].parent == Int32($0) }
                .map { miner.nodes[$0] }
        }
        for node in templates.sorted(by: isEarlier) { result.take(node) }
        for miner in miners { result.takeCounters(of: miner) }
        let signatures = miners.flatMap { miner in
            miner.known.compactMap { key, entry in
                entry.node < 0 ? nil : (key: key, id: miner.nodes[miner.root(of: entry.node)].id)
            }
        }
        for (key, id) in signatures.sorted(by: { ($0.key, $0.id) < ($1.key, $1.id) }) { result.take(key, id) }
        let retired = miners.flatMap { $0.known.filter { $0.value.node < 0 } }
        for (key, entry) in retired.sorted(by: { ($0.key, $0.value.id) < ($1.key, $1.value.id) })
        where result.known[key] == nil {
            result.known[key] = KnownSignature(
                node: -1, id: entry.id, version: entry.version, lastUsed: result.clock)
        }
        result.aliases = []
        result.sweepIfNeeded()
        return result
    }

    private static func isEarlier(_ left: MinerNode, _ right: MinerNode) -> Bool {
        let (first, second) = (left.firstTime?.milliseconds ?? .max, right.firstTime?.milliseconds ?? .max)
        let (one, other) = (
            (first, left.id, left.count, left.key, left.firstLine),
            (second, right.id, right.count, right.key, right.firstLine)
        )
        return one == other ? left.example.lexicographicallyPrecedes(right.example) : one < other
    }

    /// Takes over a template of another miner, with its id and counts.
    private mutating func take(_ other: MinerNode) {
        remember(other.id, under: other.key)
        if other.pattern.elements.last?.kind == .rest { openEnd(of: other.pattern) }
        let slot = Int(find(insert(other.pattern, isMerged: true)))
        changedNode = -1
        let isFirst = nodes[slot].count == 0
        nodes[slot].count += other.count
        nodes[slot].version = max(nodes[slot].version, other.version)
        nodes[slot].firstLine = isFirst ? other.firstLine : min(nodes[slot].firstLine, other.firstLine)
        nodes[slot].lastLine = max(isFirst ? 0 : nodes[slot].lastLine, other.lastLine)
        if isFirst { nodes[slot].example = other.example }
        if let time = other.firstTime { nodes[slot].firstTime = min(nodes[slot].firstTime ?? time, time) }
        if let time = other.lastTime { nodes[slot].lastTime = max(nodes[slot].lastTime ?? time, time) }
        if known[other.id.value].map({ $0.node < 0 }) ?? true {
            known[other.id.value] = KnownSignature(
                node: Int32(slot), id: nodes[slot].id, version: 1, lastUsed: clock)
        }
    }

    /// Lets whatever follows the beginning of a pattern belong to its last variable.
    private mutating func openEnd(of pattern: Pattern) {
        for (length, key, _) in pattern.prefixes where length == pattern.count - 1 {
            indexBytes += PrefixBucket.weight - (prefixes[key]?.weight ?? 0)
            prefixes[key] = PrefixBucket(isCollapsed: true, lastUsed: clock)
        }
    }

    /// Takes over that a signature leads to a template; templates to which one signature leads are one.
    private mutating func take(_ key: UInt64, _ id: TemplateID) {
        guard let entry = known[id.value], entry.node >= 0 else { return }
        let node = find(entry.node)
        if let other = knownNode(key) {
            if other != node { _ = unite([node, other], keeping: node) }
        } else {
            known[key] = KnownSignature(node: node, id: nodes[Int(node)].id, version: 1, lastUsed: clock)
        }
    }

    private mutating func takeCounters(of other: TemplateMiner) {
        lineCount += other.lineCount
        cutLines += other.cutLines
        evictedTemplates += other.evictedTemplates
        droppedAliases += other.droppedAliases
        freeText.take(other.freeText)
    }
}

extension FreeText {
    /// Takes over the lines of another stream.
    fileprivate mutating func take(_ other: FreeText) {
        guard other.count > 0 else { return }
        let mine = (firstTime?.milliseconds ?? .max, firstLine)
        let theirs = (other.firstTime?.milliseconds ?? .max, other.firstLine)
        let isEarlier =
            count == 0 || (theirs == mine ? other.example.lexicographicallyPrecedes(example) : theirs < mine)
        if isEarlier { example = other.example }
        firstLine = count == 0 ? other.firstLine : min(firstLine, other.firstLine)
        lastLine = max(lastLine, other.lastLine)
        count += other.count
        if let time = other.firstTime { firstTime = min(firstTime ?? time, time) }
        if let time = other.lastTime { lastTime = max(lastTime ?? time, time) }
    }
}
