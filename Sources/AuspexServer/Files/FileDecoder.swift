import AuspexEngine
import AuspexSignals
import AuspexWire

/// Turns the bytes of one file into records, and knows up to which byte everything has become one.
struct FileDecoder {
    private enum Lines {
        case raw(LogAttributes)
        case multiline(RawLog)
        case json(JSONLines)
        case docker(DockerLog)
        case cri(CRILog)
    }

    private enum Form {
        case lines(LogLineSplitter, Lines)
        case journal(JournalExport)
    }

    private var form: Form
    /// Everything before this byte has become records or was refused; what follows may be needed again after a restart.
    private(set) var safePosition: Int64
    private let limits: LogLimits

    init(
        _ format: EngineConfiguration.FileFormat, isMultiline: Bool, position: Int64, base: LogAttributes,
        limits: LogLimits
    ) {
        self.limits = limits
        safePosition = position
        let splitter = LogLineSplitter(limit: limits.bodyBytes, position: position)
        switch format {
        case .auto where isMultiline, .raw where isMultiline:
            form = .lines(splitter, .multiline(RawLog(base: base, limits: limits)))
        case .auto, .raw: form = .lines(splitter, .raw(base))
        case .json: form = .lines(splitter, .json(JSONLines(limits: limits, base: base)))
        case .docker: form = .lines(splitter, .docker(DockerLog(limits: limits, base: base)))
        case .cri: form = .lines(splitter, .cri(CRILog(limits: limits, base: base)))
        case .journald: form = .journal(JournalExport(limits: limits, base: base, position: position))
        }
    }

    /// Whether something waits for its end.
    var hasRest: Bool {
        switch form {
        case .lines(let splitter, .docker(let log)): splitter.hasRest || log.hasRest
        case .lines(let splitter, .cri(let log)): splitter.hasRest || log.hasRest
        case .lines(let splitter, .multiline(let log)): splitter.hasRest || log.hasRest
        case .lines(let splitter, _): splitter.hasRest
        case .journal(let journal): journal.hasRest
        }
    }

    /// How many zero bytes have been passed over.
    var zeros: Int { if case .lines(let splitter, _) = form { splitter.zeros } else { 0 } }

    /// Takes the next bytes of the file.
    mutating func append(_ bytes: [UInt8], received: Timestamp, into logs: inout DecodedLogs) {
        switch form {
        case .lines(var splitter, var lines):
            var found: [LogLineSplitter.Line] = []
            splitter.append(bytes) { found.append($0) }
            for line in found { read(line, &lines, received, &logs) }
            form = .lines(splitter, lines)
        case .journal(var journal):
            journal.append(bytes, received: received, into: &logs)
            safePosition = journal.entryStart
            form = .journal(journal)
        }
    }

    /// Takes what waits for its end as if that had come.
    mutating func finish(received: Timestamp, into logs: inout DecodedLogs) {
        switch form {
        case .lines(var splitter, var lines):
            var found: [LogLineSplitter.Line] = []
            splitter.finish { found.append($0) }
            for line in found { read(line, &lines, received, &logs) }
            switch lines {
            case .docker(var log):
                log.finish(into: &logs)
                lines = .docker(log)
            case .cri(var log):
                log.finish(into: &logs)
                lines = .cri(log)
            case .multiline(var log):
                log.finish(received: received, into: &logs)
                lines = .multiline(log)
            case .raw, .json: break
            }
            safePosition = splitter.position
            form = .lines(splitter, lines)
        case .journal(var journal):
            journal.finish(received: received, into: &logs)
            safePosition = journal.entryStart
            form = .journal(journal)
        }
    }

    private mutating func read(
        _ line: LogLineSplitter.Line, _ lines: inout Lines, _ received: Timestamp, _ logs: inout DecodedLogs
    ) {
        switch lines {
        case .raw(let base):
            logs.acceptText(line, time: received, attributes: base)
            safePosition = line.end
        case .multiline(var log):
            if let end = log.read(line, received: received, into: &logs) { safePosition = end }
            lines = .multiline(log)
        case .json(var json):
            json.read(line, received: received, into: &logs)
            lines = .json(json)
            safePosition = line.end
        case .docker(var log):
            log.read(line, into: &logs)
            lines = .docker(log)
            safePosition = log.restStart ?? line.end
        case .cri(var log):
            log.read(line, into: &logs)
            lines = .cri(log)
            safePosition = log.restStart ?? line.end
        }
    }
}
