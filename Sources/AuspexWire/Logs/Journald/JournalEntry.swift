import AuspexSignals

/// An entry of systemd's journal on its way to a record.
struct JournalEntry {
    private var values: [String: [String]] = [:]
    private var names: [String] = []

    /// Fields of which the names have a meaning elsewhere. Source: systemd.journal-fields(7) and OpenTelemetry's semantic
    /// conventions.
    private static let attributeNames = [
        "SYSLOG_IDENTIFIER": "service.name", "_HOSTNAME": "host.name", "_MACHINE_ID": "host.id", "_PID": "process.pid",
        "_EXE": "process.executable.path", "_CMDLINE": "process.command_line", "_COMM": "process.executable.name",
        "_SYSTEMD_UNIT": "systemd.unit", "CODE_FILE": "code.file.path", "CODE_LINE": "code.line.number",
        "CODE_FUNC": "code.function.name", "CONTAINER_NAME": "container.name", "CONTAINER_ID": "container.id",
    ]

    /// Gathers the values of each field, of which there may be more than one.
    init(_ fields: [(name: String, value: [UInt8])]) {
        for (name, value) in fields {
            if values[name] == nil { names.append(name) }
            values[name, default: []].append(String(decoding: value, as: UTF8.self))
        }
    }

    /// Adds the entry's record to what has been decoded.
    func accept(into logs: inout DecodedLogs, received: Timestamp, base: LogAttributes, isCut: Bool) {
        var attributes = base
        for name in names where name != "MESSAGE" && name != "PRIORITY" && !name.hasPrefix("__") {
            set(name, in: &attributes)
        }
        let priority = values["PRIORITY"]?.first.flatMap(Int.init)
        let severity = priority.flatMap { (0...7).contains($0) ? LogLevelName.name(ofSyslog: $0) : nil }
        let (record, isShortened) = attributes.record(
            time: time ?? received, severity: severity ?? "",
            body: values["MESSAGE"]?.joined(separator: "\n") ?? "")
        logs.accept(record, isShortened: isShortened || isCut)
    }

    private func set(_ name: String, in attributes: inout LogAttributes) {
        guard let all = values[name], let first = all.first else { return }
        let text = all.count == 1 ? first : JSONValue.array(all.map { .string($0) }).canonicalText
        if name == "SYSLOG_FACILITY", let facility = Int(first),
            LogLevelName.syslogFacilities.indices.contains(facility)
        {
            attributes.set("syslog.facility", LogLevelName.syslogFacilities[facility])
        } else if let known = Self.attributeNames[name] {
            attributes.set(known, text)
        } else {
            attributes.set("journald." + name.lowercased().drop { $0 == "_" }, text)
        }
    }

    /// When the journal took the entry, in microseconds; else when its source says that it happened.
    private var time: Timestamp? {
        for name in ["__REALTIME_TIMESTAMP", "_SOURCE_REALTIME_TIMESTAMP"] {
            if let microseconds = values[name]?.first.flatMap(Int64.init) {
                return Timestamp(milliseconds: CivilDate.floorDivide(microseconds, by: 1_000).quotient)
            }
        }
        return nil
    }
}
