import AuspexSignals

extension StateReader {
    /// The number of one of `nodes`.
    mutating func node(_ nodes: [MinerNode], _ name: String) throws(LogSnapshotError) -> Int32 {
        let number = try int()
        guard nodes.indices.contains(number) else { throw error("\(name) is \(number) of \(nodes.count)") }
        return Int32(number)
    }

    /// One of `patterns` by its number.
    mutating func pattern(of patterns: [Pattern]) throws(LogSnapshotError) -> Pattern {
        let number = try int()
        guard patterns.indices.contains(number) else { throw error("pattern \(number) of \(patterns.count)") }
        return patterns[number]
    }

    mutating func time() throws(LogSnapshotError) -> Timestamp? {
        try optional { reader throws(LogSnapshotError) in Timestamp(milliseconds: try reader.signed()) }
    }

    mutating func members(
        _ nodes: [MinerNode], _ patterns: [Pattern]
    ) throws(LogSnapshotError) -> [PatternMember] {
        try list { reader throws(LogSnapshotError) in
            PatternMember(
                pattern: try reader.pattern(of: patterns), node: try reader.node(nodes, "a member"))
        }
    }
}

extension StateWriter {
    mutating func write(_ time: Timestamp?) {
        write(time) { $0.write($1.milliseconds) }
    }

    mutating func write(_ members: [PatternMember], _ patterns: inout PatternTable) {
        write(members.count)
        for member in members {
            write(patterns.number(of: member.pattern))
            write(Int(member.node))
        }
    }
}

extension MinerNode {
    func write(to writer: inout StateWriter, _ patterns: inout PatternTable) {
        writer.write(Int(parent))
        for number in [serial, UInt64(version), count, firstLine, lastLine] { writer.write(number) }
        writer.write(fixed: id.value)
        writer.write(patterns.number(of: pattern))
        writer.write(firstTime)
        writer.write(lastTime)
        writer.write(example)
        writer.write(isRevived)
        writer.write(isLive)
    }

    init(reading reader: inout StateReader, _ patterns: [Pattern]) throws(LogSnapshotError) {
        parent = Int32(clamping: try reader.int())
        serial = try reader.unsigned()
        version = UInt32(clamping: try reader.unsigned())
        count = try reader.unsigned()
        firstLine = try reader.unsigned()
        lastLine = try reader.unsigned()
        id = TemplateID(try reader.fixed())
        pattern = try reader.pattern(of: patterns)
        key = pattern.key
        text = nil
        firstTime = try reader.time()
        lastTime = try reader.time()
        example = try reader.content()
        isRevived = try reader.flag()
        isLive = try reader.flag()
    }
}

extension FrameEntry {
    func write(to writer: inout StateWriter, _ patterns: inout PatternTable) {
        writer.write(lastUsed)
        writer.write([member], &patterns)
    }

    init(
        reading reader: inout StateReader, _ nodes: [MinerNode], _ patterns: [Pattern]
    ) throws(LogSnapshotError) {
        lastUsed = try reader.unsigned()
        guard let only = try reader.members(nodes, patterns).first else {
            throw reader.error("a frame without a template")
        }
        member = only
    }
}

extension HoleBucket {
    func write(to writer: inout StateWriter) {
        writer.write(lastUsed)
        writer.write(isCollapsed)
        writer.write(values) { writer, value in
            writer.write(fixed: value.symbol)
            writer.write(Int(value.node))
            writer.write(fixed: value.stem)
            writer.write(value.isName)
        }
    }

    init(reading reader: inout StateReader, _ nodes: [MinerNode]) throws(LogSnapshotError) {
        lastUsed = try reader.unsigned()
        isCollapsed = try reader.flag()
        values = try reader.list { reader throws(LogSnapshotError) in
            Value(
                symbol: try reader.fixed(), node: try reader.node(nodes, "a value's template"),
                stem: try reader.fixed(), isName: try reader.flag())
        }
    }
}

extension PrefixBucket {
    func write(to writer: inout StateWriter) {
        writer.write(lastUsed)
        writer.write(isCollapsed)
        writer.write(members) { $0.write(Int($1)) }
        writer.write(lengths.sorted()) { $0.write($1) }
        writer.write(endings.sorted()) { $0.write(fixed: $1) }
        writer.write(endingLengths.sorted()) { $0.write($1) }
        writer.write(continuations.sorted()) { $0.write(fixed: $1) }
    }

    init(reading reader: inout StateReader, _ nodes: [MinerNode]) throws(LogSnapshotError) {
        lastUsed = try reader.unsigned()
        isCollapsed = try reader.flag()
        members = try reader.list { reader throws(LogSnapshotError) in try reader.node(nodes, "a member") }
        lengths = Set(try reader.list { reader throws(LogSnapshotError) in try reader.int() })
        endings = Set(try reader.list { reader throws(LogSnapshotError) in try reader.fixed() })
        endingLengths = Set(try reader.list { reader throws(LogSnapshotError) in try reader.int() })
        continuations = Set(try reader.list { reader throws(LogSnapshotError) in try reader.fixed() })
    }
}

extension PatternShape {
    func write(to writer: inout StateWriter, _ patterns: inout PatternTable) {
        writer.write(lastUsed)
        writer.write(merged.count)
        for pattern in merged { writer.write(patterns.number(of: pattern)) }
        writer.write(recent, &patterns)
    }

    init(
        reading reader: inout StateReader, _ nodes: [MinerNode], _ patterns: [Pattern]
    ) throws(LogSnapshotError) {
        lastUsed = try reader.unsigned()
        merged = try reader.list { reader throws(LogSnapshotError) in try reader.pattern(of: patterns) }
        recent = try reader.members(nodes, patterns)
    }
}

extension PatternGroup {
    func write(to writer: inout StateWriter, _ patterns: inout PatternTable) {
        writer.write(lastUsed)
        writer.write(width)
        writer.write(joined)
        writer.write(members, &patterns)
        writer.write(support) { $0.write(Int($1)) }
        writer.write(distinct) { $0.write(Int($1)) }
        writer.write(single) { $0.write(Int($1)) }
        writer.write(folded) { writer, symbols in writer.write(symbols) { $0.write(fixed: $1) } }
        writer.write(exploded) { $0.write($1) }
    }

    init(
        reading reader: inout StateReader, _ nodes: [MinerNode], _ patterns: [Pattern]
    ) throws(LogSnapshotError) {
        lastUsed = try reader.unsigned()
        width = try reader.int()
        joined = try reader.int()
        replaceMembers(with: try reader.members(nodes, patterns))
        support = try reader.table { reader throws(LogSnapshotError) in Int32(clamping: try reader.int()) }
        distinct = try reader.list { reader throws(LogSnapshotError) in Int32(clamping: try reader.int()) }
        single = try reader.list { reader throws(LogSnapshotError) in Int32(clamping: try reader.int()) }
        folded = try reader.list { reader throws(LogSnapshotError) in
            try reader.list { reader throws(LogSnapshotError) in try reader.fixed() }
        }
        exploded = try reader.list { reader throws(LogSnapshotError) in try reader.int() }
        let hasSupport = joined >= MergeThresholds.fold
        let expected = hasSupport ? width : 0
        guard width >= 0, distinct.count == expected, single.count == expected,
            members.allSatisfy({ $0.pattern.count == width }), folded.allSatisfy({ $0.count == width }),
            exploded.allSatisfy({ (0..<width).contains($0) })
        else { throw reader.error("a group's tables do not fit each other") }
    }
}
