import AuspexSignals

/// The entries of one forward message on their way to records.
struct FluentEntries {
    private let limits: LogLimits
    private let base: LogAttributes
    private let received: Timestamp
    private var number = 0
    /// The records, and what was left out.
    private(set) var logs: DecodedLogs

    /// What Fluent's Kubernetes filter calls things, and what OpenTelemetry does.
    private static let kubernetesNames = [
        "pod_name": "k8s.pod.name", "namespace_name": "k8s.namespace.name", "container_name": "k8s.container.name",
        "pod_id": "k8s.pod.uid", "host": "k8s.node.name", "container_image": "container.image.name",
        "docker_id": "container.id",
    ]
    /// The names under which fields say of which stream they are.
    private static let otherNames = ["stream": "log.iostream", "hostname": "host.name"]

    init(limits: LogLimits, base: LogAttributes, tag: String, received: Timestamp) {
        self.limits = limits
        var base = base
        base.set("fluent.tag", tag)
        self.base = base
        self.received = received
        logs = DecodedLogs(limits: limits)
    }

    /// Reads concatenated entries.
    mutating func readAll(_ bytes: UnsafeRawBufferPointer, in range: Range<Int>) throws(LogWireError) {
        var reader = MessagePackReader(bytes, in: range, depthLimit: limits.depth)
        while !reader.isAtEnd {
            do throws(LogWireError) {
                try read(&reader)
            } catch {
                guard case .invalidForward(let reason) = error else { throw error }
                // Where the next entry would begin is not known; those before this one are good.
                logs.reject("entry \(number)", reason)
                return
            }
        }
    }

    /// Reads one entry, `[time, record]`.
    mutating func read(_ reader: inout MessagePackReader) throws(LogWireError) {
        try logs.check(number + 1, limits)
        var entry = try reader.part()
        do throws(LogWireError) {
            guard try entry.array("[time, record]") >= 2 else {
                throw .invalidForward(reason: "an entry has a time and a record")
            }
            var time = try entry.part()
            var record = try entry.part()
            read(time: &time, record: &record)
        } catch {
            reject(error)
        }
    }

    /// Reads one entry of which the parts are known.
    mutating func read(time: inout MessagePackReader, record: inout MessagePackReader) {
        do throws(LogWireError) {
            let moment = try Self.moment(&time)
            guard record.end - record.position <= 2 * limits.bodyBytes else {
                throw .valueTooLarge(limit: 2 * limits.bodyBytes)
            }
            guard case .object(let fields) = try record.value() else {
                throw .invalidForward(reason: "the record must be a map")
            }
            try accept(fields, at: moment ?? received)
            number += 1
        } catch {
            reject(error)
        }
    }

    private mutating func reject(_ error: LogWireError) {
        if case .invalidForward(let reason) = error {
            logs.reject("entry \(number)", reason)
        } else {
            logs.reject("entry \(number)", error.description)
        }
        number += 1
    }

    /// Seconds as a number, or EventTime: an extension of type 0 with 32 bits of seconds and 32 of nanoseconds. Nil for zero,
    /// which stands for no time. With metadata the time is the first of two elements (Fluent Bit, version 2.1).
    private static func moment(_ reader: inout MessagePackReader) throws(LogWireError) -> Timestamp? {
        let head = try reader.head()
        switch head.kind {
        case .unsigned(0): return nil
        case .unsigned(let seconds) where seconds < 1 << 40: return Timestamp(milliseconds: Int64(seconds) * 1_000)
        case .double(let seconds) where seconds.magnitude < 0x1p40:
            return Timestamp(milliseconds: Int64((seconds * 1_000).rounded()))
        case .ext(0) where head.content.count == 8:
            let all = reader.bytes[head.content].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            let milliseconds = Int64(all >> 32) * 1_000 + Int64(all & 0xffff_ffff) / 1_000_000
            return Timestamp(milliseconds: milliseconds)
        case .array where head.children > 0: return try moment(&reader)
        default: throw .invalidForward(reason: "the time must be seconds since 1970 or an EventTime")
        }
    }

    private mutating func accept(_ fields: [String: JSONValue], at time: Timestamp) throws(LogWireError) {
        let bodyName = JSONLines.bodyNames.first { fields[$0]?.string != nil }
        // Escapes and numbers are longer as text than as they are sent.
        let nested = bodyName == nil ? [.object(fields)] : fields.values.filter(\.isNested)
        guard nested.reduce(0, { $0 + $1.canonicalBytes }) <= 2 * limits.bodyBytes else {
            throw .valueTooLarge(limit: 2 * limits.bodyBytes)
        }
        let levelName = LogAttributes.severityNames.first { fields[$0]?.string != nil }
        var attributes = base
        // In order of their names, so that a limit cuts off the same ones every time.
        for (name, value) in fields.sorted(by: { $0.key < $1.key }) where name != bodyName && name != levelName {
            if name == "kubernetes", case .object(let members) = value {
                for (name, value) in members.sorted(by: { $0.key < $1.key }) {
                    attributes.set(Self.kubernetesNames[name] ?? "kubernetes.\(name)", value.plainText)
                }
            } else {
                attributes.set(Self.otherNames[name] ?? name, value.plainText)
            }
        }
        var body = bodyName.flatMap { fields[$0]?.string } ?? JSONValue.object(fields).canonicalText
        if body.utf8.last == UInt8(ascii: "\n") { body.unicodeScalars.removeLast() }
        let severity = levelName.flatMap { fields[$0]?.string }.map(LogLevelName.name(of:)) ?? ""
        let (record, isShortened) = attributes.record(time: time, severity: severity, body: body)
        logs.accept(record, isShortened: isShortened)
    }
}
