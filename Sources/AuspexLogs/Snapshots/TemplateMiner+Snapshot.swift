import AuspexSignals

extension TemplateMiner {
    /// The whole state as bytes: the same state gives the same bytes.
    public func snapshot() -> [UInt8] {
        SnapshotEnvelope.seal(.miner) { write(to: &$0) }
    }

    /// The miner as it was at ``snapshot()``: what it is given from now on gets the ids and texts that it would have
    /// got without the interruption.
    ///
    /// - Throws: ``LogSnapshotError`` when the bytes are not a whole snapshot of this format.
    public init(restoring snapshot: [UInt8]) throws(LogSnapshotError) {
        var reader = try SnapshotEnvelope.open(snapshot, .miner)
        try self.init(reading: &reader)
        guard reader.isAtEnd else { throw reader.error("there is more than a miner") }
    }

    // MARK: Writing

    func write(to writer: inout StateWriter) {
        configuration.write(to: &writer)
        for count in [lineCount, cutLines, evictedTemplates, droppedAliases, nextSerial] { writer.write(count) }
        writer.write(isFrozen)
        freeText.write(to: &writer)
        writer.write(indexBytes)
        // The patterns come first in the bytes, but their numbers are given while the tables are written.
        var table = PatternTable()
        var tables = StateWriter()
        writeTables(to: &tables, &table)
        writer.write(table.patterns) { $0.write($1) }
        writer.write(tables.bytes)
    }

    private func writeTables(to writer: inout StateWriter, _ patterns: inout PatternTable) {
        writer.write(nodes.count)
        for node in nodes { node.write(to: &writer, &patterns) }
        writer.write(freeSlots) { $0.write(Int($1)) }
        writer.write(known) { writer, entry in
            writer.write(Int(entry.node))
            writer.write(fixed: entry.id.value)
            writer.write(UInt64(entry.version))
            writer.write(entry.lastUsed)
        }
        let cached = cache.entries.indices.filter { cache.entries[$0].node >= 0 }
        writer.write(cached) { writer, index in
            writer.write(index)
            writer.write(fixed: cache.entries[index].key)
            writer.write(Int(cache.entries[index].node))
        }
        writer.write(frames) { $1.write(to: &$0, &patterns) }
        writer.write(buckets) { $1.write(to: &$0) }
        writer.write(prefixes) { $1.write(to: &$0) }
        writer.write(shapes) { $1.write(to: &$0, &patterns) }
        writer.write(groups) { $1.write(to: &$0, &patterns) }
        writer.write(aliases) { writer, alias in
            writer.write(fixed: alias.old.value)
            writer.write(fixed: alias.new.value)
        }
    }

    // MARK: Reading

    init(reading reader: inout StateReader) throws(LogSnapshotError) {
        let configuration = try Configuration(reading: &reader)
        do {
            self.init(valid: configuration, try LogMasks(configuration.masks))
        } catch {
            throw reader.error("\(error)")
        }
        lineCount = try reader.unsigned()
        cutLines = try reader.unsigned()
        evictedTemplates = try reader.unsigned()
        droppedAliases = try reader.unsigned()
        nextSerial = try reader.unsigned()
        isFrozen = try reader.flag()
        freeText = try FreeText(reading: &reader)
        indexBytes = try reader.int()
        let patterns = try reader.list { reader throws(LogSnapshotError) in try reader.pattern() }
        let tables = try reader.content()
        var inner = StateReader(tables, in: tables.indices)
        try readTables(&inner, patterns)
        guard inner.isAtEnd else { throw inner.error("there is more than the tables") }
    }

    private mutating func readTables(
        _ reader: inout StateReader, _ patterns: [Pattern]
    ) throws(LogSnapshotError) {
        nodes = try reader.list { reader throws(LogSnapshotError) in try MinerNode(reading: &reader, patterns) }
        for (slot, node) in nodes.enumerated() {
            // Merges only ever point to older templates, so the way to the survivor ends.
            let parent = Int(node.parent)
            guard nodes.indices.contains(parent), parent == slot || nodes[parent].serial < node.serial else {
                throw reader.error("template \(slot) was merged into \(node.parent)")
            }
        }
        liveTemplates = nodes.indices.count { nodes[$0].isLive && nodes[$0].parent == Int32($0) }
        let all = nodes
        freeSlots = try reader.list { reader throws(LogSnapshotError) in
            let slot = try reader.node(all, "a free slot")
            guard !all[Int(slot)].isLive else { throw reader.error("slot \(slot) is free and in use") }
            return slot
        }
        known = try reader.table { reader throws(LogSnapshotError) in
            let node = try reader.int(in: -1...all.count - 1, "a template")
            let id = TemplateID(try reader.fixed())
            let version = UInt32(clamping: try reader.unsigned())
            return KnownSignature(node: Int32(node), id: id, version: version, lastUsed: try reader.unsigned())
        }
        let cached = try reader.count()
        for _ in 0..<cached {
            let index = try reader.int()
            let entry = SignatureCache.Entry(key: try reader.fixed(), node: try reader.node(all, "a template"))
            guard cache.restore(entry, at: index) else { throw reader.error("a cached signature is out of place") }
        }
        frames = try reader.table { reader throws(LogSnapshotError) in
            try FrameEntry(reading: &reader, all, patterns)
        }
        buckets = try reader.table { reader throws(LogSnapshotError) in try HoleBucket(reading: &reader, all) }
        prefixes = try reader.table { reader throws(LogSnapshotError) in try PrefixBucket(reading: &reader, all) }
        shapes = try reader.table { reader throws(LogSnapshotError) in
            try PatternShape(reading: &reader, all, patterns)
        }
        groups = try reader.table { reader throws(LogSnapshotError) in
            try PatternGroup(reading: &reader, all, patterns)
        }
        aliases = try reader.list { reader throws(LogSnapshotError) in
            TemplateAlias(old: TemplateID(try reader.fixed()), new: TemplateID(try reader.fixed()))
        }
    }
}

extension TemplateMiner.Configuration {
    /// All bounds, in the order of the snapshot.
    var bounds: [Int] {
        [
            maximumTemplates, maximumLineBytes, maximumTokens, maximumTemplateBytes, maximumLiteralBytes, exampleBytes,
            cachedSignatures, rememberedSignatures, maximumIndexBytes,
        ]
    }

    func write(to writer: inout StateWriter) {
        for bound in bounds { writer.write(bound) }
        writer.write(masks) { $0.write(Array($1.utf8)) }
    }

    init(reading reader: inout StateReader) throws(LogSnapshotError) {
        self.init(
            maximumTemplates: try reader.int(), maximumLineBytes: try reader.int(), maximumTokens: try reader.int(),
            maximumTemplateBytes: try reader.int(), maximumLiteralBytes: try reader.int(),
            exampleBytes: try reader.int(), cachedSignatures: try reader.int(),
            rememberedSignatures: try reader.int(), maximumIndexBytes: try reader.int(),
            masks: try reader.list { reader throws(LogSnapshotError) in
                String(decoding: try reader.content(), as: UTF8.self)
            })
        do {
            try validate()
        } catch {
            throw reader.error("\(error)")
        }
    }
}
