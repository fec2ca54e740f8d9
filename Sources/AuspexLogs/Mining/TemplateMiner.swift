public import AuspexSignals

/// Finds the templates of a stream of log messages, one message at a time and in bounded memory.
///
/// A message is scanned into tokens, its variables are recognised by their form, and the 64-bit hash of what remains
/// leads to its template: one probe of a cache for a line of a kind seen before. A new kind goes through the merge
/// stage: positions that have shown several values while everything else was equal become variables, several positions
/// at once when a group of lines varies in all of them, and the rest of a line after a common beginning when it is free
/// text. Merged templates keep their ids as aliases of the oldest.
///
/// ```swift
/// var miner = TemplateMiner()
/// let match = miner.add("connection from 10.0.0.7:5123 closed after 42 ms")
/// miner.template(match.template)?.text    // connection from <*>:<*> closed after <*> ms
/// ```
///
/// A stream in which most lines are of no kind at all would drive out the templates that are of use: then a kind gets
/// its template at its second line, and lines of no kind belong to ``TemplateID/freeText``.
///
/// Deterministic: the same messages in the same order give the same ids and texts, across restarts, machines and
/// snapshots. Messages are bytes; broken UTF-8 is mined like any other text. Cost of a line seen before: its bytes once
/// and a probe; of a new kind more, with the number of its words, and most of it to keep full tables within their bounds.
/// Memory: see ``Configuration``.
public struct TemplateMiner: Sendable {
    /// The bounds.
    public let configuration: Configuration

    /// Lines added.
    public internal(set) var lineCount: UInt64 = 0 {
        didSet { clock = lineCount + 1 }
    }
    /// Lines that were longer than ``Configuration/maximumLineBytes``.
    public internal(set) var cutLines: UInt64 = 0
    /// Templates that were evicted to stay within ``Configuration/maximumTemplates``.
    public internal(set) var evictedTemplates: UInt64 = 0
    /// Aliases that nobody took before there were too many of them; ``resolve(_:)`` still knows them.
    public internal(set) var droppedAliases: UInt64 = 0
    /// Stops templates from becoming more general: no text of an id changes any more, and a message of an unknown kind
    /// gets a template of its own.
    public var isFrozen = false

    // The tables are described with their types. Node numbers are slots of `nodes`; `find` leads from a merged node to
    // the one that stands for it.
    var nodes: [MinerNode] = []
    var freeSlots: [Int32] = []
    var liveTemplates = 0
    var nextSerial: UInt64 = 0
    var known: [UInt64: KnownSignature] = [:]
    var cache: SignatureCache
    var buckets: [UInt64: HoleBucket] = [:]
    var shapes: [UInt64: PatternShape] = [:]
    var groups: [UInt64: PatternGroup] = [:]
    var prefixes: [UInt64: PrefixBucket] = [:]
    var frames: [UInt64: FrameEntry] = [:]
    var indexBytes = 0
    var freeText = FreeText()
    let masks: LogMasks
    var aliases: [TemplateAlias] = []
    /// The node whose text the message that is being added has changed, or -1.
    var changedNode: Int32 = -1

    /// Whether a message is looked up and not counted: once there was free text, one of an unknown kind is free text.
    private var isAsking = false

    // Reused for every line; empty of meaning between calls.
    private var tokens: [LogToken] = []
    private var elements: [SignatureElement] = []

    /// What the tables' rows are marked with when they are used: one more than the line's number, never 0.
    private(set) var clock: UInt64 = 1

    /// Aliases that wait to be taken.
    static let pendingAliases = 4_096

    /// Creates an empty miner with the default bounds.
    public init() {
        self.init(valid: Configuration())
    }

    /// Creates an empty miner.
    ///
    /// - Throws: ``LogConfigurationError`` when a bound is out of its range.
    public init(configuration: Configuration) throws(LogConfigurationError) {
        try configuration.validate()
        self.init(valid: configuration, try LogMasks(configuration.masks))
    }

    init(valid configuration: Configuration, _ masks: LogMasks = LogMasks()) {
        self.configuration = configuration
        self.masks = masks
        cache = SignatureCache(capacity: configuration.cachedSignatures)
    }

    // MARK: Adding lines

    /// Adds one message, without its line end, and says which template it belongs to.
    public mutating func add(_ message: Span<UInt8>, at time: Timestamp? = nil) -> LogMatch {
        lineCount += 1
        if message.count > configuration.maximumLineBytes { cutLines += 1 }
        let found = place(message)
        if freeText.isActive { freeText.noteLine(isText: found.node < 0) }
        guard found.node >= 0 else { return addFreeText(message, at: time) }
        let slot = Int(found.node)
        let isFirst = nodes[slot].count == 0
        nodes[slot].count += 1
        nodes[slot].lastLine = lineCount
        if isFirst {
            nodes[slot].firstLine = lineCount
            nodes[slot].example = message.array(0..<min(message.count, configuration.exampleBytes))
        }
        if let time {
            nodes[slot].firstTime = min(nodes[slot].firstTime ?? time, time)
            nodes[slot].lastTime = max(nodes[slot].lastTime ?? time, time)
        }
        let match = LogMatch(
            template: nodes[slot].id, version: nodes[slot].version, isNew: found.isNew, isChanged: found.isChanged)
        if found.isMiss { sweepIfNeeded() }
        return match
    }

    /// Adds one message and writes into `parameters` the byte ranges of its variable parts, one for each `<*>` in the
    /// template's text, in order. Ranges may be empty. No range at all is written in the rare case that the message,
    /// though counted under the template, is not literally an instance of its text.
    public mutating func add(
        _ message: Span<UInt8>, at time: Timestamp? = nil, parameters: inout [Range<Int>]
    ) -> LogMatch {
        let match = add(message, at: time)
        parameters.removeAll(keepingCapacity: true)
        if match.template == .freeText {
            parameters.append(0..<message.count)
        } else if let slot = slot(of: match.template) {
            buildElements(of: message)
            ParameterReader.read(message, elements, nodes[slot].pattern, into: &parameters)
        }
        return match
    }

    /// Adds one message given as text.
    public mutating func add(_ message: String, at time: Timestamp? = nil) -> LogMatch {
        var message = message
        return message.withUTF8 { add($0.span, at: time) }
    }

    /// Looks one message up without counting it or making any template more general; a message of an unknown kind
    /// gets a template with count 0, or is free text if there was some.
    public mutating func match(_ message: Span<UInt8>, parameters: inout [Range<Int>]) -> LogMatch {
        let wasFrozen = isFrozen
        (isFrozen, isAsking) = (true, true)
        defer { (isFrozen, isAsking) = (wasFrozen, false) }
        let found = place(message)
        parameters.removeAll(keepingCapacity: true)
        guard found.node >= 0 else {
            parameters.append(0..<message.count)
            return LogMatch(template: .freeText, version: 1, isNew: false, isChanged: false)
        }
        let node = nodes[Int(found.node)]
        buildElements(of: message)
        ParameterReader.read(message, elements, node.pattern, into: &parameters)
        if found.isMiss { sweepIfNeeded() }
        return LogMatch(template: node.id, version: node.version, isNew: found.isNew, isChanged: false)
    }

    private mutating func addFreeText(_ message: Span<UInt8>, at time: Timestamp?) -> LogMatch {
        freeText.count += 1
        freeText.lastLine = lineCount
        if freeText.count == 1 {
            freeText.firstLine = lineCount
            freeText.example = message.array(0..<min(message.count, configuration.exampleBytes))
        }
        if let time {
            freeText.firstTime = min(freeText.firstTime ?? time, time)
            freeText.lastTime = max(freeText.lastTime ?? time, time)
        }
        return LogMatch(template: .freeText, version: 1, isNew: false, isChanged: false)
    }

    private struct Placement {
        /// -1 for a line that has no template.
        var node: Int32
        var isNew = false
        var isChanged = false
        var isMiss = false
    }

    /// The node of a message: from the cache if its signature was seen lately, else by way of the merge stage.
    private mutating func place(_ message: Span<UInt8>) -> Placement {
        let line = message.extracting(0..<min(message.count, configuration.maximumLineBytes))
        let limits = configuration.limits
        tokens.removeAll(keepingCapacity: true)
        elements.removeAll(keepingCapacity: true)
        let limit = limits.tokens + SignatureBuilder.lookAhead
        if masks.isEmpty {
            LineScanner.scan(line, limit: limit, into: &tokens)
        } else {
            LineScanner.scan(line, masked: masks.ranges(in: line), limit: limit, into: &tokens)
        }
        let key = SignatureBuilder.keys(line, &tokens, limits: limits).cache
        let cached = cache.node(for: key)
        if cached >= 0 { return Placement(node: find(cached)) }
        buildElements(of: line)

        let serial = nextSerial
        let pattern = Pattern(elements, of: line)
        if freeText.isActive || isAsking && freeText.count > 0 {
            let key = canonical(pattern).key
            guard knownNode(key) != nil || !isAsking && freeText.isReturning(key) else { return Placement(node: -1) }
        }
        let node = insert(pattern, isMerged: false)
        cache.insert(key, node: node)
        let isNew = nodes[Int(node)].serial >= serial && !nodes[Int(node)].isRevived
        let isChanged = changedNode == node
        changedNode = -1
        return Placement(node: node, isNew: isNew, isChanged: isChanged, isMiss: true)
    }

    /// Builds the signature of the message that was scanned last, if that is not done yet.
    private mutating func buildElements(of message: Span<UInt8>) {
        guard elements.isEmpty else { return }
        let line = message.extracting(0..<min(message.count, configuration.maximumLineBytes))
        _ = SignatureBuilder.build(line, &tokens, limits: configuration.limits, into: &elements)
    }

    // MARK: Asking

    /// The template that `id` means now, by way of its aliases; nil if it was never given out or has been forgotten.
    public func template(_ id: TemplateID) -> LogTemplate? {
        if id == .freeText { return freeText.count > 0 ? freeText.template : nil }
        return slot(of: id).map { template(at: $0) }
    }

    /// The text of the template that `id` means now; kept for the next call, so cheap enough for every line.
    public mutating func text(of id: TemplateID) -> String? {
        if id == .freeText { return FreeText.text }
        guard let slot = slot(of: id) else { return nil }
        if let text = nodes[slot].text { return text }
        let text = nodes[slot].pattern.description
        nodes[slot].text = text
        return text
    }

    /// How many lines the template that `id` means now stands for; 0 if it isn't known.
    public func count(of id: TemplateID) -> UInt64 {
        if id == .freeText { return freeText.count }
        return slot(of: id).map { nodes[$0].count } ?? 0
    }

    /// The id that stands for `id` now: itself, or that of the template that it was merged into.
    public func resolve(_ id: TemplateID) -> TemplateID? {
        if id == .freeText { return id }
        guard let entry = known[id.value] else { return nil }
        return entry.node < 0 ? entry.id : nodes[root(of: entry.node)].id
    }

    /// All templates in the order in which they were first seen, and free text, if there is any, as the last.
    public func templates() -> [LogTemplate] {
        let text = freeText.count > 0 ? [freeText.template] : []
        return nodes.indices
            .filter { nodes[$0].isLive && nodes[$0].parent == Int32($0) }
            .sorted { nodes[$0].serial < nodes[$1].serial }
            .map { template(at: $0) } + text
    }

    /// How many templates there are, free text not among them.
    public var templateCount: Int { liveTemplates }

    /// Lines that have no template of their own.
    public var freeTextLines: UInt64 { freeText.count }

    /// The merges since the last call, in order. A consumer that stores ids replaces the old ones by the new.
    public mutating func takeAliases() -> [TemplateAlias] {
        defer { aliases.removeAll() }
        return aliases
    }

    private func template(at slot: Int) -> LogTemplate {
        let node = nodes[slot]
        return LogTemplate(
            id: node.id, version: node.version, text: node.text ?? node.pattern.description, count: node.count,
            firstLine: node.firstLine, lastLine: node.lastLine, firstTime: node.firstTime, lastTime: node.lastTime,
            example: String(decoding: node.example, as: UTF8.self),
            isOpenEnded: node.pattern.elements.last?.kind == .rest)
    }

    private func slot(of id: TemplateID) -> Int? {
        guard let entry = known[id.value], entry.node >= 0 else { return nil }
        return root(of: entry.node)
    }

    /// The slot that stands for `node`, without shortening the way.
    func root(of node: Int32) -> Int {
        var node = node
        while nodes[Int(node)].parent != node { node = nodes[Int(node)].parent }
        return Int(node)
    }

    /// The node that stands for `node`; halves the way for the next call.
    @inline(__always) mutating func find(_ node: Int32) -> Int32 {
        var node = node
        while true {
            let parent = nodes[Int(node)].parent
            if parent == node { return node }
            let grandparent = nodes[Int(parent)].parent
            nodes[Int(node)].parent = grandparent
            node = grandparent
        }
    }
}
