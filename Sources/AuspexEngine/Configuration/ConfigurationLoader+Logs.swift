import AuspexDocuments
import AuspexLogs
import AuspexSignals

extension ConfigurationLoader {
    /// Reads `logs:`.
    static func apply(_ reader: inout MappingReader, to logs: inout EngineConfiguration.Logs) {
        if var section = reader.optionalMapping("syslog") { apply(&section, to: &logs.syslog) }
        if var section = reader.optionalMapping("forward") {
            if let address = address("tcp", &section) { logs.forward.tcp = address }
            if let count = section.optionalInt("max_connections", in: 1...65_536) {
                logs.forward.maximumConnections = Int(count)
            }
            section.finish()
        }
        if var entries = reader.optionalMappings("files", named: "an entry of 'files'") {
            logs.files = entries.indices.compactMap { files(&entries[$0]) }
        }
        if let span = reader.optionalDuration("poll_every", in: TimeSpan(milliseconds: 100) ... .minutes(10)) {
            logs.pollEvery = span
        }
        if let masks = reader.optionalStrings("masks") {
            logs.masks = masks
            do {
                _ = try LogStage(logs)
            } catch {
                reader.report("masks", "\(error)")
            }
        }
        if var section = reader.optionalMapping("sessions") { apply(&section, toSessionsOf: &logs) }
        reader.finish()
    }

    private static func apply(_ reader: inout MappingReader, toSessionsOf logs: inout EngineConfiguration.Logs) {
        let parameter = reader.optionalString("parameter")
        let attribute = reader.optionalString("attribute")
        switch (parameter, attribute) {
        case (let prefix?, nil) where !prefix.isEmpty: logs.sessionKey = .parameter(prefix: prefix)
        case (nil, let name?) where !name.isEmpty: logs.sessionKey = .attribute(name)
        default:
            reader.report(
                parameter == nil ? "attribute" : "parameter",
                "'sessions' must have either 'parameter', the text that the id in a message begins with or stands behind, "
                    + "such as request_id=, or 'attribute', the name of an attribute such as trace_id")
        }
        if let idle = reader.optionalDuration("idle", in: .seconds(1) ... .hours(720)) { logs.sessionIdle = idle }
        reader.finish()
    }

    private static func apply(_ reader: inout MappingReader, to syslog: inout EngineConfiguration.Syslog) {
        if let address = address("udp", &reader) { syslog.udp = address }
        if let address = address("tcp", &reader) { syslog.tcp = address }
        if let flag = reader.optionalBool("multiline") { syslog.isMultiline = flag }
        if let text = reader.optionalString("utc_offset") {
            if let minutes = minutes(ofOffset: text) {
                syslog.offsetMinutes = minutes
            } else {
                reader.report("utc_offset", "'utc_offset' must be a time such as +02:00 or -07:30, not '\(text)'")
            }
        }
        if let count = reader.optionalInt("max_connections", in: 1...65_536) {
            syslog.maximumConnections = Int(count)
        }
        reader.finish()
    }

    private static func files(_ reader: inout MappingReader) -> EngineConfiguration.Files? {
        defer { reader.finish() }
        let paths = reader.strings("paths") ?? []
        if paths.isEmpty { reader.report("paths", "'paths' must name at least one file, such as /var/log/*.log") }
        for path in paths where !path.hasPrefix("/") {
            reader.report("paths", "'paths' must be absolute; '\(path)' would depend on where the engine is started")
        }
        var files = EngineConfiguration.Files(paths: paths)
        if let format = reader.optionalChoice("format", of: EngineConfiguration.FileFormat.self) {
            files.format = format
        }
        if let flag = reader.optionalBool("read_existing") { files.readsExisting = flag }
        if let flag = reader.optionalBool("multiline") { files.isMultiline = flag }
        files.attributes = reader.labels("attributes")
        return files
    }

    private static func address(_ key: String, _ reader: inout MappingReader) -> EngineConfiguration.ListenAddress? {
        guard let text = reader.optionalString(key) else { return nil }
        if let address = EngineConfiguration.ListenAddress(text) { return address }
        reader.report(key, "'\(key)' must be host:port such as 127.0.0.1:5514, not '\(text)'")
        return nil
    }

    /// The minutes of `+02:00` or `-07:30`.
    private static func minutes(ofOffset text: String) -> Int? {
        guard let match = text.wholeMatch(of: /([+-])(\d\d):(\d\d)/), let hours = Int(match.2), let rest = Int(match.3),
            hours <= 14, rest < 60
        else { return nil }
        return (match.1 == "-" ? -1 : 1) * (60 * hours + rest)
    }
}
