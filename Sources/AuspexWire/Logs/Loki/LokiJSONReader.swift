import AuspexSignals

/// Reads Loki's push request from its JSON form.
struct LokiJSONReader {
    private let limits: LogLimits
    private var logs: DecodedLogs
    private var entries = 0

    init(limits: LogLimits) {
        self.limits = limits
        logs = DecodedLogs(limits: limits)
    }

    /// Reads the whole text.
    mutating func read(_ bytes: UnsafeRawBufferPointer) throws(LogWireError) -> DecodedLogs {
        var cursor = JSONCursor(bytes, in: 0..<bytes.count, depthLimit: limits.depth)
        var hasStreams = false
        try cursor.object { cursor, name throws(LogWireError) in
            guard name == "streams" else { return try cursor.skip() }
            hasStreams = true
            try cursor.array { cursor, number throws(LogWireError) in try readStream(&cursor, number) }
        }
        try cursor.finish()
        guard hasStreams else { throw .invalidJSON(offset: 0, reason: "there is no member 'streams'") }
        return logs
    }

    private mutating func readStream(_ cursor: inout JSONCursor, _ number: Int) throws(LogWireError) {
        guard number < limits.records else { throw .tooManyGroups(limit: limits.records) }
        var attributes = LogAttributes(limits: limits)
        var values: JSONCursor?
        try cursor.object { cursor, name throws(LogWireError) in
            switch name {
            case "stream": try readPairs(&cursor, into: &attributes)
            // The labels may follow.
            case "values": values = try cursor.part()
            default: try cursor.skip()
            }
        }
        try values?.array { cursor, index throws(LogWireError) in
            entries += 1
            try logs.check(entries, limits)
            var entry = try cursor.part()
            do throws(LogWireError) {
                try readEntry(&entry, attributes).accept(into: &logs)
            } catch {
                logs.reject("streams[\(number)].values[\(index)]", error.description)
            }
        }
    }

    private func readPairs(_ cursor: inout JSONCursor, into attributes: inout LogAttributes) throws(LogWireError) {
        try cursor.object { cursor, name throws(LogWireError) in
            guard try cursor.kind() == .string else {
                throw cursor.failure("'\(name.cut(to: 100))' must be a string, not \(try cursor.kind().rawValue)")
            }
            attributes.set(name, try cursor.string())
        }
    }

    private func readEntry(_ cursor: inout JSONCursor, _ attributes: LogAttributes) throws(LogWireError) -> LokiEntry {
        var entry = LokiEntry(time: 0, line: "", attributes: attributes)
        var count = 0
        try cursor.array { cursor, index throws(LogWireError) in
            count += 1
            switch index {
            case 0:
                let form = "the time must be a string of nanoseconds since 1970, such as \"1570818238000000000\""
                guard try cursor.kind() == .string, let time = Int64(try cursor.string()) else {
                    throw cursor.failure(form)
                }
                entry.time = time
            case 1:
                guard try cursor.kind() == .string else { throw cursor.failure("the line must be a string") }
                entry.line = try cursor.string()
            case 2: try readPairs(&cursor, into: &entry.attributes)
            default: throw cursor.failure("an entry has a time, a line and structured metadata")
            }
        }
        guard count >= 2 else { throw cursor.failure("an entry must have a time and a line") }
        return entry
    }
}
